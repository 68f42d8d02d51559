#!/usr/bin/env python3
"""How fast ./millrace builds dbt projects, beside the same SQL in one psql session.

    bench/models/run.py --url postgresql://USER@HOST:PORT/DATABASE [--project DIR ...] [--models 1000]

Each project is read --turns times in full, and as often as it was left by the command before. Then it is
built once to warm up the database, and in turns: by ./millrace, by a JVM that has built
it --warm times already (0 leaves that out), as a service has, and by psql, which gets the compiled SQL of the
same nodes with the least DDL around it. Packages must be installed.
"""

import argparse
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def psql(url, *arguments):
    done = subprocess.run(
        ["psql", url, "-XAtq", "-v", "ON_ERROR_STOP=1", *arguments],
        capture_output=True,
        text=True,
        env={**os.environ, "PGTZ": "UTC"},
    )
    if done.returncode:
        sys.exit(f"psql: {done.stderr}")
    return done.stdout.strip()


def command(project, target, asked, schema):
    return [
        *("build", "--project", project, "--url", asked.url, "--schema", schema),
        *("--target", "postgres", "--target-path", target, "--threads", str(asked.threads)),
    ]


def seconds(printed):
    """What the summary says that the run took; None if it says nothing."""
    found = re.search(r"\((\d+\.\d+)s\)\.", printed)
    return float(found.group(1)) if found else None


def millrace(project, target, asked, schema):
    began = time.monotonic()
    done = subprocess.run(
        [ROOT / "millrace", *command(project, target, asked, schema)], capture_output=True, text=True
    )
    wall = time.monotonic() - began
    if done.returncode or seconds(done.stdout) is None:
        sys.exit(done.stdout[-3000:] + done.stderr)
    return seconds(done.stdout), wall


def reading(project, target, asked, *options):
    """How long reading the project took, from its files to what they mean."""
    printed = subprocess.run(
        [
            *(ROOT / "millrace", "parse", "--project", project, "--url", asked.url, "--target", "postgres"),
            *("--target-path", target, *options),
        ],
        capture_output=True,
        text=True,
    ).stdout
    found = re.search(r"(Read|taken over) in (\d+\.\d+) s", printed)
    if not found:
        sys.exit(printed)
    return found.group(1) == "taken over", float(found.group(2))


def read(asked, name, project, place):
    target = place / f"read-{name}"
    reading(project, target, asked)
    # Files that were only just written are looked into once more.
    reading(project, target, asked)
    whole, again = [], []
    for _ in range(asked.turns):
        whole.append(reading(project, target, asked, "--no-partial-parse")[1])
        taken, took = reading(project, target, asked)
        if not taken:
            sys.exit(f"{name} is read in full each time")
        again.append(took)
    first, second = statistics.median(whole), statistics.median(again)
    print(f"{name}: read in {first:.3f} s, again unchanged in {second:.3f} s: {first / second:.1f} times", flush=True)


class Warm:
    """A JVM that builds the project again for each line that it is sent."""

    def __init__(self, project, target, asked, schema):
        jdk = subprocess.run([ROOT / ".ci/jdk"], capture_output=True, text=True, check=True).stdout.strip()
        built = ROOT / "standalone/target"
        jar = next(each for each in built.glob("standalone-*.jar") if "sources" not in each.name)
        options = "-XX:+UseSerialGC -Xmx1g --enable-native-access=ALL-UNNAMED".split()
        self.process = subprocess.Popen(
            [
                *(f"{jdk}/bin/java", *options, "-cp", f"{jar}:{(built / 'classpath.txt').read_text().strip()}"),
                *(ROOT / "bench/models/Warm.java", *command(project, target, asked, schema)),
            ],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        for _ in range(asked.warm):
            self.build()

    def build(self):
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        took = None
        for line in self.process.stdout:
            took = seconds(line) or took
            if line == "ended 0\n":
                return took
        sys.exit("a build failed in a JVM that had built the project before")

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def quoted(name):
    return '"' + name.replace('"', '""') + '"'


def session(asked, project, target, schema, other):
    """What psql is to run: the nodes of the last run, in its order, in another schema."""
    manifest = json.loads((target / "manifest.json").read_text(encoding="utf-8"))
    results = json.loads((target / "run_results.json").read_text(encoding="utf-8"))["results"]
    lines = [f"set client_min_messages = warning;"]
    schemas = sorted({node["schema"] for node in manifest["nodes"].values() if node["resource_type"] != "operation"})
    names = {each: each.replace(schema, other, 1) for each in schemas}

    def moved(sql):
        for old, new in names.items():
            sql = sql.replace(f'"{old}".', f'"{new}".')
        return sql.rstrip().rstrip(";")

    lines += [f"create schema if not exists {quoted(name)};" for name in names.values()]
    for each in results:
        node = manifest["nodes"].get(each["unique_id"])
        if node is None:
            continue
        kind, code = node["resource_type"], node.get("compiled_code")
        relation = f"{quoted(names.get(node['schema'], other))}.{quoted(node['alias'])}"
        if kind == "seed":
            columns = psql(
                asked.url,
                "-c",
                "select string_agg(format('%I %s', attname, format_type(atttypid, atttypmod)), ', ' order by attnum)"
                f" from pg_attribute where attrelid = '{quoted(node['schema'])}.{quoted(node['alias'])}'::regclass"
                " and attnum > 0 and not attisdropped",
            )
            package = project if node["package_name"] == manifest["metadata"]["project_name"] else (
                project / "dbt_packages" / node["package_name"]
            )
            file = package / node["original_file_path"]
            lines += [
                "begin;",
                f"drop table if exists {relation} cascade;",
                f"create table {relation} ({columns});",
                f"\\copy {relation} from '{file}' with (format csv, header)",
                "commit;",
            ]
        elif kind == "test":
            lines.append(f"select count(*) from ({moved(code)}\n) t;")
        elif node["config"]["materialized"] == "view":
            lines += ["begin;", f"drop view if exists {relation} cascade;", f"create view {relation} as\n{moved(code)};", "commit;"]
        else:
            fresh = f"{quoted(names.get(node['schema'], other))}.{quoted(node['alias'][:50] + '__new')}"
            lines += [
                "begin;",
                f"create table {fresh} as\n{moved(code)};",
                f"drop table if exists {relation} cascade;",
                f"alter table {fresh} rename to {quoted(node['alias'])};",
                "commit;",
                f"analyze {relation};",
            ]
    return "\n".join(lines) + "\n", list(names.values())


def compare(asked, name, project, place):
    read(asked, name, project, place)
    target = place / f"target-{name}"
    schema, other = "bench_ours", "bench_psql"
    millrace(project, target, asked, schema)
    script = place / f"{name}.sql"
    text, schemas = session(asked, project, target, schema, other)
    script.write_text(text, encoding="utf-8")
    psql(asked.url, "-f", script)
    ours, whole, knowing, theirs = [], [], [], []
    warm = Warm(project, target, asked, schema) if asked.warm else None
    for _ in range(asked.turns):
        run, wall = millrace(project, target, asked, schema)
        ours.append(run)
        whole.append(wall)
        if warm:
            knowing.append(warm.build())
        began = time.monotonic()
        psql(asked.url, "-f", script)
        theirs.append(time.monotonic() - began)
    if warm:
        warm.close()
    for each in schemas:
        psql(asked.url, "-c", f"set client_min_messages = warning; drop schema if exists {quoted(each)} cascade")
        psql(
            asked.url,
            "-c",
            f"set client_min_messages = warning; drop schema if exists {quoted(each.replace(other, schema, 1))} cascade",
        )
    nodes = len(json.loads((target / "run_results.json").read_text(encoding="utf-8"))["results"])
    their = statistics.median(theirs)

    def told(what, took):
        return (
            f"   {what} {took:6.2f} s, ratio {took / their:5.2f}, {1000 * (took - their) / nodes:5.2f} ms a node more"
        )

    print(
        f"{name}, {nodes} nodes: psql {their:6.2f} s",
        told("./millrace", statistics.median(ours)) + f", {statistics.median(whole):.2f} s with start and parsing",
        *([told("a warm JVM", statistics.median(knowing))] if knowing else []),
        sep="\n",
        flush=True,
    )


def trivial(place, count, materialized):
    """A project of many models that do next to nothing."""
    project = place / f"trivial-{materialized}"
    (project / "models").mkdir(parents=True)
    (project / "dbt_project.yml").write_text(
        f"name: trivial\nprofile: trivial\nmodels:\n  +materialized: {materialized}\n", encoding="utf-8"
    )
    for number in range(count):
        (project / "models" / f"m{number:04}.sql").write_text(f"select {number} as id\n", encoding="utf-8")
    return project


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--url", required=True)
    parser.add_argument("--project", type=Path, nargs="*", default=[])
    parser.add_argument("--models", type=int, default=1000)
    parser.add_argument("--turns", type=int, default=5)
    parser.add_argument("--warm", type=int, default=30)
    parser.add_argument("--threads", type=int, default=4)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as directory:
        place = Path(directory)
        for project in asked.project:
            compare(asked, project.resolve().name, project.resolve(), place)
        if asked.models:
            for materialized in ("view", "table"):
                compare(asked, f"{asked.models} trivial, {materialized}", trivial(place, asked.models, materialized), place)


if __name__ == "__main__":
    main()
