"""Orders of a delivery service: 214 bytes of JSON each, typed, with a unique id."""

import json
import random
from datetime import datetime, timedelta

CITIES = ["Berlin", "Paris", "Lagos", "Lima", "Osaka", "Pune", "Quito", "Rome", "Seoul", "Tunis"]
STATUSES = ["placed", "paid", "shipped"]
BEGIN = datetime(2026, 11, 1)


def order(chance, number, key=None):
    at = BEGIN + timedelta(milliseconds=number * 37)
    return {
        "order_id": number if key is None else key,
        "customer_id": f"c{chance.randrange(100_000):06d}",
        "restaurant": f"r{chance.randrange(500)}",
        "city": chance.choice(CITIES),
        "status": chance.choice(STATUSES),
        "amount": round(chance.random() * 200, 2),
        "currency": "EUR",
        "created_at": at.isoformat(timespec="milliseconds") + "Z",
        "event_id": f"{chance.getrandbits(128):032x}",
    }


def line(record):
    return json.dumps(record, separators=(",", ":"))


def write(path, lines):
    """The whole file or none."""
    unfinished = path.with_suffix(".part")
    with open(unfinished, "w", encoding="utf-8") as out:
        for text in lines:
            out.write(text + "\n")
    unfinished.rename(path)
    return path


def appended(work, count, seed=7):
    """The records, and the same rows as CSV for COPY."""
    chance = random.Random(seed)
    records, rows = work / f"orders-{count}-{seed}.jsonl", work / f"orders-{count}-{seed}.csv"
    if not rows.exists():
        orders = [order(chance, number) for number in range(count)]
        write(records, map(line, orders))
        write(rows, (",".join(map(str, o.values())) for o in orders))
    return records, rows


def with_duplicates(work, count, percent, seed=7):
    """As many records, of which so many are others again, from anywhere before."""
    path = work / f"orders-{count}-duplicates-{percent}.jsonl"
    if not path.exists():
        chance = random.Random(seed * 1000 + percent)
        said = []

        def lines():
            for number in range(count):
                if said and chance.random() * 100 < percent:
                    yield chance.choice(said)
                else:
                    said.append(line(order(chance, number)))
                    yield said[-1]

        write(path, lines())
    return path


def with_garbage(work, count, percent, seed=7):
    """As many records, of which so many are no JSON."""
    path = work / f"orders-{count}-garbage-{percent}.jsonl"
    if not path.exists():
        chance = random.Random(seed * 2000 + percent)
        lines = (line(order(chance, number)) for number in range(count))
        write(path, (t[:-20] if chance.random() * 100 < percent else t for t in lines))
    return path


def changes(work, count, keys, seed=7):
    """Later and later states of so many orders, keyed by them."""
    path = work / f"changes-{count}-of-{keys}.jsonl"
    if not path.exists():
        chance = random.Random(seed * 3000)

        def lines():
            for number in range(count):
                key = number if number < keys else chance.randrange(keys)
                yield f"{key}|{line(order(chance, number, key))}"

        write(path, lines())
    return path
