#!/usr/bin/env python3
"""Measures how soon an event that a door took can be queried, and what heap landing needs for it.

    bench/landing/freshness.py [--minutes 10]

Starts ingestion-service and transform-service alone on a PostgreSQL that notes when transactions
commit. First the door is sent as much as it takes: what of that lands a second is the capacity.
Then it gets half of that, evenly, for some minutes. Of every row of that time the commit is compared
with the moment at which the door had the event whole; and transform-service's heap is looked at.
"""

import argparse
import base64
import http.client
import re
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

sys.dont_write_bytecode = True
import run as bench  # noqa: E402
from servers import Broker, Failed, Ingestion, Postgres, Transform, jdk  # noqa: E402

WRITE_KEY = "a write key of the benchmark"
BATCH = 50
EVENT = (
    '{"type":"track","event":"Order Placed","messageId":"%s-%d","userId":"c%d",'
    '"timestamp":"2026-11-01T10:%02d:%02d.000Z","properties":{"order_id":%d,"restaurant":"r%d",'
    '"city":"Berlin","status":"paid","amount":%d.25,"currency":"EUR"}}'
)
LANDED = "select coalesce(sum(next_offset), 0) from transform.ledger where topic = 'raw.bench'"


class Load:
    """Senders of batches, as fast as they are answered or at an even rate."""

    def __init__(self, name, port, senders=4, per_second=None):
        self.name, self.port, self.per_second = name, port, per_second
        self.began = time.monotonic()
        self.ended = False
        self.sent = 0
        self.late = 0.0
        self.problems = []
        self.lock = threading.Lock()
        self.threads = [threading.Thread(target=self.work, daemon=True) for _ in range(senders)]
        for thread in self.threads:
            thread.start()

    def next(self):
        with self.lock:
            number = self.sent
            self.sent += BATCH
        return number

    def body(self, number):
        events = ",".join(
            EVENT % (self.name, n, n % 5000, n // 60 % 60, n % 60, n, n % 500, n % 200)
            for n in range(number, number + BATCH)
        )
        return f'{{"batch":[{events}]}}'.encode()

    def work(self):
        key = base64.b64encode(f"{WRITE_KEY}:".encode()).decode()
        headers = {"Content-Type": "application/json", "Authorization": f"Basic {key}"}
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        while not self.ended:
            number = self.next()
            body = self.body(number)
            if self.per_second:
                wait = self.began + number / self.per_second - time.monotonic()
                if wait > 0:
                    time.sleep(wait)
                else:
                    self.late = max(self.late, -wait)
            connection.request("POST", "/v1/batch", body, headers)
            answer = connection.getresponse()
            said = answer.read()
            if answer.status != 200:
                self.problems.append(f"{answer.status}: {said[:200]}")
                return

    def end(self):
        self.ended = True
        for thread in self.threads:
            thread.join()
        if self.problems:
            raise Failed(f"the door refused a batch: {self.problems[0]}")


class Heap:
    """What a JVM's heap holds, garbage included, in MB."""

    def __init__(self, java, program):
        self.jcmd, self.pid = java.parent / "jcmd", str(program.process.pid)
        self.most = 0.0

    def used(self):
        # jstat knows what is in eden only as of the last collection.
        said = subprocess.run([self.jcmd, self.pid, "GC.heap_info"], capture_output=True, text=True,
                              check=True).stdout  # fmt: skip
        used = sum(int(kb) for kb in re.findall(r"total \d+K, used (\d+)K", said)) / 1024
        self.most = max(self.most, used)
        return used

    def live(self):
        """After a full collection; only when there is no load that would wait for it."""
        subprocess.run([self.jcmd, self.pid, "GC.run"], capture_output=True, check=True)
        return self.used()


class Freshness:
    def __init__(self, options, work):
        self.options, self.work = options, work
        self.java = jdk() / "bin" / "java"
        # Fetches the broker, and makes what the services start from.
        self.bench = bench.Bench(argparse.Namespace(rows=0, transform=None), work)

    def landed(self):
        return int(self.postgres.one(LANDED, self.database) or 0)

    def project(self):
        directory = self.work / "project-freshness"
        (directory / "sources").mkdir(parents=True, exist_ok=True)
        (directory / "sources" / "bench.yml").write_text(
            f"sources: [{{name: bench, type: segment, write_key: {WRITE_KEY}}}]\n"
        )
        return directory

    def run(self):
        settings = {"track_commit_timestamp": "on"}
        with Postgres(self.work, settings) as self.postgres, Broker(
            self.work, self.java, self.bench.libraries
        ) as broker:
            self.bench.postgres = self.postgres
            self.database = self.bench.database()
            project = self.project()
            # Of an earlier run, whose records are none of this one's.
            broker.delete("raw.bench")
            with Ingestion(self.work, self.java, self.database, project) as door, Transform(
                self.work, self.java, self.database, project
            ) as transform:
                self.ready("ingestion-service", door)
                self.ready("transform-service", transform)
                self.measure(door, transform)
            self.bench.drop(self.database)

    def ready(self, name, program):
        deadline = time.monotonic() + 120
        while not program.is_ready():
            if program.process.poll() is not None or time.monotonic() > deadline:
                raise Failed(f"{name} did not become ready; see {program.log}")
            time.sleep(0.2)

    def drain(self, load):
        load.end()
        deadline = time.monotonic() + 120
        while self.landed() < self.expected + load.sent:
            if time.monotonic() > deadline:
                raise Failed(f"only {self.landed()} of {self.expected + load.sent} landed")
            time.sleep(0.2)
        self.expected += load.sent

    def measure(self, door, transform):
        self.expected = 0
        load = Load("warm", door.port)
        time.sleep(self.options.warm_up)
        began, first = time.monotonic(), self.landed()
        time.sleep(self.options.capacity)
        capacity = (self.landed() - first) / (time.monotonic() - began)
        self.drain(load)
        print(f"capacity    {capacity:,.0f} events/s from the door to rows in two tables", flush=True)

        heap = Heap(self.java, transform)
        before = heap.live()
        since = self.postgres.one("select now()", self.database)
        load = Load("paced", door.port, per_second=capacity / 2)
        ends = time.monotonic() + self.options.minutes * 60
        while time.monotonic() < ends:
            heap.used()
            time.sleep(2)
        self.drain(load)
        after = heap.live()
        self.tell(capacity / 2, since, load)
        print(f"heap        {before:.0f} MB live before, {after:.0f} MB live after "
              f"{self.options.minutes:g} minutes, {heap.most:.0f} MB used at most, of 512 MB;"
              f" {transform.rss() / 2**20:.0f} MB resident")  # fmt: skip

    def tell(self, rate, since, load):
        rows, *percentiles = self.postgres.one(
            f"""
            select count(*), percentile_disc(array[0.5, 0.9, 0.99, 0.999, 1]) within group (order by
              1000 * extract(epoch from pg_xact_commit_timestamp(xmin) - _mr_ingested_at))
            from bench.order_placed where _mr_ingested_at > '{since}'
            """,
            self.database,
        ).replace("{", "").replace("}", "").replace("|", ",").split(",")
        if int(rows) != load.sent:
            raise Failed(f"{rows} rows of {load.sent} events")
        said = ", ".join(
            f"{name} {float(value):,.0f} ms"
            for name, value in zip(("p50", "p90", "p99", "p99.9", "longest"), percentiles)
        )
        print(f"freshness   {said}; {int(rows):,} events at {rate:,.0f} a second, "
              f"sent {load.late * 1000:,.0f} ms late at most")  # fmt: skip


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--warm-up", type=float, default=60, help="seconds")
    parser.add_argument("--capacity", type=float, default=30, help="seconds to measure it for")
    parser.add_argument("--work", type=Path, default=Path(tempfile.gettempdir()) / "millrace-bench")
    options = parser.parse_args()
    work = options.work.resolve()
    work.mkdir(parents=True, exist_ok=True)
    work.chmod(0o755)
    Freshness(options, work).run()


if __name__ == "__main__":
    try:
        main()
    except Failed as e:
        sys.exit(f"bench: {e}")
