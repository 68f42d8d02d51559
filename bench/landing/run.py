#!/usr/bin/env python3
"""Measures landing against its peer and its limit, in one run on the same data, and prints a table.

    bench/landing/run.py [--cases append,tables,duplicates,garbage,merge] [--rows 1000000] [--runs 5]

Millrace's transform-service alone, Kafka Connect with Debezium's JDBC sink (the peer), and psql's
\\copy (the limit) each bring the same records into PostgreSQL, one after the other, as often as
--runs says. See bench/landing/README.md for what each case is and how time is taken.
"""

import argparse
import statistics
import sys
import tempfile
import time
from pathlib import Path

sys.dont_write_bytecode = True
import orders  # noqa: E402
from servers import (  # noqa: E402
    HERE,
    PASSWORD,
    SINK_VERSION,
    Broker,
    Connect,
    Failed,
    Postgres,
    Transform,
    jdk,
    run,
)

COLUMNS = (
    "order_id bigint, customer_id text, restaurant text, city text, status text, "
    "amount numeric, currency text, created_at timestamptz, event_id text primary key"
)
SOURCE = "bench"
STREAM = "landed"
PATIENCE = 900


class Bench:
    """The servers, and what the cases share."""

    def __init__(self, options, work):
        self.options = options
        self.work = work
        self.java = jdk() / "bin" / "java"
        self.libraries = work / "libs"
        self.number = 0
        self.fetch_peers()

    def fetch_peers(self):
        pom = HERE / "pom.xml"
        if not self.libraries.exists():
            run("mvn", "-q", "-B", "-f", pom, "dependency:copy-dependencies",
                f"-DoutputDirectory={self.libraries}")  # fmt: skip
        plugins = self.work / "plugins"
        if not plugins.exists():
            artifact = f"io.debezium:debezium-connector-jdbc:{SINK_VERSION}:tar.gz:plugin"
            run("mvn", "-q", "-B", "dependency:copy", f"-Dartifact={artifact}",
                f"-DoutputDirectory={self.work}")  # fmt: skip
            packed = self.work / f"debezium-connector-jdbc-{SINK_VERSION}-plugin.tar.gz"
            plugins.mkdir()
            run("tar", "xzf", packed, "-C", plugins)

    def topic(self, name, lines, keyed=False):
        """A topic that holds the lines; filled once."""
        if name not in self.broker.topics():
            self.broker.create(name)
            self.broker.produce(name, lines, keyed)
        return name

    def database(self):
        self.number += 1
        name = f"run_{int(time.time())}_{self.number}"
        self.postgres.warehouse(name)
        return name

    def drop(self, database):
        self.postgres.one(f"drop database {database} with (force)")

    def project(self, topic, stream):
        directory = self.work / "project"
        (directory / "sources").mkdir(parents=True, exist_ok=True)
        (directory / "sources" / "bench.yml").write_text(
            f"sources: [{{name: {SOURCE}, type: kafka, "
            f"streams: [{{name: {STREAM}, topic: {topic}, {stream}}}]}}]\n"
        )
        return directory

    # ---- the contestants; each answers rows a second

    def copy(self, rows):
        database = self.database()
        self.postgres.one(f"create table copied ({COLUMNS})", database)
        self.postgres.one("checkpoint")
        began = time.monotonic()
        self.postgres.one(f"\\copy copied from '{rows}' csv", database)
        rate = self.options.rows / (time.monotonic() - began)
        self.drop(database)
        return rate

    def connect(self, topic, expected, mode="insert", key="event_id"):
        database = self.database()
        self.postgres.one("checkpoint")
        with Connect(self.work, self.java, self.libraries, f"sink-{database}", topic, database,
                     mode, key) as sink:  # fmt: skip
            if mode == "insert":
                rate = self.clock(sink, database, "select count(*) from landed", expected)
            else:
                rate = self.clock_offsets(sink, f"connect-sink-{database}", topic)
        self.drop(database)
        return rate

    def millrace(self, topic, stream, expected, prepare=None, settings=None):
        database = self.database()
        if prepare:
            prepare(database)
        self.postgres.one("checkpoint")
        directory = self.project(topic, stream)
        program = self.options.transform.split() if self.options.transform else None
        sql = "select coalesce(sum(next_offset), 0) from transform.ledger"
        with Transform(self.work, self.java, database, directory, program,
                       settings=settings) as transform:  # fmt: skip
            rate = self.clock(transform, database, sql, expected)
            self.last_resident = transform.rss()
        self.last_database = database
        return rate

    def clock(self, program, database, sql, expected):
        """From the first rows that are seen to the last: what starts up takes its time before."""
        deadline = time.monotonic() + PATIENCE
        first, began = 0, 0.0
        while time.monotonic() < deadline:
            if program.process.poll() is not None:
                raise Failed(f"a program ended; see {program.log}")
            try:
                count = int(self.postgres.one(sql, database))
            except Failed:
                count = 0  # no such table yet
            now = time.monotonic()
            if count and not first:
                first, began = count, now
            if count >= expected:
                return (count - first) / (now - began)
            time.sleep(0.2)
        raise Failed(f"only {count} of {expected} after {PATIENCE} s; see {program.log}")

    # ---- the cases

    def append(self):
        count = self.options.rows
        records, rows = orders.appended(self.work, count)
        topic = self.topic(f"orders-{count}-even", records)
        stream = "id: event_id, event_time: created_at"
        rates = {"\\copy": [], "sink": [], "millrace": []}
        for _ in range(self.options.runs):
            rates["\\copy"].append(self.copy(rows))
            if not self.options.no_peer:
                rates["sink"].append(self.connect(topic, count))
            rates["millrace"].append(self.millrace(topic, stream, count))
            self.check(f"select count(*) from {SOURCE}.{STREAM}", count)
            self.tell(rates)
            self.drop(self.last_database)
        return rates

    def check(self, sql, expected):
        found = int(self.postgres.one(sql, self.last_database))
        if found != expected:
            raise Failed(f"{sql}: {found} instead of {expected}")

    def tell(self, rates):
        said = ", ".join(f"{who} {r[-1]:,.0f}" for who, r in rates.items() if r)
        print(f"    {said} rows/s", file=sys.stderr, flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cases", default="append")
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--work", type=Path, default=Path(tempfile.gettempdir()) / "millrace-bench")
    parser.add_argument("--no-peer", action="store_true", help="leave Kafka Connect out")
    parser.add_argument("--transform", help="arguments of java for another build of the service")
    options = parser.parse_args()
    work = options.work.resolve()
    work.mkdir(parents=True, exist_ok=True)
    work.chmod(0o755)
    bench = Bench(options, work)
    with Postgres(work) as postgres, Broker(work, bench.java, bench.libraries) as broker:
        bench.postgres, bench.broker = postgres, broker
        for role in ("millrace_transform", "millrace_models"):
            exists = postgres.one(f"select 1 from pg_roles where rolname = '{role}'")
            if not exists:
                postgres.one(f"create role {role} login password '{PASSWORD}'")
        for case in options.cases.split(","):
            print(f"{case}", file=sys.stderr, flush=True)
            rates = getattr(bench, case)()
            for who, measured in rates.items():
                if measured:
                    print(f"{case:<12} {who:<10} {statistics.median(measured):>10,.0f} rows/s")


if __name__ == "__main__":
    try:
        main()
    except Failed as e:
        sys.exit(f"bench: {e}")
