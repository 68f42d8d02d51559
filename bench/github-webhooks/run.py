#!/usr/bin/env python3
"""Plays 500 real GitHub webhook payloads through the real Segment SDK, and checks the numbers.

    bench/github-webhooks/run.py [--corpus DIR]

Each payload becomes a track call whose event is the webhook's type, so that each type is a stream
and a table of its own. One model and one metric stand on all of them: events by repository owner and
type. They are compared with a count made from the files. Exits 0 if they agree, 1 if not, 2 if it
could not be found out, 77 (skipped) where the payloads or Node are not there.
"""

import argparse
import hashlib
import json
import os
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
sys.dont_write_bytecode = True
from millrace_stack import ROOT, Failed, Stack  # noqa: E402

HERE = Path(__file__).resolve().parent
CORPUS = ROOT.parent / "shared" / "corpora" / "github-webhooks"
SKIPPED = 77
QUERY = {
    "measures": ["webhook_events.count"],
    "dimensions": ["webhook_events.owner", "webhook_events.type"],
    "limit": 50000,
}


def from_files(corpus):
    """Events by repository owner and type, and the identity of each, from the files alone."""
    counts, ids = Counter(), {}
    for file in sorted(corpus.rglob("*.json")):
        payload = json.loads(file.read_text(encoding="utf-8"))
        owner = ((payload.get("repository") or {}).get("owner") or {}).get("login")
        counts[owner, file.parent.name] += 1
        name = str(file.relative_to(corpus))
        ids[hashlib.sha256(name.encode()).hexdigest()[:32]] = name
    return counts, ids


def call(url, token, body=None, reason=None):
    headers = {"Authorization": token, "Content-Type": "application/json"}
    if reason:
        headers["X-Reason"] = reason
    data = None if body is None else json.dumps(body).encode()
    try:
        with urllib.request.urlopen(urllib.request.Request(url, data, headers), timeout=60) as answer:
            return json.load(answer)
    except urllib.error.HTTPError as error:
        raise Failed(f"{url} answers {error.code}: {error.read().decode()}") from error


def build_models(addresses):
    runs = addresses["TRANSFORM_URL"] + "/operator/runs"
    token = "Bearer " + addresses["OPERATOR_TOKEN"]
    run = call(runs, token, {}, "the benchmark builds its model")
    while run["status"].upper() in ("QUEUED", "RUNNING"):
        time.sleep(0.5)
        run = call(f"{runs}/{run['id']}", token)
    if run["status"].upper() != "SUCCEEDED":
        raise Failed(f"the model was not built: {json.dumps(run, indent=2)}")


def landed(addresses):
    """The identities in the warehouse, each as often as it is there."""
    result = subprocess.run(
        ["psql", addresses["WAREHOUSE_URL"], "-XAtqc", "select _mr_id from github.tracks"],
        capture_output=True,
        text=True,
        check=False,
    )
    return Counter(result.stdout.split()) if result.returncode == 0 else Counter()


def await_landing(addresses, expected):
    deadline = time.monotonic() + 120
    while sum(landed(addresses).values()) < expected and time.monotonic() < deadline:
        time.sleep(1)
    # Whatever comes beyond what was expected shows in the comparison.
    time.sleep(3)


def served(addresses):
    answer = call(addresses["SERVING_URL"] + "/cubejs-api/v1/load", addresses["SERVING_TOKEN"], {"query": QUERY})
    return Counter(
        {
            (row["webhook_events.owner"], row["webhook_events.type"]): int(row["webhook_events.count"])
            for row in answer["data"]
        }
    )


def play(corpus, environment):
    subprocess.run(
        ["npm", "ci", "--no-audit", "--no-fund", "--silent"], cwd=HERE, check=True, env=environment
    )
    result = subprocess.run(
        ["node", "play.mjs", corpus], cwd=HERE, env=environment, capture_output=True, text=True, check=False
    )
    if result.returncode != 0:
        raise Failed(f"the SDK's program failed: {result.stderr}")
    return json.loads(result.stdout.splitlines()[-1])


def check(name, right, detail=""):
    print(f"{'OK   ' if right else 'WRONG'} {name} {detail}".rstrip())
    return right


def run(options, place):
    environment = dict(os.environ, GITHUB_WRITE_KEY=secrets.token_hex(16))
    expected, ids = from_files(options.corpus)
    with Stack(HERE / "project", place, options.port_offset, environment) as stack:
        addresses = stack.addresses()
        environment.update(addresses)
        played = play(options.corpus, environment)
        await_landing(addresses, len(ids))
        build_models(addresses)
        rows, answer = landed(addresses), served(addresses)
    by_sdk = [refusal["messageId"] for refusal in played["refused"]]
    too_large = "too-large-for-the-door"
    right = check("payloads sent", played["files"] == len(ids), f"{played['files']} of {len(ids)}")
    right &= check("refused by the SDK", by_sdk == ["too-large-for-the-sdk"], f"{len(by_sdk)}: {by_sdk}")
    right &= check("refused at the door", too_large in played["delivered"] and too_large not in rows, "1")
    right &= check("payloads in the warehouse, each once", rows == Counter(list(ids)), f"{len(rows)} of {len(ids)}")
    right &= check(
        "events by owner and type",
        answer == expected,
        f"{len(answer)} groups, {sum(answer.values())} events"
        + ("" if answer == expected else f"; missing {expected - answer}; surplus {answer - expected}"),
    )
    return 0 if right else 1


def main():
    parser = argparse.ArgumentParser(description="Plays GitHub's webhooks through the Segment SDK.")
    parser.add_argument("--corpus", type=Path, default=CORPUS)
    parser.add_argument("--port-offset", type=int, default=300)
    options = parser.parse_args()
    if not options.corpus.is_dir() or not shutil.which("node"):
        print(f"skipped: needs the payloads in {options.corpus}, and Node", file=sys.stderr)
        return SKIPPED
    options.corpus = options.corpus.resolve()
    place = Path(tempfile.mkdtemp(prefix="millrace-github-"))
    # PostgreSQL runs under an account of its own if this is root's.
    place.chmod(0o755)
    code = 1
    try:
        code = run(options, place)
        return code
    except (Failed, subprocess.CalledProcessError) as problem:
        print(problem, file=sys.stderr)
        return 2
    finally:
        if code == 0:
            shutil.rmtree(place, ignore_errors=True)
        else:
            print(f"kept: {place}")


if __name__ == "__main__":
    sys.exit(main())
