#!/usr/bin/env python3
"""Writes the two large seeds of dbt-labs/jaffle-shop, which it generates and does not keep.

    bench/jaffle_seeds.py PROJECT

Orders and items that fit the customers, products and stores that the project has, always the same.
"""

import csv
import random
import sys
import uuid
from datetime import datetime, timedelta
from pathlib import Path

ORDERS = 20_000
ITEMS = 33_405
FIRST = datetime(2016, 9, 1, 7)


def read(path):
    with open(path, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def main():
    seeds = Path(sys.argv[1]) / "seeds" / "jaffle-data"
    chance = random.Random(1)
    customers, products, stores = (read(seeds / f"raw_{name}.csv") for name in ("customers", "products", "stores"))

    def identity():
        return str(uuid.UUID(int=chance.getrandbits(128), version=4))

    def more():
        """How many items an order has beside its first."""
        extra = [0] * ORDERS
        for _ in range(ITEMS - ORDERS):
            extra[chance.randrange(ORDERS)] += 1
        return extra

    orders, items = [], []
    for number, extra in enumerate(more()):
        store = chance.choice(stores)
        order = identity()
        bought = [chance.choice(products) for _ in range(1 + extra)]
        items += [(identity(), order, product["sku"]) for product in bought]
        subtotal = sum(int(product["price"]) for product in bought)
        tax = int(subtotal * float(store["tax_rate"]))
        # Every customer orders once, at least.
        customer = customers[number] if number < len(customers) else chance.choice(customers)
        at = FIRST + timedelta(minutes=chance.randrange(365 * 24 * 60))
        orders.append((order, customer["id"], at.isoformat(), store["id"], subtotal, tax, subtotal + tax))
    for name, head, rows in (
        ("raw_orders", "id,customer,ordered_at,store_id,subtotal,tax_paid,order_total", orders),
        ("raw_items", "id,order_id,sku", items),
    ):
        with open(seeds / f"{name}.csv", "w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow(head.split(","))
            writer.writerows(rows)


if __name__ == "__main__":
    main()
