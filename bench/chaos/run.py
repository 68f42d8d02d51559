#!/usr/bin/env python3
"""Kills components of a running stack while a producer sends, then audits the warehouse.

    bench/chaos/run.py [--events 200000] [--kills 24] [--seconds 300] [--seed N]

Starts `./millrace up` on a data directory of its own, a producer in a process of its own, and sends
SIGKILL to ingestion, transform, the broker and PostgreSQL at random instants. When everything has
drained, a separate auditor compares the producer's ledger with the tables. Prints what was done to
whom, and exits 0 if nothing is missing and nothing is twice.
"""

import argparse
import os
import random
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
sys.dont_write_bytecode = True
from millrace_stack import ROOT, Failed, Stack  # noqa: E402

AUDIT = ROOT / "bench" / "audit"
VICTIMS = ["ingestion", "transform", "kafka", "postgres"]
DRAIN_PATIENCE = 180


class Reaper:
    """Kills, and measures how long it takes until there is another process."""

    def __init__(self, stack):
        self.stack = stack
        self.kills = defaultdict(int)
        self.absent = defaultdict(list)
        self.dead = {}

    def kill(self, component):
        pid = self.stack.pid(component)
        if pid is None or component in self.dead:
            return False
        os.kill(pid, signal.SIGKILL)
        self.dead[component] = pid, time.monotonic()
        self.kills[component] += 1
        return True

    def look(self):
        for component, (pid, since) in list(self.dead.items()):
            successor = self.stack.pid(component)
            if successor is not None and successor != pid:
                self.absent[component].append(time.monotonic() - since)
                del self.dead[component]


def progress(ledger):
    try:
        done, resent = (ledger / "progress").read_text().split()
        return int(done), int(resent)
    except (OSError, ValueError):
        return 0, 0


def schedule(options, chance):
    """Each component as often as the others, in any order, at any instant of the time."""
    victims = [VICTIMS[i % len(VICTIMS)] for i in range(options.kills)]
    chance.shuffle(victims)
    # None in the first and last twentieth: there must be something under way to be interrupted.
    edge = options.seconds / 20
    instants = sorted(chance.uniform(edge, options.seconds - edge) for _ in victims)
    return list(zip(instants, victims))


def rampage(options, stack, producer, ledger, chance):
    reaper = Reaper(stack)
    began = time.monotonic()
    waiting = []
    plan = schedule(options, chance)
    while producer.poll() is None:
        now = time.monotonic() - began
        while plan and plan[0][0] <= now:
            waiting.append(plan.pop(0)[1])
        # A component that is still dead is killed once it is back.
        for component in list(waiting):
            if reaper.kill(component):
                waiting.remove(component)
                done, _ = progress(ledger)
                print(f"{now:7.1f} s  kill -9 {component:<10} at {done:>7,} events", flush=True)
        reaper.look()
        time.sleep(0.05)
    if producer.returncode != 0:
        raise Failed(f"the producer gave up with {producer.returncode}")
    if plan or waiting:
        raise Failed(f"the producer was done before {len(plan) + len(waiting)} of the kills")
    return reaper


def count(addresses):
    result = subprocess.run(
        ["psql", addresses["WAREHOUSE_URL"], "-XAtqc", "select count(*) from audit.reading_taken"],
        capture_output=True,
        text=True,
        check=False,
    )
    return int(result.stdout) if result.returncode == 0 else 0


def drain(addresses, expected):
    """Waits until there are rows enough, and then until no more come."""
    deadline = time.monotonic() + DRAIN_PATIENCE
    before, since = -1, time.monotonic()
    while time.monotonic() < deadline:
        rows = count(addresses)
        if rows != before:
            before, since = rows, time.monotonic()
        if rows >= expected and time.monotonic() - since > 5:
            return
        time.sleep(1)
    print(f"waited {DRAIN_PATIENCE} s: {before:,} of {expected:,} rows are there")


def report(reaper):
    print(f"\n{'component':<12} {'kills':>5}   {'until there is another process, seconds':<40}")
    for component in VICTIMS:
        times = reaper.absent[component]
        shown = f"median {sorted(times)[len(times) // 2]:.1f}, longest {max(times):.1f}" if times else "-"
        print(f"{component:<12} {reaper.kills[component]:>5}   {shown}")
    print(f"{'together':<12} {sum(reaper.kills.values()):>5}\n")


def run(options, place):
    chance = random.Random(options.seed)
    environment = dict(os.environ, AUDIT_WRITE_KEY=secrets.token_hex(16))
    ledger = place / "ledger"
    print(f"seed {options.seed}, in {place}")
    with Stack(AUDIT / "project", place, options.port_offset, environment) as stack:
        addresses = stack.addresses()
        environment.update(addresses)
        producer = subprocess.Popen(
            [
                *(sys.executable, AUDIT / "producer.py"),
                *("--ledger", ledger),
                *("--events", str(options.events)),
                *("--seconds", str(options.seconds)),
            ],
            env=environment,
        )
        try:
            reaper = rampage(options, stack, producer, ledger, chance)
        finally:
            if producer.poll() is None:
                producer.kill()
        drain(addresses, options.events)
        report(reaper)
        return subprocess.run(
            [sys.executable, AUDIT / "auditor.py", "--ledger", ledger],
            env=environment,
            check=False,
        ).returncode


def main():
    parser = argparse.ArgumentParser(description="Kills components while events flow, then audits.")
    parser.add_argument("--events", type=int, default=200_000)
    parser.add_argument("--kills", type=int, default=24)
    parser.add_argument("--seconds", type=float, default=300, help="time over which events are sent")
    parser.add_argument("--seed", type=int, default=random.randrange(1_000_000))
    parser.add_argument("--port-offset", type=int, default=200)
    parser.add_argument("--keep", action="store_true", help="keep the data directory")
    options = parser.parse_args()
    place = Path(tempfile.mkdtemp(prefix="millrace-chaos-"))
    # PostgreSQL runs under an account of its own if this is root's.
    place.chmod(0o755)
    code = 1
    try:
        code = run(options, place)
        return code
    except Failed as problem:
        print(problem, file=sys.stderr)
        return 2
    finally:
        if code == 0 and not options.keep:
            shutil.rmtree(place, ignore_errors=True)
        else:
            print(f"kept: {place}")


if __name__ == "__main__":
    sys.exit(main())
