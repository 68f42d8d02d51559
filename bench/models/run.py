#!/usr/bin/env python3
"""How fast ./millrace builds dbt projects, beside the same SQL in one psql session.

    bench/models/run.py --url postgresql://USER@HOST:PORT/DATABASE [--project DIR ...] [--models 1000]

Each project is built once to warm up the database, and then in turns: by ./millrace and by psql, which
gets the compiled SQL of the same nodes with the least DDL around it. Packages must be installed.
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


def millrace(command, project, target, asked, schema):
    began = time.monotonic()
    done = subprocess.run(
        [
            *(ROOT / "millrace", command, "--project", project, "--url", asked.url, "--schema", schema),
            *("--target", "postgres", "--target-path", target, "--threads", str(asked.threads)),
        ],
        capture_output=True,
        text=True,
    )
    wall = time.monotonic() - began
    found = re.search(r"\((\d+\.\d+)s\)\.", done.stdout)
    if done.returncode or not found:
        sys.exit(done.stdout[-3000:] + done.stderr)
    return float(found.group(1)), wall


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
    target = place / f"target-{name}"
    schema, other = "bench_ours", "bench_psql"
    millrace("build", project, target, asked, schema)
    script = place / f"{name}.sql"
    text, schemas = session(asked, project, target, schema, other)
    script.write_text(text, encoding="utf-8")
    psql(asked.url, "-f", script)
    ours, whole, theirs = [], [], []
    for _ in range(asked.turns):
        run, wall = millrace("build", project, target, asked, schema)
        ours.append(run)
        whole.append(wall)
        began = time.monotonic()
        psql(asked.url, "-f", script)
        theirs.append(time.monotonic() - began)
    for each in schemas:
        psql(asked.url, "-c", f"set client_min_messages = warning; drop schema if exists {quoted(each)} cascade")
        psql(
            asked.url,
            "-c",
            f"set client_min_messages = warning; drop schema if exists {quoted(each.replace(other, schema, 1))} cascade",
        )
    nodes = len(json.loads((target / "run_results.json").read_text(encoding="utf-8"))["results"])
    our, their = statistics.median(ours), statistics.median(theirs)
    print(
        f"{name:32} {nodes:6} nodes   psql {their:7.2f} s   millrace {our:7.2f} s   ratio {our / their:5.2f}"
        f"   over {1000 * (our - their) / nodes:6.2f} ms a node   with start and parsing {statistics.median(whole):6.2f} s",
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
