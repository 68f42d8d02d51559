#!/usr/bin/env python3
"""Sends events through the Segment API until every one is acknowledged, and keeps a ledger of it.

A process of its own, that knows nothing of Millrace but its door. An event is written to the ledger
of what was sent before it goes out for the first time, and to that of what was acknowledged when the
answer is here, both flushed to the disk. A batch without an answer, or with one that asks for
patience, is sent again with the same identities.

    AUDIT_WRITE_KEY=… INGESTION_URL=… bench/audit/producer.py --events 200000 --ledger DIR
"""

import argparse
import base64
import hashlib
import http.client
import json
import os
import queue
import sys
import threading
import time
from datetime import datetime, timedelta, timezone
from pathlib import Path
from urllib.parse import urlsplit

BEGIN = datetime(2026, 1, 1, tzinfo=timezone.utc)
LABELS = ["plain", "Grüße", "naïve café", "данные", "日本", "quote \" and \\", "tab\tand\nline", "🌊"]


def event(number):
    """The event with this number: the same each time, and unlike every other."""
    digest = hashlib.sha256(str(number).encode()).digest()
    at = BEGIN + timedelta(milliseconds=137 * number)
    cents = int.from_bytes(digest[:5], "big")
    return {
        "type": "track",
        "event": "Reading Taken",
        "messageId": f"reading-{number:08d}",
        "userId": f"meter-{digest[5] * 4 + digest[6] % 4}",
        "timestamp": at.strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03d}Z",
        "properties": {
            "number": number,
            "revenue": f"{cents // 100}.{cents % 100:02d}",
            "label": LABELS[digest[7] % len(LABELS)],
            "valid": digest[8] % 3 != 0,
        },
    }


def encoded(one):
    """As JSON, with the amount of money as the number that it is."""
    text = json.dumps(one, ensure_ascii=False)
    amount = one["properties"]["revenue"]
    return text.replace(f'"revenue": "{amount}"', f'"revenue": {amount}')


class Ledger:
    """Lines that are on the disk when they are said to be written."""

    def __init__(self, path):
        self.file = open(path, "a", encoding="utf-8")
        self.lock = threading.Lock()

    def write(self, lines):
        with self.lock:
            self.file.writelines(line + "\n" for line in lines)
            self.file.flush()
            os.fsync(self.file.fileno())


class Sender(threading.Thread):
    def __init__(self, producer):
        super().__init__(daemon=True)
        self.producer = producer
        self.connection = None

    def run(self):
        while True:
            batch = self.producer.batches.get()
            if batch is None:
                return
            lines = [encoded(event(number)) for number in batch]
            self.producer.sent.write(lines)
            self.deliver(lines)
            self.producer.acknowledged.write(lines)
            self.producer.count(len(lines))

    def deliver(self, lines):
        body = ('{"batch":[' + ",".join(lines) + "]}").encode("utf-8")
        pause = 0.05
        while True:
            status = self.post(body)
            if status == 200:
                return
            if status and status != 429 and status < 500:
                self.producer.fail(f"a batch was refused with {status}")
            self.producer.resent += 1
            time.sleep(pause)
            pause = min(pause * 2, 2)

    def post(self, body):
        try:
            if self.connection is None:
                address = self.producer.address
                self.connection = http.client.HTTPConnection(address.hostname, address.port, timeout=30)
            self.connection.request("POST", "/v1/batch", body, self.producer.headers)
            response = self.connection.getresponse()
            response.read()
            return response.status
        except (OSError, http.client.HTTPException):
            if self.connection is not None:
                self.connection.close()
            self.connection = None
            return None


class Producer:
    def __init__(self, options, url, key):
        self.address = urlsplit(url)
        self.headers = {
            "Content-Type": "application/json",
            "Authorization": "Basic " + base64.b64encode(f"{key}:".encode()).decode(),
        }
        options.ledger.mkdir(parents=True, exist_ok=True)
        self.sent = Ledger(options.ledger / "sent.jsonl")
        self.acknowledged = Ledger(options.ledger / "acknowledged.jsonl")
        self.progress = options.ledger / "progress"
        self.batches = queue.Queue(maxsize=options.senders * 2)
        self.total = options.events
        self.done = 0
        self.resent = 0
        self.lock = threading.Lock()

    def count(self, events):
        with self.lock:
            self.done += events
            self.progress.write_text(f"{self.done} {self.resent}\n")

    def fail(self, why):
        print(f"producer: {why}", file=sys.stderr, flush=True)
        os._exit(1)

    def run(self, options):
        senders = [Sender(self) for _ in range(options.senders)]
        for sender in senders:
            sender.start()
        began = time.monotonic()
        for first in range(0, self.total, options.batch):
            # Spread over the time that was asked for, so that crashes meet a running stream.
            ahead = first / self.total * options.seconds - (time.monotonic() - began)
            if ahead > 0:
                time.sleep(ahead)
            self.batches.put(range(first, min(first + options.batch, self.total)))
        for _ in senders:
            self.batches.put(None)
        for sender in senders:
            sender.join()
        seconds = time.monotonic() - began
        print(f"{self.done} events acknowledged in {seconds:.1f} s; {self.resent} batches sent again")


def main():
    parser = argparse.ArgumentParser(description="Sends events and keeps a ledger of them.")
    parser.add_argument("--events", type=int, default=200_000)
    parser.add_argument("--batch", type=int, default=200)
    parser.add_argument("--senders", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=0, help="spread over this time; 0: at once")
    parser.add_argument("--ledger", type=Path, required=True)
    options = parser.parse_args()
    url, key = os.environ.get("INGESTION_URL"), os.environ.get("AUDIT_WRITE_KEY")
    if not url or not key:
        print("INGESTION_URL and AUDIT_WRITE_KEY must be set", file=sys.stderr)
        return 2
    Producer(options, url, key).run(options)
    return 0


if __name__ == "__main__":
    sys.exit(main())
