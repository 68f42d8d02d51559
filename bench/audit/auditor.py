#!/usr/bin/env python3
"""Compares what a producer was told is safe with what is in the warehouse: nothing missing, nothing
twice, nothing changed, nothing invented.

It believes neither the producer nor Millrace: it reads the producer's ledger, and the tables through
psql, and compares sets and values.

    WAREHOUSE_URL=… bench/audit/auditor.py --ledger DIR

Exits 0 if all is as it must be, 1 if not, 2 if it could not find out.
"""

import argparse
import csv
import io
import json
import os
import subprocess
import sys
from collections import Counter
from decimal import Decimal
from pathlib import Path

TIME = "to_char({} at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')"
EVENTS = f"""
    select _mr_id, id, user_id, event, event_text, {TIME.format('_mr_event_at')},
           {TIME.format('"timestamp"')}, number, revenue, label, valid
    from audit.reading_taken
"""
TRACKS = f"select _mr_id, user_id, event, {TIME.format('_mr_event_at')} from audit.tracks"


class CannotAudit(Exception):
    pass


def ledger(path):
    rows = {}
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            if line.endswith("\n"):  # The last line may be cut off if the producer was killed.
                message = json.loads(line, parse_float=Decimal)
                rows[message["messageId"]] = message
    return rows


def table(query):
    url = os.environ.get("WAREHOUSE_URL")
    if not url:
        raise CannotAudit('WAREHOUSE_URL is not set: eval "$(./millrace env)"')
    copy = f"copy ({query}) to stdout with (format csv, null '\\N')"
    # The reader's own time limit is meant for dashboards; an audit reads everything.
    script = f"set statement_timeout = 0; {copy};"
    result = subprocess.run(
        ["psql", url, "-X", "-q", "-v", "ON_ERROR_STOP=1", "-c", script],
        capture_output=True,
        text=True,
        check=False,
    )
    if result.returncode != 0:
        raise CannotAudit(f"psql: {result.stderr.strip()}")
    return list(csv.reader(io.StringIO(result.stdout, newline="")))


def moment(text):
    """The ledger has milliseconds, the table microseconds."""
    return text.replace("Z", "000Z")


def expected_event(message):
    properties = message["properties"]
    return (
        message["messageId"],
        message["messageId"],
        message["userId"],
        "reading_taken",
        message["event"],
        moment(message["timestamp"]),
        moment(message["timestamp"]),
        str(properties["number"]),
        str(properties["revenue"]),
        properties["label"],
        "t" if properties["valid"] else "f",
    )


def expected_track(message):
    return message["messageId"], message["userId"], "reading_taken", moment(message["timestamp"])


def audit(name, rows, acknowledged, sent, expected):
    """Prints one line, and the first of what is wrong; returns whether nothing is."""
    times = Counter(row[0] for row in rows)
    missing = [key for key in acknowledged if key not in times]
    twice = [key for key, count in times.items() if count > 1]
    invented = [key for key in times if key not in sent]
    changed = []
    for row in rows:
        message = sent.get(row[0])
        if message is not None and tuple(row) != expected(message):
            changed.append(f"{tuple(row)} instead of {expected(message)}")
    print(
        f"{name:<20} {len(rows):>9,} rows   {len(acknowledged):>9,} acknowledged"
        f"   {len(missing):>5} missing   {len(twice):>5} twice"
        f"   {len(changed):>5} changed   {len(invented):>5} invented"
    )
    wrong = {"missing": missing, "twice": twice, "changed": changed, "invented": invented}
    for what, keys in wrong.items():
        for key in keys[:3]:
            print(f"    {what}: {key}")
    return not any(wrong.values())


def main():
    parser = argparse.ArgumentParser(description="Compares a producer's ledger with the tables.")
    parser.add_argument("--ledger", type=Path, required=True)
    options = parser.parse_args()
    try:
        sent = ledger(options.ledger / "sent.jsonl")
        acknowledged = ledger(options.ledger / "acknowledged.jsonl")
        if not acknowledged:
            raise CannotAudit(f"nothing was acknowledged in {options.ledger}")
        right = audit("audit.reading_taken", table(EVENTS), acknowledged, sent, expected_event)
        right &= audit("audit.tracks", table(TRACKS), acknowledged, sent, expected_track)
        print("nothing missing, nothing twice" if right else "NOT RIGHT")
        return 0 if right else 1
    except (CannotAudit, OSError) as problem:
        print(f"cannot audit: {problem}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
