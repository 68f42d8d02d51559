#!/usr/bin/env python3
"""Writes dbt-cases.jsonl: templates with what Jinja2 makes of them as dbt sets it up (3.1.6, also Debian's python3-jinja2).

Each line has the template, the names it is given, what an undefined name is (lenient when dbt compiles, chainable while it only
looks for references), and the output or the class of the error.
"""
import json
import sys
from pathlib import Path

import jinja2.runtime

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(next(p for p in HERE.parents if (p / "bench/jinja").is_dir()) / "bench/jinja"))
import environments

NAMES = {
    "n": 3, "f": 2.5, "s": "Hello World", "z": None, "l": [3, 1, 2], "d": {"a": 1, "b": [1, 2]}, "big": 2**64,
    "cols": [{"name": "id", "type": "int"}, {"name": "total", "type": "numeric"}, {"name": "at", "type": "timestamp"}],
}
CASES = []


class MacroReturn(BaseException):
    def __init__(self, value):
        self.value = value


def returns(value=None):
    raise MacroReturn(value)


plain_invoke = jinja2.runtime.Macro._invoke


def invoke(self, arguments, autoescape):
    """dbt's macros give what is passed to return()."""
    try:
        return plain_invoke(self, arguments, autoescape)
    except MacroReturn as signal:
        return signal.value


jinja2.runtime.Macro._invoke = invoke


def both(*templates):
    CASES.extend((template, mode) for template in templates for mode in ("lenient", "chainable"))


def one(*templates):
    CASES.extend((template, "chainable") for template in templates)


# what is undefined
both("[{{ x }}]", "{{ x.y }}", "{{ x.y.z }}", "{{ x.y() }}", "{{ x['a'] }}", "{{ x[0].b }}", "{% for a in x %}{{ a }}{% else %}E{% endfor %}", "{{ x + 1 }}", "{{ 'a' ~ x }}",
     "{{ x == y }} {{ x == none }} {{ x != 1 }}", "{{ x < 1 }}", "{{ 1 in x }} {{ x in [1] }}", "{{ [x] }} {{ {'a': x} }}", "{{ x|upper }}{{ x|length }}{{ x|list }}", "{{ x|int }}", "{{ x|join(',') }}|{{ x|sum }}|{{ x|first }}",
     "{{ x|default(1) }}", "{{ x.y|default(1) }}", "{{ -x }}", "{{ not x }} {{ x is none }} {{ x is defined }}", "{{ x or 1 }} {{ x and 1 }}", "{{ ('a' if false) is defined }}", "{{ ('a' if false).b }}", "{{ d.c }}|{{ d.c.e }}", "{{ 'abc'.foo() }}",
     "{{ none.foo }}|{{ z.foo.bar }}", "{{ l[7] }}|{{ l[7].x }}", "{% macro f(a, b=3) %}{{ a }}{{ b }}{% endmacro %}{{ f(x) }}|{{ f(1, x) }}", "{% macro f(a) %}{{ a.b }}{% endmacro %}{{ f() }}", "{% set a, b = x %}", "{% do x.append(1) %}ok", "{{ x[1:2] }}", "{{ none[1:] }}{{ 5[:2] is defined }}", "{{ none[1:].a }}", "{{ range(x) }}",
     "{{ namespace(a=x).a }}{{ namespace().a }}", "{{ x|tojson }}", "{{ '%s' % x }}{{ '{}'.format(x) }}", "{{ 'a'.split(x) }}", "{{ x|dictsort }}", "{{ x|map('upper')|list }}", "{{ x|attr('y') }}", "{{ z() }}", "{% if x.y.z %}a{% else %}b{% endif %}", "{{ x|trim }}{{ x|replace('a', 'b') }}{{ x|string }}",
     "{{ x is string }} {{ x is mapping }} {{ x is iterable }} {{ x is sequence }} {{ x is number }}", "{{ x is odd }}", "{{ loop.index }}", "{% for k, v in x.items() %}{{ k }}{% endfor %}", "{{ x|items|list }}{{ d|items|list }}", "{{ x * 2 }}", "{% if x > 1 %}a{% endif %}", "{{ x|abs }}")
# macros and return
one("{% macro f() %}before{{ return([1, 2]) }}after{% endmacro %}{{ f()[1] }}", "{% macro f() %}{% do return('x') %}y{% endmacro %}[{{ f() }}]", "{% macro f(x) %}{% for i in x %}{% if i > 1 %}{{ return(i) }}{% endif %}{% endfor %}{% endmacro %}{{ f([1, 2, 3]) }}", "{% macro f() %}{{ return() }}{% endmacro %}{{ f() is none }}",
    "{% macro f() %}{% set x %}a{{ return('b') }}{% endset %}{% endmacro %}{{ f() }}", "{% macro g() %}{{ return({'k': 'v'}) }}{% endmacro %}{% macro f() %}{% set r = g() %}{{ r.k }}{% endmacro %}{{ f() }}", "{% macro f(a, b=a ~ '!', c=[]) %}{% do c.append(b) %}{{ return(c) }}{% endmacro %}{{ f('x') }}{{ f('y', c=['z']) }}",
    "{% macro f(n) %}{{ return(1 if n <= 1 else n * f(n - 1)) }}{% endmacro %}{{ f(25) }}", "{% macro f() %}{{ varargs }}{{ kwargs }}{% endmacro %}{{ f(1, *[2, 3], **{'k': 1}) }}", "{% macro f() %}{% endmacro %}{{ f(1) }}", "{% macro f(a) %}{% endmacro %}{{ f(1, a=2) }}", "{% macro f(a) %}{% endmacro %}{{ f(b=2) }}",
    "{% macro f(a, b) %}{{ caller(a) }}{{ b }}{% endmacro %}{% call(v) f('x', b='y') %}<{{ v }}>{% endcall %}", "{% macro f() %}{{ caller is defined }}{{ caller() if caller }}{% endmacro %}{{ f() }}{% call f() %}in{% endcall %}", "{% macro f() %}{{ f.name }} {{ f.arguments }}{% endmacro %}{{ f() }}", "{% macro a() %}{% macro b() %}{{ return(5) }}{% endmacro %}{{ return(b() + 1) }}{% endmacro %}{{ a() }}",
    "{% set x = 1 %}{% macro f() %}{% set x = 2 %}{{ x }}{% endmacro %}{{ f() }}{{ x }}", "{% macro f(columns) -%}\n  {%- for c in columns %}\n  {{ c.name }}{{ ',' if not loop.last }}\n  {%- endfor -%}\n{%- endmacro -%}\nselect{{ f(cols) }}\nfrom t\n", "{%- macro f() -%}\n  a\n{%- endmacro -%}\n[{{ f() }}]", "{% macro f(x=none) %}{{ x is none }}{% endmacro %}{{ f() }}{{ f(none) }}{{ f(1) }}")
# lines and space
one("a\n{% if true %}\nb\n{% endif %}\nc\n", "a\n{%- if true %}\nb\n{%- endif %}\nc\n\n", "a \n {#- c -#} \n b", "{% raw -%} {{ x }} {%- endraw %}!", "a\r\n{{ 1 }}\r\nb\r\n", "  {%+ if true +%}  a  {%- endif -%}  b", "{{ 'a\\nb' }}\n\n", "{{- 1 -}}  \n  {{- 2 -}}", "{# {{ x }} {% if %} #}a", "{{ '{{' }}{{ '%}' }}{{ \"#}\" }}", "{%set x=1%}{{x}}{%-set y=2-%}{{y}}", "select 1 -- {{ n }}\n/* {% if false %} */")
# loops and assignments
one("{% if n: %}a{% elif l: %}b{% else: %}c{% endif %}{% for x in l: %}{{ x }}{% endfor %}", "{% if n %}{% endif: %}", "{{ 'Hello World'|wordwrap(3) }}", "{{ range(9)[1:7:2] }} {{ range(5)[::-1] }} {{ range(4)[9:] }}", "{{ dict(nope) }}", "{{ range(4) <= range(4) }}", "{{ s[99]|truncate(9)|int }}", "{% for c in cols if c.type != 'int' %}{{ loop.index }}/{{ loop.length }}{{ c.name }};{% endfor %}", "{% for x in l %}{% if loop.first %}{% continue %}{% endif %}{{ x }}{% else %}E{% endfor %}", "{% for x in [1] %}{% continue %}{% else %}E{% endfor %}", "{% for x in [1] %}{% break %}{% else %}E{% endfor %}", "{% for i in range(10) %}{% if i == 3 %}{% break %}{% endif %}{{ i }}{% endfor %}", "{% for x in l|sort(reverse=true) recursive %}{{ x }}{{ loop([]) }}{% endfor %}", "{% for k, v in d.items() %}{{ k }}:{{ v }} {% endfor %}", "{% for a, (b, c) in [(1, (2, 3))] %}{{ a + b + c }}{% endfor %}", "{% for a, b in [(1,)] %}{% endfor %}", "{% for x in 5 %}{% endfor %}",
    "{% set ns = namespace(found=false, total=0) %}{% for c in cols %}{% if c.name == 'total' %}{% set ns.found = true %}{% endif %}{% set ns.total = ns.total + loop.index %}{% endfor %}{{ ns.found }}{{ ns.total }}", "{% set d.x = 1 %}", "{% set ns = namespace() %}{% set ns.text %}a{{ n }}{% endset %}{{ ns.text }}", "{% set x | upper %}a{{ s }}{% endset %}{{ x }}", "{% set x, y = 1, [2] %}{{ y }}{{ x }}", "{% with a=1, b=2 %}{{ a }}{{ b }}{% endwith %}{{ a is defined }}", "{% set out = [] %}{% for x in l %}{% do out.append(x * 2) %}{% endfor %}{{ out|join(',') }}", "{% for x in l %}{{ loop.previtem if loop.previtem is defined else '-' }}{{ loop.nextitem|default('-') }}{% endfor %}", "{% filter upper|trim %} {{ s }} {% endfilter %}", "{% if z is none and not d.nope %}a{% elif true %}b{% endif %}")
# numbers
one("{{ 99999999999999999999 + 1 }}", "{{ 9223372036854775807 + 1 }} {{ -9223372036854775808 - 1 }}", "{{ 2 ** 100 }} {{ 2 ** 63 - 1 }}", "{{ big * big }} {{ big // 7 }} {{ big % 7 }} {{ -big // 7 }} {{ -big % 7 }}", "{{ big / 2 }} {{ big|int }} {{ big|float }}", "{{ big == 18446744073709551616 }} {{ big > 1.5 }} {{ big in [big] }} {{ big is integer }}", "{{ 9007199254740993 == 9007199254740992.0 }} {{ 9007199254740993 / 3 }}", "{{ -7 // 2 }} {{ -7 % 3 }} {{ 7 % -3 }} {{ -7.5 // 2 }} {{ 7.5 % -2 }} {{ 0.0 * -1 }}", "{{ 1e22 }} {{ 1e21 + 1 }} {{ 1.0e-5 }} {{ 123456789012345680.0 }} {{ 0.1 + 0.2 }} {{ 1/3 }}", "{{ 1 / 0 }}", "{{ 1 % 0 }}", "{{ 1.0 // 0 }}", "{{ 0 ** -1 }}", "{{ 2.0 ** 5000 }}", "{{ 10 ** 5000 }}", "{{ 1 < 2 <= 2 != 3 }} {{ 3 > 2 > 2 }} {{ 1 < 2 in [2] }}", "{{ true + 1 }} {{ -true }} {{ true == 1.0 }} {{ {1: 'a'}[true] }} {{ {1.0: 'a'}[1] }}",
    "{{ '12'|int + 1 }} {{ ' 7 '|int }} {{ '1_000'|int }} {{ '0x1f'|int(base=16) }} {{ '1e3'|int }} {{ 'x'|int(-1) }} {{ none|int }} {{ '5.9'|int }} {{ '99999999999999999999'|int }}", "{{ '1.5'|float }} {{ 'nan'|float }} {{ '-inf'|float }} {{ '1e400'|float }} {{ '.5'|float }} {{ '1d'|float(7) }}", "{{ 2.5|round }} {{ 3.5|round|int }} {{ 1234|round(-2) }} {{ 1.005|round(2) }} {{ 7.1|round(method='ceil') }} {{ -7.15|round(1, 'floor') }} {{ 5|round(0, 'ceil') }}", "{{ -5|abs }} {{ (-5)|abs }} {{ (-2.5)|abs }} {{ 3.0 is odd }} {{ 10 is divisibleby 5 }}", "{{ [1, 2.5, 3]|sum }} {{ ['a']|sum }}", "{{ 1 < 'a' }}", "{{ 1 + 'a' }}", "{{ [1] + (2,) }}", "{{ {} + {} }}", "{{ 3 * 'ab' }} {{ [1] * 2 }} {{ 'ab' * -1 }} {{ 'a' * 1.5 }}")
# texts
one("{{ '%5d|%-5d|%05d|%+d|% d|%x|%#X|%o' % (1, 2, 3, 4, 5, 255, 255, 8) }}", "{{ '%.2f|%e|%g|%10.3f|%-8.1f|%G' % (1.005, 12345.678, 0.00001, 3.14159, 2.5, 1e-10) }}", "{{ '%s %r %5s|%-5s|%.2s' % ('a', 'b', 'c', 'd', 'efg') }}", "{{ '%(a)s-%(b)05.1f' % {'a': 1, 'b': 2.25} }}", "{{ '%d%%' % 50 }} {{ '%c%c' % (65, 'b') }}", "{{ '%s' % (1, 2) }}", "{{ '%s %s' % 1 }}", "{{ '%d' % 'a' }}", "{{ '%y' % 1 }}", "{{ 'a' % [] }}{{ 'a' % {} }}", "{{ '{:>8}|{:<8}|{:^8}|{:*^8}'.format('a', 'b', 'c', 'd') }}", "{{ '{:,}|{:_}|{:010,}|{:+.1f}|{: d}|{:#x}|{:08.3f}|{:b}'.format(1234567, 1234567, 1234, 2.55, 7, 255, 3.14159, 5) }}", "{{ '{:e}|{:g}|{:.3}|{:%}|{:.1%}|{:n}|{:G}'.format(1234.5, 1e20, 1234.5, 0.5, 0.123, 5, 1e-9) }}", "{{ '{0}{1}{0}'.format('a', 'b') }} {{ '{a}{b!r}'.format(a=1, b='x') }} {{ '{{}}'.format() }} {{ '{:{}}|'.format('a', 5) }}", "{{ '{} {}'.format(1) }}", "{{ '{:d}'.format('a') }}", "{{ '{:10}'.format(none) }}", "{{ '{'.format() }}", "{{ '{:10}|{:<5}|{}'.format(true, 1.5, true) }}", "{{ '{0}{}'.format(1, 2) }}",
    "{{ s.split() }} {{ 'a,b,,c'.split(',') }} {{ 'a,b,c'.rsplit(',', 1) }} {{ ' a  b '.split(none, 1) }} {{ ' a b c '.rsplit(maxsplit=1) }} {{ ''.split() }} {{ ''.split(',') }}", "{{ 'a'.split('') }}", "{{ 'a\\nb\\r\\nc\\n'.splitlines() }} {{ 'a\\nb'.splitlines(true) }}", "{{ s.find('o') }} {{ s.find('o', 5) }} {{ s.rfind('o') }} {{ s.index('W') }} {{ s.count('l') }} {{ s.count('l', 0, 3) }} {{ s.find('') }}", "{{ s.index('z') }}", "{{ s.startswith('Hell') }} {{ s.startswith(('x', 'H')) }} {{ s.endswith('d', 0, 5) }} {{ s.startswith('World', 6) }}", "{{ s.startswith(['H']) }}", "{{ s.replace('l', 'L', 2) }} {{ s.replace('', '-') }} {{ 'aaa'.replace('aa', 'b') }}", "{{ s.upper() }} {{ s.swapcase() }} {{ s.title() }} {{ \"it's a\".title() }} {{ \"it's a\"|title }} {{ 'ABC def'.capitalize() }} {{ 'straße'.upper() }} {{ 'ß'.casefold() }}", "{{ 'xxaxx'.strip('x') }} {{ '\\t a \\n'.strip() }}| {{ 'abcab'.lstrip('ab') }} {{ 'abcab'.rstrip('ab') }} {{ '\\u00a0a\\u00a0'.strip() }}", "{{ 'a'.center(4, '*') }} {{ 'ab'.center(5, '*') }} {{ '42'.zfill(5) }} {{ '-4'.zfill(4) }} {{ 'a'.ljust(3, '.') }} {{ 'a'.rjust(3) }} {{ 'a\\tb'.expandtabs(4) }}", "{{ 'a'.center(4, 'xy') }}", "{{ 'ab1'.isalnum() }} {{ '12'.isdigit() }} {{ ''.isalpha() }} {{ ' '.isspace() }} {{ 'Ab'.istitle() }} {{ 'a_1'.isidentifier() }} {{ '1a'.isidentifier() }} {{ 'é'.isascii() }} {{ 'aB'.islower() }} {{ 'A1'.isupper() }}", "{{ 'a-b-c'.partition('-') }} {{ 'a-b-c'.rpartition('-') }} {{ 'abc'.rpartition('-') }}", "{{ ','.join(['a', 1]) }}", "{{ ','.join(s[:3]) }} {{ ','.join(d) }}", "{{ 'pre_x'.removeprefix('pre_') }} {{ 'x.sql'.removesuffix('.sql') }}", "{{ s[1:-1] }} {{ s[::-1] }} {{ s[-3:] }} {{ s[::3] }} {{ s[99:] }} {{ s[-1] }}", "{{ s[::0] }}", "{{ 'a' 'b' }} {{ 'tab\\there' }} {{ '\\u00e9\\x41' }} {{ ['a\\'b', \"c\\\"d\", 'e\\\\f', '\\x00\\x7f\\u2028é'] }}", "{{ 'a' < 'b' }} {{ 'Z' < 'a' }} {{ 'a' in s }} {{ 'lo W' in s }} {{ 1 in s }}", "{{ s.nope }}|{{ s.upper is callable }}", "{{ s.upper(1) }}")
# lists, dicts, sets and ranges
one("{{ l.append(9) }}{{ l }}", "{% do l.insert(0, 'a') %}{% do l.insert(-1, 'b') %}{% do l.extend((7, 8)) %}{{ l }}", "{{ l.pop() }}{{ l.pop(0) }}{{ l }}", "{{ l.pop(9) }}", "{% do l.sort() %}{{ l }}{% do l.sort(reverse=true) %}{{ l }}{% do l.reverse() %}{{ l }}", "{% do l.remove(9) %}", "{% do l.remove(1) %}{{ l }}{{ l.index(2) }}{{ l.count(3) }}{{ l.copy() }}{% do l.clear() %}{{ l }}", "{{ l[5] is defined }} {{ l[-1] }} {{ l[1:] }} {{ l[::-1] }} {{ l[:-1] }} {{ l[0:9:2] }}", "{{ l['a'] }}|{{ l.a }}", "{{ (1, 2) + (3,) }} {{ (1, 2)[0] }} {{ (1, 2) == [1, 2] }} {{ (2, 1) > (1, 9) }} {{ [] < [1] }}", "{{ d.keys() }} {{ d.values() }} {{ d.items() }} {{ {}.keys() }}", "{{ d.get('a') }} {{ d.get('x') }} {{ d.get('x', 5) }} {{ d['a'] }} {{ d.a }} {{ d['x'] is defined }}", "{% do d.update({'c': 3}) %}{% do d.update(e=4) %}{% do d.update([('f', 5)]) %}{{ d }}", "{{ d.pop('a') }} {{ d.pop('x', 'none') }} {{ d }} {{ d.setdefault('q', []) }} {{ d.popitem() }} {{ d.copy() }}{% do d.clear() %}{{ d }}", "{{ d.pop('x') }}", "{{ 'a' in d }} {{ 1 in d.values() }} {{ ('a', 1) in d.items() }} {{ d|length }} {{ d|list }}", "{{ {[1]: 2} }}", "{{ {'a': 1, 'a': 2} }} {{ {1: 'a', true: 'b'} }} {{ {(1, 2): 'x'}[(1, 2)] }}", "{{ dict(a=1, **{'b': 2}) }} {{ dict([('x', 1)]) }} {{ dict(d, a=9) }} {{ dict() }}", "{{ {'items': 1}['items'] }} {{ {'items': 1}.items() }}", "{{ d.items()[0] }}", "{{ range(5)[1:3] is defined }} {{ range(5)[-1] }} {{ range(3) }} {{ range(1, 9, 3) }} {{ 3 in range(5) }} {{ range(3) == range(3) }} {{ range(0)|list }} {{ range(5, 0, -2)|list }}", "{{ range(0, 5, 0) }}", "{{ range(1000000) }}", "{{ range('a') }}", "{{ [1, [2, [3, {'a': (4,)}]]] }}", "{% set a = [1] %}{% do a.append(a) %}{{ a }}", "{{ [1, 2] is sequence }} {{ d is mapping }} {{ d.keys() is iterable }} {{ range(2) is sequence }} {{ l is sameas l }} {{ [1] is sameas [1] }} {{ z is sameas none }} {{ 1 is callable }} {{ dict is callable }}")
# filters
one("{{ cols|map(attribute='name')|join(', ') }} {{ cols|selectattr('type', 'equalto', 'int')|map(attribute='name')|list }} {{ cols|rejectattr('type', 'in', ['int'])|list|length }}", "{{ [{'a': 1}, {}]|map(attribute='a', default='-')|list }} {{ [{'a': {'b': 2}}]|map(attribute='a.b')|list }} {{ [[1, 2]]|map(attribute=1)|list }}", "{{ l|map('string')|list }} {{ ['a']|map('replace', 'a', 'b')|list }} {{ l|map('nope')|list }}", "{{ l|select('gt', 1)|list }} {{ l|reject('odd')|list }} {{ [0, 1, '']|select|list }} {{ none|select|list }} {{ l|select('nope')|list }}", "{% for g in cols|groupby('type') %}{{ g.grouper }}={{ g.list|length }};{% endfor %}{{ [{'t': 'B'}, {'t': 'a'}, {'t': 'b'}]|groupby('t')|map('first')|list }}", "{{ ['b', 'A', 'c']|sort }} {{ ['b', 'A']|sort(case_sensitive=true) }} {{ cols|sort(attribute='type,name')|map(attribute='name')|list }} {{ [2, 'a']|sort }}", "{{ ['a', 'A', 'b', 1, 1.0, true]|unique|list }} {{ ['a', 'A']|unique(true)|list }}", "{{ range(7)|batch(3)|list }} {{ range(7)|batch(3, 'x')|list }} {{ range(7)|slice(3)|list }} {{ range(7)|slice(3, 'x')|list }}", "{{ l|join }} {{ l|join('-') }} {{ cols|join(',', attribute='name') }} {{ 'abc'|join('.') }}", "{{ z|default('x') }} {{ z|default('x', true) }} {{ ''|d('y', boolean=true) }} {{ nope|d }}|", "{{ d|tojson }} {{ {'b': 1, 'a': [none, true, 1.5, '<é\">']}|tojson }} {{ [1, {'a': []}]|tojson(2) }} {{ {1: 2, none: 3}|tojson if false }}", "{{ {'a': range}|tojson }}", "{{ 'a\\nb\\n\\nc'|indent }}|{{ 'a\\nb'|indent(2, true) }}|{{ 'a\\n\\nb'|indent('> ', blank=true) }}|{{ 'a\\n'|indent }}|", "{{ 5|indent }}", "{{ 'a long line of words to wrap'|wordwrap(10) }}|{{ 'abcdefghij'|wordwrap(4) }}|{{ 'abcdefghij k'|wordwrap(4, false) }}|{{ 'well-known word'|wordwrap(6) }}|{{ 'a b'|wordwrap(1, wrapstring='/') }}", "{{ 'foo bar baz qux'|truncate(9) }}|{{ 'foo bar baz qux'|truncate(9, true) }}|{{ 'foo bar'|truncate(5, leeway=0) }}|{{ 'foo bar'|truncate(2) }}", "{{ ' a '|trim }}|{{ 'xax'|trim('x') }}|{{ 5|trim }}|{{ 'ab'|replace('a', 'x')|replace('b', 1) }}|{{ 'aaa'|replace('a', 'b', 2) }}", "{{ {'b': 1, 'A': 2}|dictsort }} {{ {'b': 1, 'A': 2}|dictsort(true) }} {{ {'b': 1, 'a': 2}|dictsort(false, 'value') }} {{ {'b': 1}|dictsort(by='x') }}", "{{ l|sum }} {{ l|min }} {{ l|max }} {{ []|min is defined }} {{ cols|max(attribute='name') }} {{ ['b', 'C']|max }} {{ [1, 'a']|max }}", "{{ l|first }} {{ l|last }} {{ s|first }} {{ d|first }} {{ []|first is defined }} {{ l|reverse|list }} {{ s|reverse }} {{ s|length }} {{ s|list|count }}", "{{ s|upper|lower|capitalize }} {{ s|wordcount }} {{ s|center(15) }}| {{ 'a-b (c'|title }} {{ 5|string ~ 'a' }}", "{{ '<a href=\"x\">T &amp; U</a>'|striptags }} {{ '<&>\"\\''|e }} {{ 'a b/c?d=é'|urlencode }} {{ {'a b': 1, 'c': 'd/e'}|urlencode }} {{ {'class': 'x', 'id': none}|xmlattr }}", "{{ 1000000|filesizeformat }} {{ 1|filesizeformat }} {{ 2048|filesizeformat(true) }} {{ 999|filesizeformat }}", "{{ '%s-%s'|format('a', 1) }} {{ '%(x)s'|format(x=2) }}", "{{ s|nope }}", "{{ 1 is nope }}", "{{ s|upper(1) }}", "{{ l|join(1, 2, 3, 4) }}", "{{ 'upper' is filter }} {{ 'nope' is filter }} {{ 'odd' is test }} {{ 'x' is test }}", "{{ 'a'|attr('upper')() }} {{ d|attr('a') is defined }} {{ d|attr('keys')()|list }}", "{{ 5 is in [5] }} {{ 5 is not in [5] }} {{ 1 is eq 1 }} {{ 2 is ge 2 }} {{ 'a' is lower }} {{ true is boolean }} {{ 1.0 is float }} {{ 1 is escaped }} {{ 2 is lessthan 3 }} {{ true is true }} {{ 1 is true }}")
# builtins and what is refused
one("{% set j = joiner(' and ') %}{% for x in l %}{{ j() }}{{ x }}{% endfor %}", "{% set c = cycler('a', 'b') %}{{ c.next() }}{{ c.next() }}{{ c.current }}{% do c.reset() %}{{ c.next() }}", "{{ namespace(a=1) is defined }}{{ namespace({'a': 2}).a }}", "{% include 'x' %}", "{% block a %}{% endblock %}{% unknown %}", "{% if %}{% endif %}", "{{ 1 + }}", "{{ (1 }}", "{% for x in l %}", "{% endfor %}", "{{ 'a }}", "{{ f(a=1, 2) }}", "{% macro f(a=1, b) %}{% endmacro %}", "{% set none = 1 %}", "{% break %}", "{% import 'x' as y %}", "{{ range.__class__ }}|", "{{ s.__class__.__mro__ }}", "{{ ''.format.__self__ }}|", "{{ dict(1) }}", "{{ dict([1]) }}", "{{ namespace(1) }}", "{{ 1() }}", "{{ 'a'() }}", "{{ none + 1 }}", "{{ l < 1 }}", "{{ d < d }}", "{{ [1, 'a']|sort }}", "{{ 1 in 1 }}", "{{ -'a' }}", "{{ l|length() }}{{ 5|length }}")


def record():
    for template, mode in CASES:
        made = environments.render(template, dict(json.loads(json.dumps(NAMES)), **{"return": returns}), mode)
        case = {"template": template, "undefined": mode, "context": {k: v for k, v in NAMES.items() if k in template}}
        if "output" in made:
            case["output"] = made["output"]
        else:
            case["error"] = made["error"].split(":")[0]
        yield json.dumps(case)


if __name__ == "__main__":
    (HERE / "dbt-cases.jsonl").write_text("\n".join(record()) + "\n")
