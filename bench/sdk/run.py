#!/usr/bin/env python3
"""Runs real clients against a stack of its own, and counts in the warehouse what they delivered.

    bench/sdk/run.py [--events 10000]

Segment's SDKs for Node and Java send events, kcat writes plain JSON to a topic that the project
declares, and Cube's client asks for a metric. Every id that a client says it delivered must be in
the warehouse, once. A request with a trace id of its own is followed to the line of the log that
tells of its row. Needs Node with npm, Maven, a JDK, kcat and psql; exits 0 if all is right, 1 if not,
2 if it could not be found out, 77 (skipped) where a client is not there.
"""

import argparse
import json
import os
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
sys.dont_write_bytecode = True
from millrace_stack import ROOT, Failed, Stack  # noqa: E402

HERE = Path(__file__).resolve().parent
SKIPPED = 77
READINGS = 1000


def run(command, environment, cwd=HERE, given=None):
    result = subprocess.run(
        command, cwd=cwd, env=environment, input=given, capture_output=True, text=True, check=False
    )
    if result.returncode != 0:
        raise Failed(f"{command[0]} ended with {result.returncode}: {(result.stderr or result.stdout)[-2000:]}")
    return result.stdout


def rows(addresses, query):
    command = ["psql", addresses["WAREHOUSE_URL"], "-XAtqc", query]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    return Counter(result.stdout.split()) if result.returncode == 0 else Counter()


def await_rows(addresses, query, expected):
    deadline = time.monotonic() + 60
    while sum(rows(addresses, query).values()) < expected and time.monotonic() < deadline:
        time.sleep(0.5)
    # Whatever comes beyond what was expected shows in the comparison.
    time.sleep(2)
    return rows(addresses, query)


def check(name, right, detail=""):
    print(f"{'OK   ' if right else 'WRONG'} {name:<48} {detail}".rstrip(), flush=True)
    return right


def install(environment):
    """What the clients need, before anything is timed."""
    for program in ("node", "cube"):
        run(["npm", "ci", "--no-audit", "--no-fund", "--silent"], environment, HERE / program)
    run(
        ["mvn", "-q", "-B", "compile", "dependency:build-classpath", "-Dmdep.outputFile=target/classpath"],
        environment,
        HERE / "java",
    )


def node(environment, events):
    return run(["node", "send.mjs", str(events)], environment, HERE / "node").split()


def java(environment, events):
    here = HERE / "java"
    home = run([str(ROOT / ".ci" / "jdk")], environment).strip()
    path = "target/classes:" + (here / "target" / "classpath").read_text()
    return run([f"{home}/bin/java", "-cp", path, "dev.millrace.bench.Send", str(events)], environment, here).split()


def delivered(name, send, addresses, environment, events):
    began = time.monotonic()
    ids = send(environment, events)
    seconds = time.monotonic() - began
    found = await_rows(addresses, f"select _mr_id from sdk.sdk_checked where sdk = '{name}'", events)
    return check(
        f"Segment's SDK for {name}: each event once",
        len(ids) == events and found == Counter(ids),
        f"{len(ids)} delivered in {seconds:.1f} s, {sum(found.values())} rows",
    )


def kcat(addresses, environment):
    lines = [json.dumps({"reading_id": f"r{i}", "at": "2026-01-01T00:00:00Z", "value": i / 8}) for i in range(READINGS)]
    lines.insert(READINGS // 2, "this is not JSON")
    run(
        ["kcat", "-P", "-b", addresses["KAFKA_BOOTSTRAP"], "-t", "bench.readings.v1"],
        environment,
        given="\n".join(lines) + "\n",
    )
    found = await_rows(addresses, "select _mr_id from shell.reading", READINGS)
    return check(
        "kcat: each line of JSON a row, once",
        found == Counter(f"r{i}" for i in range(READINGS)),
        f"{READINGS} lines and one that is none, {sum(found.values())} rows",
    )


def operator(addresses, path, body=None):
    headers = {
        "Authorization": "Bearer " + addresses["OPERATOR_TOKEN"],
        "Content-Type": "application/json",
        "X-Reason": "bench",
    }
    data = None if body is None else json.dumps(body).encode()
    with urllib.request.urlopen(urllib.request.Request(path, data, headers), timeout=60) as answer:
        return answer.read().decode()


def quarantined(addresses):
    kept = json.loads(operator(addresses, addresses["TRANSFORM_URL"] + "/operator/quarantine?source=shell"))["records"]
    return check(
        "the line that is no JSON is in quarantine",
        [record["reason"] for record in kept] == ["malformed"],
        kept[0]["detail"][:60] if kept else "",
    )


def cube(addresses, environment):
    runs = addresses["TRANSFORM_URL"] + "/operator/runs"
    model = json.loads(operator(addresses, runs, {}))
    while model["status"].lower() in ("queued", "pending", "running"):
        time.sleep(0.5)
        model = json.loads(operator(addresses, f"{runs}/{model['id']}"))
    shown = run(["node", "load.mjs"], environment, HERE / "cube")
    return check("Cube's client loads, and is refused what is not there", shown.strip().endswith("OK"))


def traced(addresses, environment, stack):
    trace = secrets.token_hex(16)
    request = urllib.request.Request(
        addresses["INGESTION_URL"] + "/v1/track",
        json.dumps({"userId": "u", "event": "Traced", "writeKey": environment["WRITE_KEY"]}).encode(),
        {"Content-Type": "application/json", "traceparent": f"00-{trace}-00f067aa0ba902b7-01"},
    )
    urllib.request.urlopen(request, timeout=10).read()
    await_rows(addresses, "select _mr_id from sdk.traced", 1)
    told = [line for line in (stack.data / "logs" / "transform.log").read_text().splitlines() if trace in line]
    return check("one trace id from the request to the landed row", len(told) == 1 and "sdk.traced +1" in told[0])


def watched(addresses):
    right = True
    for service in ("INGESTION", "TRANSFORM", "SERVING"):
        base = addresses[service + "_URL"] + "/actuator"
        for group in ("liveness", "readiness"):
            with urllib.request.urlopen(f"{base}/health/{group}", timeout=10) as answer:
                right &= json.load(answer)["status"] == "UP"
        right &= "millrace_" in operator(addresses, base + "/prometheus")
    return check("metrics and health groups of each service", right)


def main():
    parser = argparse.ArgumentParser(description="Runs real clients, and counts what they delivered.")
    parser.add_argument("--events", type=int, default=10_000)
    parser.add_argument("--port-offset", type=int, default=400)
    options = parser.parse_args()
    missing = [tool for tool in ("node", "npm", "mvn", "kcat", "psql") if not shutil.which(tool)]
    if missing:
        print(f"skipped: needs {', '.join(missing)}", file=sys.stderr)
        return SKIPPED
    place = Path(tempfile.mkdtemp(prefix="millrace-sdk-"))
    # PostgreSQL runs under an account of its own if this is root's.
    place.chmod(0o755)
    environment = dict(os.environ, WRITE_KEY=secrets.token_hex(16))
    right = False
    try:
        install(environment)
        with Stack(HERE / "project", place, options.port_offset, environment) as stack:
            addresses = stack.addresses()
            environment.update(addresses)
            right = delivered("node", node, addresses, environment, options.events)
            right &= delivered("java", java, addresses, environment, options.events)
            right &= kcat(addresses, environment)
            right &= quarantined(addresses)
            right &= cube(addresses, environment)
            right &= traced(addresses, environment, stack)
            right &= watched(addresses)
        return 0 if right else 1
    except Failed as problem:
        print(problem, file=sys.stderr)
        return 2
    finally:
        if right:
            shutil.rmtree(place, ignore_errors=True)
        else:
            print(f"kept: {place}")


if __name__ == "__main__":
    sys.exit(main())
