#!/usr/bin/env python3
"""How fast serving answers, beside a bare Spring MVC endpoint, plain JDBC and Cube, in one run on one table.

    bench/metrics/run.py --database postgresql://SUPERUSER@HOST:PORT/postgres [--rows 10000000] [--cube DIRECTORY]

- kept answers a second, over 32 connections, beside an endpoint that returns the same bytes from memory
- what serving adds to a query that is run each time: by one connection, p50, beside the same SQL by JDBC
- a query that a rollup answers, beside the same by hand on the rollup, and beside the same on the rows
- with --cube, in turns with ours: Cube in that directory (npm install --ignore-scripts of @cubejs-backend/server and
  @cubejs-backend/postgres-driver 0.31.69, with an index.js that listens), in production mode with its memory cache, on the
  same warm query

What is compared takes turns, a second each: what else the machine does is the same for both.
Needs psql, and serving built: mvn -B -q package -DskipTests -pl serving-service -am
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.parse
import urllib.request
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
sys.dont_write_bytecode = True
from serving_process import PASSWORD, ROOT, Failed, Serving, make_database, psql  # noqa: E402

HERE = Path(__file__).resolve().parent
DATABASE = "millrace_metrics_bench"
QUERY = {"measures": ["orders.count", "orders.revenue"], "dimensions": ["orders.status", "orders.country"]}
# What a dashboard asks that is not kept: few rows, by a key.
SMALL = {"measures": ["orders.count", "orders.revenue"], "filters": [{"member": "orders.id", "operator": "lte", "values": ["20"]}]}

# What a rollup answers: months of the days that it has.
MONTHS = {"measures": ["orders.count", "orders.revenue"], "dimensions": ["orders.status"],
          "timeDimensions": [{"dimension": "orders.created_at", "granularity": "month"}]}
BY_HAND = """SELECT "orders__status", date_trunc('month', "orders__created_at_day"), sum("orders__count"), sum("orders__revenue")
FROM {table} GROUP BY 1, 2 ORDER BY 2 LIMIT 10000"""
ON_ROWS = """SELECT status, date_trunc('month', created_at AT TIME ZONE 'UTC'), count(id), sum(amount)
FROM facts.orders GROUP BY 1, 2 ORDER BY 2 LIMIT 10000"""

# As transform keeps it, which does not run here.
ROLLUP = """
CREATE SCHEMA millrace_rollups;
GRANT USAGE ON SCHEMA millrace_rollups TO millrace_reader;
CREATE TABLE {table} AS SELECT status AS "orders__status", country AS "orders__country",
  date_trunc('day', created_at AT TIME ZONE 'UTC') AS "orders__created_at_day", count(id) AS "orders__count", sum(amount) AS "orders__revenue"
  FROM facts.orders GROUP BY 1, 2, 3;
ANALYZE {table};
CREATE VIEW millrace_rollups.state AS SELECT c.relname::text AS name, c.oid AS table_oid, 'facts.orders' AS relation, 1::bigint AS version,
  'facts.orders'::regclass::oid AS input_oid, now() AS moved_at FROM pg_class c WHERE c.oid = '{table}'::regclass;
GRANT SELECT ON {table}, millrace_rollups.state TO millrace_reader;
"""

ROWS = """
CREATE SCHEMA facts;
CREATE TABLE facts.orders AS SELECT n AS id, (ARRAY['open', 'paid', 'sent', 'returned'])[1 + n % 4] AS status,
  'C' || n % 25 AS country, (n % 10007) / 7.0 AS amount, timestamptz '2025-01-01' + n * interval '3 seconds' AS created_at
FROM generate_series(1, {rows}) n;
ALTER TABLE facts.orders ADD PRIMARY KEY (id);
ANALYZE facts.orders;
CREATE TABLE transform.relation_version (relation text PRIMARY KEY, version bigint NOT NULL, changed_at timestamptz, watermark timestamptz,
  failed_checks text[] NOT NULL DEFAULT '{{}}');
CREATE VIEW transform.freshness AS SELECT * FROM transform.relation_version;
GRANT USAGE ON SCHEMA transform, facts TO millrace_reader;
GRANT SELECT ON transform.freshness, facts.orders TO millrace_reader;
INSERT INTO transform.relation_version VALUES ('facts.orders', 1, now());
"""


def java():
    return subprocess.run([ROOT / ".ci/jdk"], capture_output=True, text=True, check=True).stdout.strip() + "/bin/java"


def load(path, seconds, connections, *targets):
    """What came of each target; they take turns, a second each, until each has had its seconds."""
    words = [word for target in targets for word in target]
    done = subprocess.run(
        [java(), "-Xmx256m", "-cp", path, "Load", str(connections), str(seconds), *words], capture_output=True, text=True
    )
    if done.returncode != 0:
        raise Failed(done.stderr[-1500:])
    return json.loads(done.stdout)


def http(url, token):
    return ["http", url, token]


def address(port, query, cache=""):
    parameters = {"query": json.dumps(query)}
    if cache:
        parameters["cache"] = cache
    return f"http://127.0.0.1:{port}/cubejs-api/v1/load?{urllib.parse.urlencode(parameters)}"


class Process:
    """A program that is ready when an address answers."""

    def __init__(self, command, log, ready, token, environment=None, cwd=None):
        self.log = log
        self.process = subprocess.Popen(
            command, env={**os.environ, **(environment or {})}, cwd=cwd, stdout=open(log, "w"), stderr=subprocess.STDOUT
        )
        deadline = time.monotonic() + 180
        while True:
            try:
                request = urllib.request.Request(ready, headers={"Authorization": token})
                body = urllib.request.urlopen(request, timeout=60).read()
                if b"Continue wait" not in body:
                    return
            except OSError:
                pass
            if self.process.poll() is not None or time.monotonic() > deadline:
                self.stop()
                raise Failed(f"it did not start; see {log}")
            time.sleep(0.5)

    def stop(self):
        self.process.terminate()
        self.process.wait(30)


def classpath(place):
    """What serving runs with, as directories and jars."""
    jar = next((ROOT / "serving-service/target").glob("serving-service-*-exec.jar"))
    subprocess.run([java(), "-Djarmode=tools", "-jar", jar, "extract", "--destination", place / "jars"], check=True, capture_output=True)
    return ":".join(str(path) for path in (place / "jars/lib").glob("*.jar"))


def compile_to(place, path, *sources):
    javac = java() + "c"
    subprocess.run([javac, "-cp", path, "-d", place / "classes", *(HERE / source for source in sources)], check=True)
    return f"{place / 'classes'}:{path}"


CONNECTIONS = 32


def main():
    parser = argparse.ArgumentParser(description="How fast serving answers, beside others.")
    parser.add_argument("--database", required=True)
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--cube", type=Path)
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--port", type=int, default=18_183)
    options = parser.parse_args()
    place = Path(tempfile.mkdtemp(prefix="millrace-metrics-"))
    shown = {}
    try:
        owner = make_database(options.database, DATABASE)
        psql(owner, "-c", ROWS.format(rows=options.rows))
        path = compile_to(place, classpath(place), "Bare.java", "Load.java")
        with Serving(owner, HERE, place, options.port, heap="512m") as serving:
            token = serving.token()
            kept = address(options.port, QUERY)
            answer = urllib.request.urlopen(urllib.request.Request(kept, headers={"Authorization": token}), timeout=120)
            (place / "bytes").write_bytes(answer.read())
            bare = Process(
                [java(), "-Xmx512m", f"-Dbytes={place / 'bytes'}", "-Dspring.threads.virtual.enabled=true",
                 f"-Dserver.port={options.port + 1}", "-cp", path, "Bare"],
                place / "bare.log", address(options.port + 1, QUERY), token,
            )
            try:
                sides = http(kept, token), http(address(options.port + 1, QUERY), token)
                load(path, 2 * options.seconds, CONNECTIONS, *sides)
                for _ in range(options.rounds):
                    ours, theirs = load(path, options.seconds, CONNECTIONS, *sides)
                    ratio = ours["requests_per_second"] / theirs["requests_per_second"]
                    print(f"kept answer: serving {ours}, bare MVC {theirs}: {ratio:.2f}", flush=True)
                    shown.setdefault("kept to bare", []).append(ratio)
                    shown.setdefault("kept", []).append(ours["requests_per_second"])
            finally:
                bare.stop()
            status, body = serving.get(address(options.port, SMALL).split(str(options.port), 1)[1].replace("/load", "/sql"), token)
            sql = body["sql"]["sql"][0].replace("$1", "'20'").replace("$2", "20")
            parts = urllib.parse.urlsplit(owner)
            jdbc = f"jdbc:postgresql://{parts.hostname}:{parts.port or 5432}{parts.path}"

            def by_jdbc(statement):
                return ["jdbc", jdbc, "millrace_reader", PASSWORD, statement]

            sides = http(address(options.port, SMALL, "no-cache"), token), by_jdbc(sql)
            load(path, options.seconds, 1, *sides)
            for _ in range(options.rounds):
                ours, theirs = (side["p50"] for side in load(path, options.seconds, 1, *sides))
                print(f"query run each time: serving p50 {ours} us, JDBC p50 {theirs} us: {ours - theirs} us more", flush=True)
                shown.setdefault("overhead us", []).append(ours - theirs)
            rollup(options, owner, serving, token, shown, path, by_jdbc)
            if options.cube:
                cube(options, owner, place, shown, path, http(kept, token))
        for name, values in shown.items():
            print(f"{name}: median {sorted(values)[len(values) // 2]:.2f} of {[round(v, 2) for v in values]}")
        return 0
    except Failed as problem:
        print(problem, file=sys.stderr)
        return 2
    finally:
        shutil.rmtree(place / "jars", ignore_errors=True)


def rollup(options, owner, serving, token, shown, path, by_jdbc):
    address_of_sql = address(options.port, MONTHS).split(str(options.port), 1)[1].replace("/load", "/sql")
    table = serving.get(address_of_sql, token)[1]["sql"]["preAggregations"][0]["tableName"]
    psql(owner, "-c", ROLLUP.format(table=table))
    months = address(options.port, MONTHS, "no-cache")
    answer = json.load(urllib.request.urlopen(urllib.request.Request(months, headers={"Authorization": token}), timeout=120))
    if table not in answer["usedPreAggregations"]:
        raise Failed("the rollup did not answer")
    sides = http(months, token), by_jdbc(BY_HAND.format(table=table))
    load(path, options.seconds, 1, *sides)
    for _ in range(options.rounds):
        ours, by_hand = (side["p50"] for side in load(path, options.seconds, 1, *sides))
        print(f"answered by a rollup: serving p50 {ours} us, by hand p50 {by_hand} us: {ours / by_hand:.2f}", flush=True)
        shown.setdefault("rollup to by hand", []).append(ours / by_hand)
    rows = load(path, options.seconds, 1, by_jdbc(ON_ROWS))[0]["p50"]
    print(f"the same on the rows by JDBC: p50 {rows} us: {rows / ours:.0f} times as long", flush=True)
    shown.setdefault("rows to rollup", []).append(rows / ours)


def cube(options, owner, place, shown, path, kept):
    parts = urllib.parse.urlsplit(owner)
    home = place / "cube"
    home.mkdir()
    (home / "schema").mkdir()
    shutil.copy(HERE / "orders.js", home / "schema" / "orders.js")
    shutil.copy(options.cube / "index.js", home / "index.js")
    (home / "node_modules").symlink_to((options.cube / "node_modules").resolve())
    secret = "only-for-this-run"
    import base64
    import hashlib
    import hmac

    def part(value):
        return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=")

    signed = part({"alg": "HS256", "typ": "JWT"}) + b"." + part({"exp": int(time.time()) + 3600})
    seal = base64.urlsafe_b64encode(hmac.new(secret.encode(), signed, hashlib.sha256).digest()).rstrip(b"=")
    theirs_token = (signed + b"." + seal).decode()
    port = options.port + 2
    environment = {
        "NODE_ENV": "production", "CUBEJS_DEV_MODE": "false", "CUBEJS_CACHE_AND_QUEUE_DRIVER": "memory", "CUBEJS_DB_TYPE": "postgres",
        "CUBEJS_DB_HOST": parts.hostname, "CUBEJS_DB_PORT": str(parts.port or 5432), "CUBEJS_DB_NAME": DATABASE,
        "CUBEJS_DB_USER": "millrace_reader", "CUBEJS_DB_PASS": PASSWORD, "CUBEJS_API_SECRET": secret, "PORT": str(port),
        "CUBEJS_TELEMETRY": "false",
    }
    process = Process(["node", "index.js"], place / "cube.log", address(port, QUERY), theirs_token, environment, home)
    try:
        sides = kept, http(address(port, QUERY), theirs_token)
        load(path, options.seconds, CONNECTIONS, *sides)
        for _ in range(options.rounds):
            ours, theirs = load(path, options.seconds, CONNECTIONS, *sides)
            ratio = ours["requests_per_second"] / theirs["requests_per_second"]
            print(f"warm query: serving {ours}, Cube {theirs}: {ratio:.1f} times", flush=True)
            shown.setdefault("to Cube", []).append(ratio)
    finally:
        process.stop()


if __name__ == "__main__":
    sys.exit(main())
