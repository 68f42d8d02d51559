#!/usr/bin/env python3
"""Checks the six answers of the shop against what was sent.

Reads the log that the demo writes (DATA/demo/sent.jsonl), works out by itself what the answers must
be, asks the serving service, and compares to the digit. It needs nothing but Python 3.9 and shares
no code with Millrace.

    eval "$(./millrace env)"
    examples/shop/check.py --log .millrace/demo/sent.jsonl

Prints OK or the differences for each answer; exits 0 if all are right, 1 if one is not, 2 if it
could not find out.
"""

import argparse
import json
import os
import sys
import time
import urllib.error
import urllib.request
from collections import Counter, defaultdict
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path

UTC = timezone.utc


class CannotCheck(Exception):
    """Something is missing without which there is nothing to compare."""


# What was sent -----------------------------------------------------------------------------------


def read_log(path):
    """Yields (source, message as sent, label, whether it was acknowledged), in the order of sending."""
    waiting = {}
    unanswered = set()
    with open(path, encoding="utf-8") as lines:
        for number, text in enumerate(lines, 1):
            try:
                line = json.loads(text)
            except json.JSONDecodeError as error:
                raise CannotCheck(f"{path}:{number} is not JSON: {error}") from error
            if line["kind"] == "run":
                unanswered.update(m["id"] for messages in waiting.values() for m in messages)
                waiting = {}
            elif line["kind"] == "message":
                waiting.setdefault(line["parcel"], []).append(line)
            elif line["kind"] == "answer" and line["acknowledged"]:
                for message in waiting.pop(line["parcel"], []):
                    unanswered.discard(message["id"])
                    yield message["source"], message["body"], message, True
            elif line["kind"] == "answer" and 400 <= line["status"] < 500 and line["status"] != 429:
                for message in waiting.pop(line["parcel"], []):
                    yield message["source"], message["body"], message, False
    unanswered.update(m["id"] for messages in waiting.values() for m in messages)
    if unanswered:
        raise CannotCheck(f"{len(unanswered)} messages in {path} were never answered; let the demo finish")


def is_good(source, body, label):
    """Holds a message to the rules of its format, without believing the label."""
    if label["nature"] == "unknown_key":
        return None  # The key is not part of the message: here the label is all there is.
    try:
        message = json.loads(body, parse_float=Decimal)
    except json.JSONDecodeError:
        return None
    if not isinstance(message, dict):
        return None
    if source == "fleet":
        return message
    if len(body.encode("utf-8")) > 32 * 1024:
        return None
    if not (message.get("userId") or message.get("anonymousId")):
        return None
    if message["type"] == "track":
        if not isinstance(message.get("event"), str) or not message["event"]:
            return None
        if not isinstance(message.get("properties", {}), dict):
            return None
        total = message.get("properties", {}).get("total", 0)
        if isinstance(total, str):
            return None
    return message


class Shop:
    """Everything that was accepted, each once."""

    def __init__(self, path):
        self.calls = defaultdict(list)
        self.last_moment = None
        self.sent = 0
        self.mislabelled = []
        known = set()
        for source, body, label, acknowledged in read_log(path):
            self.sent += 1
            message = is_good(source, body, label) if acknowledged else None
            if (message is None) != (label["fate"] in ("quarantined", "refused")):
                self.mislabelled.append(label["id"])
            if message is None:
                continue
            identity = message.get("messageId") or message["id"]
            if (source, identity) in known:
                continue
            known.add((source, identity))
            self.take(source, message)

    def take(self, source, message):
        if source == "fleet":
            self.calls["fleet", "delivery"].append(message)
            return
        message["at"] = instant(message["timestamp"])
        kind = message["event"] if message["type"] == "track" else message["type"]
        self.calls[source, kind].append(message)
        if source == "web" and message["type"] == "track":
            self.last_moment = max(self.last_moment or message["at"], message["at"])

    def web(self, kind):
        return self.calls["web", kind]


def instant(text):
    return datetime.fromisoformat(text.replace("Z", "+00:00"))


# The answers, each as a Counter of rows ----------------------------------------------------------


def weekly_signups_by_city(shop, query):
    rows = Counter()
    for call in shop.web("Signed Up"):
        day = call["at"].date()
        monday = day - timedelta(days=day.weekday())
        rows[f"{monday}T00:00:00.000", call["properties"]["city"]] += 1
    return Counter((week, city, str(count)) for (week, city), count in rows.items())


def orders_per_minute(shop, query):
    begin, end = (
        datetime.fromisoformat(text).replace(tzinfo=UTC)
        for text in query["timeDimensions"][0]["dateRange"]
    )
    counts, revenue = Counter(), Counter()
    for call in shop.web("Order Completed"):
        if begin <= call["at"] <= end:
            minute = call["at"].strftime("%Y-%m-%dT%H:%M:00.000")
            counts[minute] += 1
            revenue[minute] += Decimal(call["properties"]["total"])
    return Counter((minute, str(n), number(revenue[minute])) for minute, n in counts.items())


def monthly_spend_and_top_restaurants(shop, query):
    spend = defaultdict(Counter)
    orders = Counter()
    for call in shop.web("Order Completed"):
        month = call["at"].strftime("%Y-%m-01T00:00:00.000"), call["userId"]
        spend[month][call["properties"]["restaurant"]] += Decimal(call["properties"]["total"])
        orders[month] += 1
    rows = Counter()
    for (month, customer), restaurants in spend.items():
        best = sorted(restaurants.items(), key=lambda item: (-item[1], item[0].encode("utf-8")))
        top = ", ".join(name for name, _ in best[:3])
        total = sum(restaurants.values(), Decimal(0))
        rows[month, customer, top, number(total), str(orders[month, customer])] += 1
    return rows


def purchases_by_category_price_and_hour(shop, query):
    purchases, spend = Counter(), Counter()
    for call in shop.web("Order Completed"):
        hour = berlin(call["at"]).hour
        for item in call["properties"]["items"]:
            price, quantity = Decimal(item["price"]), item["quantity"]
            if price < 8:
                price_range = "under 8"
            elif price < 15:
                price_range = "8 to 15"
            else:
                price_range = "15 and over"
            key = call["userId"], item["category"], price_range, str(hour)
            purchases[key] += quantity
            spend[key] += price * quantity
    return Counter((*key, str(n), number(spend[key])) for key, n in purchases.items())


def leads_with_visits_and_opens(shop, query):
    views = defaultdict(list)
    for call in shop.web("page"):
        if "anonymousId" in call:
            views[call["anonymousId"]].append(call["at"])
    opens = Counter(call["properties"]["email"] for call in shop.calls["mail", "Email Opened"])
    rows = Counter()
    for call in shop.web("Lead Captured"):
        lead = call["properties"]
        visits, before = 0, None
        for at in sorted(views[call["anonymousId"]]):
            if before is None or at - before > timedelta(minutes=30):
                visits += 1
            before = at
        rows[lead["lead_id"], lead["campaign"], str(visits), str(opens[lead["email"]])] += 1
    return rows


def customers_away_for_30_days(shop, query):
    last_login = {}
    for call in shop.web("Logged In"):
        customer = call["userId"]
        last_login[customer] = max(last_login.get(customer, call["at"]), call["at"])
    rows = Counter()
    for call in shop.web("Signed Up"):
        customer = call["userId"]
        login = last_login.get(customer)
        days = (shop.last_moment - (login or call["at"])) // timedelta(days=1)
        if days >= 30:
            shown = login and login.strftime("%Y-%m-%dT%H:%M:%S.") + f"{login.microsecond // 1000:03}"
            rows[customer, call["properties"]["city"], shown, str(days), "1"] += 1
    return rows


def number(value):
    """Equal numbers as equal text: 12.50 and 12.5 are the same amount of money."""
    return format(Decimal(value).normalize(), "f")


def berlin(at):
    """Central European time; summer time from the last Sunday of March to that of October, 01:00 UTC."""

    def last_sunday(month):
        last = datetime(at.year, month, 31, 1, tzinfo=UTC)
        return last - timedelta(days=(last.weekday() + 1) % 7)

    summer = last_sunday(3) <= at < last_sunday(10)
    return at + timedelta(hours=2 if summer else 1)


# What serving says -------------------------------------------------------------------------------

# By question: how to work it out, and which members make a row (times first, as in the functions).
ANSWERS = {
    "weekly_signups_by_city": (
        weekly_signups_by_city,
        ["signups.signed_up_at", "signups.city", "signups.count"],
    ),
    "orders_per_minute": (
        orders_per_minute,
        ["orders.ordered_at", "orders.count", "orders.revenue"],
    ),
    "monthly_spend_and_top_restaurants": (
        monthly_spend_and_top_restaurants,
        [
            "customer_months.month",
            "customer_months.customer_id",
            "customer_months.top_restaurants",
            "customer_months.spend",
            "customer_months.orders",
        ],
    ),
    "purchases_by_category_price_and_hour": (
        purchases_by_category_price_and_hour,
        [
            "customer_purchases.customer_id",
            "customer_purchases.category",
            "customer_purchases.price_range",
            "customer_purchases.hour",
            "customer_purchases.purchases",
            "customer_purchases.spend",
        ],
    ),
    "leads_with_visits_and_opens": (
        leads_with_visits_and_opens,
        ["leads.lead_id", "leads.campaign", "leads.visits", "leads.email_opens"],
    ),
    "customers_away_for_30_days": (
        customers_away_for_30_days,
        [
            "customers.user_id",
            "customers.city",
            "customers.last_login_at",
            "customers.days_away",
            "customers.count",
        ],
    ),
}
AMOUNTS = {"orders.revenue", "customer_months.spend", "customer_purchases.spend"}


def load(url, token, query):
    request = urllib.request.Request(
        url.rstrip("/") + "/cubejs-api/v1/load",
        data=json.dumps({"query": query}).encode("utf-8"),
        headers={"Authorization": token, "Content-Type": "application/json"},
    )
    for _ in range(20):
        try:
            with urllib.request.urlopen(request, timeout=60) as response:
                answer = json.load(response)
        except urllib.error.HTTPError as error:
            raise CannotCheck(f"serving answers {error.code}: {error.read().decode()}") from error
        except OSError as error:
            raise CannotCheck(f"serving does not answer at {url}: {error}") from error
        if answer.get("error") != "Continue wait":
            return answer["data"]
        time.sleep(0.5)
    raise CannotCheck("serving is still working on the query")


def served(url, token, query, members):
    rows = Counter()
    for item in load(url, token, query):
        rows[tuple(shown(member, item[member]) for member in members)] += 1
    return rows


def shown(member, value):
    if value is None:
        return None
    return number(value) if member in AMOUNTS else str(value)


# The comparison ----------------------------------------------------------------------------------


def compare(name, expected, actual, most=5):
    missing, surplus = expected - actual, actual - expected
    if not missing and not surplus and expected:
        print(f"OK    {name}: {sum(expected.values())} rows")
        return True
    print(f"WRONG {name}: {sum(expected.values())} rows expected, {sum(actual.values())} served")
    for title, rows in (("missing", missing), ("surplus", surplus)):
        for row in sorted(rows, key=str)[:most]:
            print(f"      {title} {row}")
        if len(rows) > most:
            print(f"      … {len(rows) - most} more {title}")
    return False


def main():
    parser = argparse.ArgumentParser(description="Checks the six answers of the shop.")
    parser.add_argument("--log", default=".millrace/demo/sent.jsonl", type=Path)
    parser.add_argument("--questions", default=Path(__file__).with_name("questions.json"), type=Path)
    options = parser.parse_args()
    try:
        url, token = os.environ.get("SERVING_URL"), os.environ.get("SERVING_TOKEN")
        if not url or not token:
            raise CannotCheck('SERVING_URL and SERVING_TOKEN are not set: eval "$(./millrace env)"')
        if not options.log.exists():
            raise CannotCheck(f"there is no log at {options.log}: run ./millrace demo, or give --log")
        shop = Shop(options.log)
        questions = json.loads(options.questions.read_text(encoding="utf-8"))
        right = not shop.mislabelled
        if shop.mislabelled:
            print(f"WRONG labels in the log: {shop.mislabelled[:5]}")
        for question in questions:
            work_out, members = ANSWERS[question["name"]]
            expected = work_out(shop, question["query"])
            actual = served(url, token, question["query"], members)
            right &= compare(question["name"], expected, actual)
        accepted = sum(len(calls) for calls in shop.calls.values())
        print(f"{shop.sent} messages were sent, {accepted} of them count")
        return 0 if right else 1
    except CannotCheck as problem:
        print(f"cannot check: {problem}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
