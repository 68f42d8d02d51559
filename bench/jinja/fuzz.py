#!/usr/bin/env python3
"""Renders random templates with Jinja2 and with Millrace's engine, and shows where they differ.

Templates are grown from a grammar that knows the types of expressions, so that most of them render. A template that renders
differently, or is refused by one engine alone, is cut down to the smallest part that still does, and printed once.

    bench/jinja/fuzz.py --templates 20000 --seed 7
"""
import argparse
import json
import random
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path

import environments

ROOT = Path(__file__).resolve().parents[2]
MAIN = "dev.millrace.transform.jinja.JinjaLines"
CONTEXT = {
    "n": 3, "m": -7, "big": 2**70, "f": 2.5, "s": "Hello World", "t": "a,b,,c", "u": "", "b": True, "z": None,
    "l": [3, 1, 2], "k": ["b", "A", "c", "a"], "e": [], "d": {"a": 1, "b": [1, 2], "c d": "x"},
    "o": [{"n": "x", "v": 2, "t": {"q": 1}}, {"n": "Y", "v": 1, "t": {"q": 2}}, {"n": "x", "v": 3, "t": {"q": 0}}],
    "p": [[1, "one"], [2, "two"]], "w": "  padded\ttext \n", "é": "ünï😀",
}


class Node:
    """A part of a template: texts and nodes, with the kind of thing that could stand in its place."""

    def __init__(self, kind, *parts):
        self.kind, self.parts = kind, list(parts)

    def __str__(self):
        return "".join(map(str, self.parts))

    def nodes(self):
        yield self
        for part in self.parts:
            if isinstance(part, Node):
                yield from part.nodes()


LEAVES = {
    "int": ["0", "1", "2", "-1", "n", "7"], "float": ["1.5", "f", "0.0"], "str": ["'a'", "s", "''"], "bool": ["true", "b"],
    "list": ["[1]", "l", "[]"], "strs": ["k", "['a']"], "dict": ["d", "{}"], "dicts": ["o"], "pairs": ["p"], "any": ["1", "'a'"],
    "body": ["", "x"], "stmt": [""],
}


class Grammar:
    def __init__(self, rng):
        self.rng, self.depth, self.macros = rng, 0, []

    def pick(self, *choices):
        return self.rng.choice(choices)

    def expr(self, kind):
        """An expression of a kind; now and then one of another."""
        if self.rng.random() < 0.015:
            kind = self.pick("int", "float", "str", "bool", "list", "strs", "dict", "dicts", "undefined", "none")
        self.depth += 1
        try:
            if self.depth > 5 or self.rng.random() < 0.25:
                return self.leaf(kind)
            return getattr(self, kind + "_", self.leaf_of(kind))()
        finally:
            self.depth -= 1

    def leaf_of(self, kind):
        return lambda: self.leaf(kind)

    def leaf(self, kind):
        text = {
            "int": lambda: self.pick("0", "1", "2", "3", "10", "-1", "4", "5", "n", "m", "big" if self.rng.random() < 0.2 else "6", "loop.index" if self.rng.random() < 0.1 else "x" if self.rng.random() < 0.3 else "8", "99999999999999999999", "0x1f", "1_000"),
            "float": lambda: self.pick("1.5", "-2.25", "0.1", "f", "1e16", "1e-7", "3.0", "123456.789", "0.5", "2.675"),
            "str": lambda: self.pick("'a'", "'Hello'", "s", "t", "u", "w", "é", "'a b c'", "\"it's\"", "'%s'", "'x-y'", "'\\n'", "'12'", "'1.5'", "''", "'ß'"),
            "bool": lambda: self.pick("true", "false", "b", "True"),
            "list": lambda: self.pick("[1, 2, 3]", "l", "[]", "e", "range(4)", "(1, 2)", "[0, 1.5, 2]", "(3,)"),
            "strs": lambda: self.pick("['a', 'B', 'c']", "k", "['x']", "('q', 'r')", "t.split(',')"),
            "dict": lambda: self.pick("d", "{}", "{'a': 1}", "{'x': 'y', 'z': none}", "{1: 2}"),
            "dicts": lambda: "o", "pairs": lambda: self.pick("p", "d.items()", "[(1, 2)]"),
            "undefined": lambda: self.pick("nope", "nope.x", "d.nope", "e[0]"), "none": lambda: self.pick("none", "z"),
            "any": lambda: str(self.leaf(self.pick("int", "float", "str", "bool", "list", "dict", "strs", "undefined", "none"))),
        }[kind]()
        return Node(kind if kind in LEAVES else "any", text)

    def node(self, kind, *parts):
        """An expression; filters are in parentheses, as what follows could be taken for a part of their name."""
        filtered = any(isinstance(part, str) and part.startswith("|") for part in parts)
        return Node(kind, "(", *parts, ")") if filtered else Node(kind, *parts)

    def any_(self):
        return self.expr(self.pick("int", "int", "float", "str", "str", "bool", "list", "strs", "dict", "dicts", "pairs"))

    def number(self):
        return self.expr(self.pick("int", "int", "float", "bool"))

    def int_(self):
        e, n = self.expr, self.node
        return self.pick(
            lambda: n("int", "(", e("int"), self.pick(" + ", " - ", " * ", " // ", " % "), e("int"), ")"),
            lambda: n("int", "-", e("int")), lambda: n("int", "(", e("int"), " ** ", self.pick("2", "3", "0"), ")"),
            lambda: n("int", e(self.pick("list", "str", "dict", "strs")), "|", self.pick("length", "count")),
            lambda: n("int", e("str"), ".", self.pick("find", "rfind", "count"), "(", e("str"), ")"),
            lambda: n("int", "(", e(self.pick("str", "float", "int", "bool")), ")|int"), lambda: n("int", "(", e("str"), ")|int(5)"),
            lambda: n("int", e("list"), "|", self.pick("sum", "min", "max", "first", "last")), lambda: n("int", e("list"), "[", e("int"), "]"),
            lambda: n("int", "(", e("int"), ")|abs"), lambda: n("int", e("dict"), ".", self.pick("a", "b", "get('a')", "get('q', 2)")),
            lambda: n("int", "(", e("int"), " if ", e("bool"), " else ", e("int"), ")"), lambda: n("int", e("str"), "|wordcount"),
            lambda: n("int", e("dicts"), "|", self.pick("sum(attribute='v')", "map(attribute='v')|max", "map(attribute='t.q')|sum")),
        )()

    def float_(self):
        e, n = self.expr, self.node
        return self.pick(
            lambda: n("float", "(", self.number(), self.pick(" + ", " - ", " * ", " / ", " // ", " % "), e("float"), ")"),
            lambda: n("float", "(", e("int"), " / ", e("int"), ")"),
            lambda: n("float", "(", self.number(), ")|round", self.pick("", "(1)", "(2)", "(-1)", "(1, 'ceil')", "(0, 'floor')", "(precision=1, method='floor')")),
            lambda: n("float", "(", e(self.pick("str", "int", "float")), ")|float", self.pick("", "(1.5)")),
            lambda: n("float", "((", e("float"), ")|abs ** ", self.pick("2", "0.5", "-1"), ")"),
        )()

    def str_(self):
        e, n, p = self.expr, self.node, self.pick
        return p(
            lambda: n("str", "(", e("any"), " ~ ", e("any"), ")"), lambda: n("str", "(", e("str"), " + ", e("str"), ")"),
            lambda: n("str", e("str"), "|", p("upper", "lower", "title", "capitalize", "trim", "string", "e", "reverse", "urlencode", "striptags", "indent", "first", "last", "center(9)")),
            lambda: n("str", e("str"), ".", p("upper()", "lower()", "title()", "capitalize()", "swapcase()", "strip()", "lstrip()", "rstrip()", "casefold()", "zfill(5)", "expandtabs(4)", "center(7)", "ljust(6)", "rjust(6, '*')")),
            lambda: n("str", e("str"), "|replace(", e("str"), ", ", e("str"), p("", ", 1"), ")"), lambda: n("str", e("str"), ".replace(", e("str"), ", ", e("str"), p("", ", 2"), ")"),
            lambda: n("str", e("str"), ".", p("strip", "lstrip", "rstrip", "removeprefix", "removesuffix"), "(", e("str"), ")"),
            lambda: n("str", e(p("list", "strs")), "|join", p("", "(', ')", "('')")), lambda: n("str", e("str"), ".join(", e("strs"), ")"),
            lambda: n("str", e("str"), "[", p("", "1", "-2", "0", "n"), ":", p("", "2", "-1", "5"), p("", ":2", ":-1"), "]"), lambda: n("str", e("str"), "[", e("int"), "]"),
            lambda: n("str", "('", p("%s", "%5s|%-5s" , "%r", "%.2s", "%%%s"), "' % ", p("(" , "["), e("any"), p(",)", "]"), ")"),
            lambda: n("str", "('", p("%d", "%5d", "%-5d|", "%05d", "%+d", "%x", "%X", "%o", "%e", "%.2f", "%g", "%8.3f", "%i", "%.3e", "%G", "%c", "%#x", "% d", "%.3d"), "' % ", self.number(), ")"),
            lambda: n("str", "'", p("{}", "{0} {0}", "{!r}", "{:>8}", "{:<8}|", "{:^8}|", "{:*^9}", "{{{}}}", "{!s:.2}", "{0!r:>10}"), "'.format(", e("any"), ")"),
            lambda: n("str", "'", p("{:d}", "{:,}", "{:05d}", "{:+}", "{:x}", "{:b}", "{:#o}", "{:e}", "{:.2f}", "{:g}", "{:%}", "{:.3}", "{:_}", "{:08.3f}", "{: }", "{:n}", "{:,.1f}", "{:=+8}", "{:G}", "{:10}", "{:<10}|"), "'.format(", self.number(), ")"),
            lambda: n("str", e("str"), "|truncate(", p("3", "5", "9"), p("", ", true", ", false, '..'", ", false, '', 0"), ")"), lambda: n("str", e("str"), "|wordwrap(", p("3", "5", "8"), p("", ", false"), ")"),
            lambda: n("str", e("str"), "|indent(", p("2", "'> '", "width=1"), p("", ", true", ", blank=true"), ")"),
            lambda: n("str", "(", e(p("int", "str", "list", "dict", "bool", "float", "dicts")), ")|tojson", p("", "", "(2)")), lambda: n("str", "(", e("str"), " * ", p("0", "2", "3"), ")"),
            lambda: n("str", e("any"), "|default(", e("str"), p("", ", true"), ")"), lambda: n("str", e("str"), ".", p("partition", "rpartition"), "(", e("str"), ")[", p("0", "1", "2"), "]"),
            lambda: n("str", "(", e("str"), " if ", e("bool"), p(" else " + "'no'", ""), ")"), lambda: n("str", "(", e("str"), p(" or ", " and "), e("str"), ")"),
            lambda: n("str", e("int"), "|filesizeformat", p("", "(true)")), lambda: n("str", e("any"), "|string"),
            lambda: n("str", e("dict"), "|xmlattr") if p(0, 1) else n("str", e("dict"), "|urlencode"),
        )()

    def bool_(self):
        e, n, p = self.expr, self.node, self.pick
        return p(
            lambda: n("bool", "(", self.number(), p(" == ", " != ", " < ", " <= ", " > ", " >= "), self.number(), ")"),
            lambda: n("bool", "(", e("str"), p(" == ", " < ", " >= "), e("str"), ")"), lambda: n("bool", "(", e("any"), p(" == ", " != "), e("any"), ")"),
            lambda: n("bool", "(", e("str"), p(" in ", " not in "), e(p("str", "strs", "dict")), ")"), lambda: n("bool", "(", e("int"), p(" in ", " not in "), e("list"), ")"),
            lambda: n("bool", "(", e("any"), " is ", p("", "not "), p("defined", "undefined", "none", "string", "number", "integer", "float", "boolean", "mapping", "sequence", "iterable", "callable", "true", "false"), ")"),
            lambda: n("bool", "(", self.number(), " is ", p("odd", "even", "divisibleby 3", "gt 1", "lt(2)", "eq 1", "ne 2", "in [1, 2]"), ")"),
            lambda: n("bool", "(", e("str"), " is ", p("lower", "upper", "eq 'a'", "in 'abc'"), ")"),
            lambda: n("bool", "(", e("bool"), p(" and ", " or "), e("bool"), ")"), lambda: n("bool", "(not ", e("any"), ")"),
            lambda: n("bool", e("str"), ".", p("isdigit()", "isalpha()", "isalnum()", "isspace()", "islower()", "isupper()", "istitle()", "isidentifier()", "isnumeric()", "isascii()", "startswith('H')", "endswith(('a', 'd'))", "startswith('e', 1)")),
            lambda: n("bool", "(", self.number(), " < ", self.number(), p(" < ", " == ", " in "), p("5", "[1]", "l"), ")"), lambda: n("bool", "(", e("list"), p(" == ", " < ", " <= "), e("list"), ")"),
        )()

    def list_(self):
        e, n, p = self.expr, self.node, self.pick
        return p(
            lambda: n("list", "[", e("any"), ", ", e("any"), "]"), lambda: n("list", "(", e("any"), ", ", e("any"), ")"), lambda: n("list", "(", e("list"), " + ", e("list"), ")"),
            lambda: n("list", e("list"), "|", p("sort", "sort(reverse=true)", "list", "reverse|list", "unique|list", "map('string')|list", "map('abs')|list", "select|list", "select('odd')|list", "reject('even')|list", "select('gt', 1)|list", "reject('in', [1, 2])|list", "batch(2)|list", "batch(2, 'x')|list", "slice(2)|list", "slice(2, 0)|list", "map('float')|list")),
            lambda: n("list", e(p("list", "strs")), "[", p("", "1", "-2"), ":", p("", "2", "-1"), p("", ":2", ":-1"), "]"), lambda: n("list", "(", e("list"), " * ", p("0", "2"), ")"),
            lambda: n("list", e("dicts"), "|", p("map(attribute='v')|list", "map(attribute='t.q')|list", "map(attribute='zz', default=0)|list", "selectattr('v', 'gt', 1)|map(attribute='n')|list", "rejectattr('n', 'equalto', 'x')|list", "sort(attribute='v')|map(attribute='n')|list", "groupby('n')|map('first')|list", "groupby('n')|list", "selectattr('t')|list|length", "sort(attribute='n,v', reverse=true)", "unique(attribute='n')|map(attribute='v')|list", "map('items')|map('list')|list")),
            lambda: n("list", e("dict"), p("|dictsort", "|dictsort(by='value')", "|dictsort(reverse=true)", "|list", "|items|list", ".keys()|list", ".values()|list", ".items()|list")), lambda: n("list", "range(", p("3", "1, 4", "5, 0, -2", "n"), ")", p("", "|list")),
            lambda: n("list", e("pairs"), "|", p("map('last')|list", "map(attribute=1)|list", "map('list')|list", "list")), lambda: n("list", e("str"), p("|list", ".splitlines()", ".partition(' ')")),
        )()

    def strs_(self):
        e, n, p = self.expr, self.node, self.pick
        return p(
            lambda: n("strs", e("str"), ".", p("split", "rsplit"), "(", p("", "','", "' '", "none, 1", "',', 1", "'b'", "maxsplit=1"), ")"),
            lambda: n("strs", e("strs"), "|", p("sort", "sort(case_sensitive=true)", "sort(reverse=true)", "map('upper')|list", "map('length')|list", "unique|list", "select('in', ['a', 'b'])|list", "map('replace', 'a', 'z')|list", "reject('eq', 'a')|list", "map('first')|list", "batch(2)|list", "reverse|list", "map('trim')|list")),
            lambda: n("strs", "[", e("str"), ", ", e("str"), "]"), lambda: n("strs", "(", e("strs"), " + ", e("strs"), ")"), lambda: n("strs", e("str"), "|list"), lambda: n("strs", e("str"), ".splitlines(", p("", "true"), ")"),
        )()

    def dict_(self):
        e, n, p = self.expr, self.node, self.pick
        return p(
            lambda: n("dict", "{", e("str"), ": ", e("any"), ", ", e(p("str", "int")), ": ", e("any"), "}"), lambda: n("dict", "dict(", p("", "d, "), "q=", e("any"), ")"), lambda: n("dict", e("dict"), ".copy()"),
            lambda: n("dict", "dict(", e("pairs"), ")"), lambda: n("dict", "dict(", e("dicts"), "|map(attribute='n')|map('upper')|map('list')|list|map('list'))") if False else n("dict", e("dicts"), "[", p("0", "1"), "]"),
        )()

    def pairs_(self):
        e, n, p = self.expr, self.node, self.pick
        return p(lambda: n("pairs", e("dict"), p(".items()", "|items", "|dictsort")), lambda: n("pairs", "[(", e("any"), ", ", e("any"), "), [", e("any"), ", ", e("any"), "]]"))()

    def block(self, text):
        """A tag, with one of the ways to write its ends."""
        if self.rng.random() < 0.8:
            return "{% " + text + " %}"
        return self.pick("{%-", "{%", "{%+") + " " + text + " " + self.pick("-%}", "%}", "+%}")

    def body(self, depth):
        return Node("body", *[self.statement(depth) for _ in range(self.rng.randint(1, 3))])

    def statement(self, depth):
        e, p = self.expr, self.pick
        n = lambda *parts: Node("stmt", *parts)
        printed = lambda: n(p("{{ ", "{{- ", "{{", "{{ "), e("any"), p(" }}", " -}}", " }}"))
        if depth > 2 or self.rng.random() < 0.5:
            return p(printed, printed, printed, lambda: n(p("text", " ", "\n", " a\n  b ", "}", "{ {", "%", "{# c #}", "{#- c -#}", "\n\n", "{% raw %}{{ x }}{% endraw %}", "{%- raw -%} {% a %} {%- endraw -%}")))()
        b, body = self.block, lambda: self.body(depth + 1)
        return p(
            lambda: n(b("if"), ) if False else n("{% if ", e("any"), " %}", body(), p("", "{% endif"[:0]), self.otherwise(depth), b("endif")),
            lambda: n("{% for x in ", e(p("list", "strs", "dict", "str", "dicts")), p("", " if x", " if loop is not defined"), " %}", body(), p("", "{{ loop.index }}{{ loop.last }}", "{{ loop.revindex0 }}{{ loop.cycle('a', 'b') }}", "{% if loop.first %}{% continue %}{% endif %}.", "{% if x == 2 %}{% break %}{% endif %}", "{{ loop.previtem }}{{ loop.nextitem }}", "{{ loop.changed(x) }}"), self.loop_else(depth), b("endfor")),
            lambda: n("{% for x, y in ", e("pairs"), " %}", "{{ x }}{{ y }}", body(), b("endfor")), lambda: n("{% set ", p("x", "y", "n", "x, y"), " = ", e("any"), " %}"),
            lambda: n(b("set " + p("x", "y", "x | upper", "y | trim | length")), body(), b("endset"), "{{ x }}"),
            lambda: n("{% set ns = namespace(v=", e("int"), ") %}{% for x in ", e("list"), " %}{% set ns.v = ns.v + ", e("int"), " %}{% endfor %}{{ ns.v }}"),
            lambda: n("{% macro g(x, y=", e("any"), ") %}", body(), p("", "{{ varargs }}", "{{ kwargs }}", "{{ caller() if caller }}"), b("endmacro"), "{{ g(", p("", "1", "1, 2", "y=2, x=", "1, 2, 3", "q=1, x="), p("", "3"), ") }}"),
            lambda: n("{% macro g(x) %}", body(), "{{ caller(", p("", "1"), ") }}{% endmacro %}", "{% call", p("", "(y)", "(y=1)"), " g(", e("any"), ") %}", body(), b("endcall")),
            lambda: n(b("filter " + p("upper", "trim", "replace('a', 'b')", "indent(2)", "title")), body(), b("endfilter")), lambda: n("{% with x = ", e("any"), ", y = ", e("any"), " %}", body(), b("endwith")),
            lambda: n("{% set q = ", e("list"), " %}{% do q.", p("append(", "extend(", "insert(0, ", "remove("), e(p("any", "list")), ") %}{{ q }}"), lambda: n("{% set q = ", e("list"), "|list %}{% do q.", p("reverse()", "sort()", "pop()", "clear()", "pop(0)", "sort(reverse=true)"), " %}{{ q }}"),
            lambda: n("{% set q = ", e("dict"), " %}{% do q.update(", e("dict"), ") %}{{ q }}{{ q.pop(", e("str"), p("", ", 1"), ") }}{{ q.setdefault('k', ", e("any"), ") }}{{ q }}"),
            lambda: n("{% for x in ", e("list"), " recursive %}", body(), "{{ loop.depth }}{{ loop([]) }}{% endfor %}"), lambda: n("{% set j = joiner(", p("", "'|'"), ") %}{% for x in ", e("list"), " %}{{ j() }}{{ x }}{% endfor %}"),
        )()

    def otherwise(self, depth):
        return Node("stmt", *self.pick(lambda: [], lambda: ["{% else %}", self.body(depth + 1)], lambda: ["{% elif ", self.expr("any"), " %}", self.body(depth + 1)])())

    def loop_else(self, depth):
        return Node("stmt", *self.pick(lambda: [], lambda: ["{% else %}", self.body(depth + 1)])())


class Engine:
    """Our engine in one JVM."""

    def __init__(self, classpath):
        self.process = subprocess.Popen(["java", "-Xmx512m", "-cp", classpath, MAIN], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8")

    def render(self, template, undefined):
        request = {"template": template, "context": CONTEXT, "undefined": undefined}
        self.process.stdin.write(json.dumps(request) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            raise SystemExit("the JVM ended at " + template)
        return json.loads(line)


def differs(engine, template, undefined):
    """What the two make of a template, if that is not the same; None if it is."""
    python = environments.render(template, json.loads(json.dumps(CONTEXT)), undefined)
    ours = engine.render(template, undefined)
    if "failure" in ours:
        return python, ours
    if "output" in python and not environments.comparable(python["output"]):
        return None
    return None if python.get("output") == ours.get("output") else (python, ours)


def minimised(engine, tree, undefined):
    changed = True
    while changed:
        changed = False
        for node in list(tree.nodes()):
            kept = node.parts
            inner = [other.parts for other in node.nodes() if other is not node and other.kind == node.kind]
            candidates = [[leaf] for leaf in LEAVES.get(node.kind, [])] + inner
            for i in range(len(kept)):
                if node.kind == "body" and len(kept) > 1:
                    candidates.append(kept[:i] + kept[i + 1:])
            for candidate in candidates:
                if len("".join(map(str, candidate))) >= len(str(node)):
                    continue
                node.parts = candidate
                if differs(engine, str(tree), undefined):
                    changed = True
                    break
                node.parts = kept
            if changed:
                break
    return tree


def test_classpath():
    """Maven compiles the tests and tells their class path."""
    target = ROOT / "transform-service/target"
    listing = target / "fuzz.classpath"
    subprocess.run(["mvn", "-o", "-q", "-B", "-pl", "transform-service", "-am", "test-compile", "-DskipTests"], cwd=ROOT, check=True)
    subprocess.run(["mvn", "-o", "-q", "-B", "-pl", "transform-service", "dependency:build-classpath", "-Dmdep.outputFile=" + str(listing)], cwd=ROOT, check=True)
    return ":".join([str(target / "classes"), str(target / "test-classes"), str(ROOT / "contracts/target/classes"), listing.read_text().strip()])


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--templates", type=int, default=20000)
    arguments.add_argument("--seed", type=int, default=1)
    arguments.add_argument("--classpath", help="of transform-service's tests; Maven is asked if it is not given")
    arguments.add_argument("--most", type=int, default=25, help="differences to show")
    options = arguments.parse_args()
    engine = Engine(options.classpath or test_classpath())
    signal.signal(signal.SIGALRM, environments.stop)
    counts, shown = Counter(), {}
    for i in range(options.templates):
        rng = random.Random(options.seed * 1_000_003 + i)
        undefined = rng.choice(["lenient", "chainable"])
        tree = Grammar(rng).body(0)
        difference = differs(engine, str(tree), undefined)
        python = environments.last
        counts["rendered" if "output" in python else "refused"] += 1
        if difference:
            counts["different"] += 1
            if len(shown) < options.most:
                small = str(minimised(engine, tree, undefined))
                if small not in shown:
                    shown[small] = undefined, differs(engine, small, undefined)
                    print(f"\n{small!r} ({undefined}, template {i})\n  Jinja2: {shown[small][1][0]}\n  ours:   {shown[small][1][1]}", flush=True)
    print(f"\n{options.templates} templates: Jinja2 rendered {counts['rendered']} and refused {counts['refused']}; {counts['different']} came out differently")
    sys.exit(1 if counts["different"] else 0)


if __name__ == "__main__":
    main()
