#!/usr/bin/env python3
"""Measures landing against its peer and its limit, in one run on the same data, and prints a table.

    bench/landing/run.py [--cases append,tables,duplicates,garbage,merge] [--rows 1000000] [--runs 5]

Millrace's transform-service alone, Kafka Connect with Debezium's JDBC sink (the peer), and psql's
\\copy (the limit) each bring the same records into PostgreSQL, one after the other, as often as
--runs says. See bench/landing/README.md for what each case is and how time is taken.
"""

import argparse
import random
import statistics
import sys
import tempfile
import time
from itertools import pairwise
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
TABLE = f"{SOURCE}.landed"
STREAM = "id: event_id, event_time: created_at"
LEDGER = "select coalesce(sum(next_offset), 0) from transform.ledger"
PATIENCE = 1_800


class Offsets:
    """How far the ledger has come: one row a partition, which costs nothing to read."""

    def __init__(self, *counts, topic=None):
        self.marks = (1, *counts)
        self.sql = LEDGER + (f" where topic = '{topic}'" if topic else "")

    def read(self, session):
        return session.number(self.sql)


class Rows:
    """How many rows a table has.

    To count them takes time from who is measured. So that is done every other second, and else when
    the size of the table tells that the next mark must be near."""

    NEAR, EVERY = 0.95, 2.0

    def __init__(self, table, *counts):
        self.marks = (1, *counts)
        self.table, self.count, self.bytes_a_row, self.counted = table, 0, 0.0, 0.0

    def read(self, session):
        size = session.number(f"select pg_relation_size('{self.table}')")
        if not size:
            return None
        mark = next(m for m in self.marks if m > self.count)
        now = time.monotonic()
        if now - self.counted > self.EVERY or size > self.bytes_a_row * mark * self.NEAR:
            self.count, self.counted = session.number(f"select count(*) from {self.table}"), now
            self.bytes_a_row = size / max(1, self.count)
        return self.count


class Ends:
    """Whether a merge is through: the last record of each partition has a key below zero."""

    def __init__(self, table, records):
        self.marks = (0, records)
        self.table, self.records = table, records

    def read(self, session):
        ends = session.number(f"select count(*) from {self.table} where order_id < 0")
        return None if ends is None else self.records if ends == 4 else 0


class Quiet:
    """Whether nothing has been at work in a database for some seconds."""

    AT_WORK = (
        "select count(*) from pg_stat_activity where datname = current_database()"
        " and pid <> pg_backend_pid() and xact_start < now() - interval '1 second'"
    )

    def __init__(self, postgres, database, seconds):
        self.postgres, self.database, self.seconds = postgres, database, seconds
        self.since = time.monotonic()

    def __call__(self):
        now = time.monotonic()
        if int(self.postgres.one(self.AT_WORK, self.database)):
            self.since = now
        return now - self.since >= self.seconds


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

    def topic(self, name, *files):
        """A topic that holds the lines of the files; filled once."""
        if name not in self.broker.topics():
            self.broker.create(name)
            for lines in files:
                self.broker.produce(name, lines)
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
            f"streams: [{{name: landed, topic: {topic}, {stream}}}]}}]\n"
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

    def connect(self, topic, progress, mode="insert", key="event_id"):
        database = self.database()
        self.postgres.one("checkpoint")
        with Connect(self.work, self.java, self.libraries, f"sink-{database}", topic, database,
                     mode, key) as sink:  # fmt: skip
            rates = self.clock(sink, database, progress)
        self.drop(database)
        return rates

    def millrace(self, topic, stream, progress, database=None):
        """In a database of its own, which stays, or in one that is there."""
        if database is None:
            database = self.database()
        self.last_database = database
        self.postgres.one("checkpoint")
        with self.transform(topic, stream, database) as transform:
            return self.clock(transform, database, progress)

    def transform(self, topic, stream, database):
        program = self.options.transform.split() if self.options.transform else None
        directory = self.project(topic, stream)
        return Transform(self.work, self.java, database, directory, program)

    def clock(self, program, database, progress):
        """The rates between one mark of the progress and the next: first rows seen, ..., all."""
        deadline = time.monotonic() + PATIENCE
        passed = []
        with self.postgres.session(database) as session:
            while time.monotonic() < deadline:
                if program.process.poll() is not None:
                    raise Failed(f"a program ended; see {program.log}")
                count, now = progress.read(session), time.monotonic()
                if count is not None and count >= progress.marks[len(passed)]:
                    passed.append((count, now))
                    if len(passed) == len(progress.marks):
                        return [
                            (last - first) / (end - begin)
                            for (first, begin), (last, end) in pairwise(passed)
                        ]
                time.sleep(0.1)
        raise Failed(f"only {count} after {PATIENCE} s; see {program.log}")

    # ---- the cases

    def append(self):
        """The records of a topic into an empty table, and as many again by who is warm."""
        count = self.options.rows
        records, rows = orders.appended(self.work, count)
        topic = self.topic(f"orders-{count}-twice", records, orders.appended(self.work, count, 8)[0])
        first, then = ({who: [] for who in ("\\copy", "sink", "millrace")} for _ in range(2))
        for _ in range(self.options.runs):
            measured = {"\\copy": [self.copy(rows)] * 2}
            if not self.options.no_peer:
                measured["sink"] = self.connect(topic, Rows("landed", count, 2 * count))
            measured["millrace"] = self.millrace(topic, STREAM, Offsets(count, 2 * count))
            self.check(f"select count(*) from {TABLE}", 2 * count)
            self.drop(self.last_database)
            for who, (cold, warm) in measured.items():
                first[who].append(cold)
                then[who].append(warm)
            self.tell(first)
            self.tell(then)
        return {"append": first, "append, warm": then}

    def tables(self):
        """The same into a table that holds rows already."""
        count = self.options.rows
        rates = {}
        seed = 100
        database = self.database()
        self.last_database = database
        for millions in (0, *self.options.table_sizes):
            if millions:
                self.fill(database, millions * 1_000_000)
            rates[f"{millions} M rows"] = []
            for _ in range(self.options.runs):
                records, _ = orders.appended(self.work, count, seed)
                topic = self.topic(f"orders-{count}-{seed}", records)
                before = self.rows_in(TABLE, database)
                progress = Offsets(count, topic=topic)
                [rate] = self.millrace(topic, STREAM, progress, database)
                self.check(f"select count(*) from {TABLE}", before + count)
                rates[f"{millions} M rows"].append(rate)
                self.tell(rates)
                seed += 1
        self.drop(database)
        return {"tables": rates}

    def rows_in(self, table, database):
        try:
            return int(self.postgres.one(f"select count(*) from {table}", database))
        except Failed:
            return 0

    def fill(self, database, target):
        """Adds rows by SQL, which landing then finds as rows of another time."""
        missing = target - self.rows_in(TABLE, database)
        self.postgres.one(
            f"""
            insert into {TABLE} (_mr_id, _mr_event_at, _mr_ingested_at, _mr_loaded_at, order_id,
              customer_id, restaurant, city, status, amount, currency, created_at, event_id)
            select e, a, a, a, n, 'c' || n % 100000, 'r' || n % 500, 'Berlin', 'paid', n % 20000 / 100.0,
              'EUR', a, e
            from (select n, md5(n::text) e, timestamptz '2025-01-01' + n * interval '1 ms' a
              from generate_series(1, {missing}::bigint) n) s
            """,
            database,
        )
        self.postgres.one("delete from transform.identity_stream", database)
        self.postgres.one(f"vacuum analyze {TABLE}", database)
        # The first record that lands has the identities read; then segments become fewer, of which a
        # large one takes a minute.
        lines = orders.write(
            self.work / f"one-{target}.jsonl",
            [orders.line(orders.order(random.Random(target), 1))],
        )
        topic = self.topic(f"one-{target}", lines)
        with self.transform(topic, STREAM, database) as transform:
            sql = f"{LEDGER} where topic = '{topic}'"
            self.until(transform, lambda: int(self.postgres.one(sql, database)) == 1)
            self.until(transform, Quiet(self.postgres, database, 10))

    def until(self, program, is_so):
        deadline = time.monotonic() + PATIENCE
        while not is_so():
            if program.process.poll() is not None or time.monotonic() > deadline:
                raise Failed(f"it does not come to an end; see {program.log}")
            time.sleep(1)

    def duplicates(self):
        """Some records are others again."""
        return self.mixed("duplicates", orders.with_duplicates, (0, 1, 20))

    def garbage(self):
        """Some records are no JSON."""
        return self.mixed("garbage", orders.with_garbage, (0, 20))

    def mixed(self, what, make, percents):
        count = self.options.rows
        topics = {
            percent: self.topic(f"{what}-{count}-{percent}", make(self.work, count, percent))
            for percent in percents
        }
        rates = {f"{percent} %": [] for percent in percents}
        for _ in range(self.options.runs):
            for percent, topic in topics.items():
                rates[f"{percent} %"] += self.millrace(topic, STREAM, Offsets(count))
                self.drop(self.last_database)
            self.tell(rates)
        return {what: rates}

    def merge(self):
        """Changes of fewer keys, of which the newest is to stay."""
        count, keys = self.options.rows, self.options.rows // 10
        topic = f"changes-{count}"
        if topic not in self.broker.topics():
            self.broker.create(topic)
            self.broker.produce(topic, orders.changes(self.work, count, keys), keyed=True)
            # The last of each partition, by which the end is known.
            for partition in range(4):
                last = orders.line(orders.order(random.Random(partition), count, -1 - partition))
                lines = orders.write(self.work / f"last-{partition}.jsonl", [f"{partition}|{last}"])
                self.broker.produce(topic, lines, keyed=True, partition=partition)
        stream = "write_disposition: merge, primary_key: [order_id], event_time: created_at"
        rates = {"sink": [], "millrace": []}
        for _ in range(self.options.runs):
            if not self.options.no_peer:
                ends = Ends("landed", count)
                rates["sink"] += self.connect(topic, ends, "upsert", "order_id")
            rates["millrace"] += self.millrace(topic, stream, Ends(TABLE, count))
            self.check(f"select count(*) from {TABLE}", keys + 4)
            self.tell(rates)
            self.drop(self.last_database)
        return {"merge": rates}

    def check(self, sql, expected):
        found = int(self.postgres.one(sql, self.last_database))
        if found != expected:
            raise Failed(f"{sql}: {found} instead of {expected}")

    def tell(self, rates):
        said = ", ".join(f"{who} {r[-1]:,.0f}" for who, r in rates.items() if r)
        print(f"    {said} rows/s", file=sys.stderr, flush=True)


def print_rates(case, rates):
    """Each median, and its ratio to the first one."""
    medians = {who: statistics.median(measured) for who, measured in rates.items() if measured}
    own = medians.get("millrace")
    for who, median in medians.items():
        other = medians[next(iter(medians))] if own is None else own
        ratio = median / other if own is None else own / median
        said = f"{ratio:5.2f} of the first" if own is None else f"{ratio:5.2f} is millrace to it"
        spread = f"{min(rates[who]):,.0f} to {max(rates[who]):,.0f}"
        print(f"{case:<12} {who:<12} {median:>10,.0f} rows/s  ({spread})  {said}", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cases", default="append")
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--work", type=Path, default=Path(tempfile.gettempdir()) / "millrace-bench")
    parser.add_argument("--table-sizes", type=lambda t: [int(n) for n in t.split(",")],
                        default=[1, 10, 50], help="millions of rows")  # fmt: skip
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
            for title, rates in getattr(bench, case)().items():
                print_rates(title, rates)


if __name__ == "__main__":
    try:
        main()
    except Failed as e:
        sys.exit(f"bench: {e}")
