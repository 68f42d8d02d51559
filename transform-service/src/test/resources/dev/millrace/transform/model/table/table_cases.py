# prints queries and templates with what psycopg2 2.9, agate 1.9.1 and Jinja2 make of them, one JSON object a line;
# run it with TZ=UTC and PGTZ=UTC, and the database's connection string as the argument
import datetime, decimal, io, json, sys, warnings
import agate, jinja2, psycopg2

warnings.simplefilter("ignore")

class Integer(agate.data_types.DataType):
    def cast(self, d):
        if type(d) == int or d is None:
            return d
        raise agate.exceptions.CastError(d)

class Number(agate.data_types.Number):
    def cast(self, d):
        if type(d) == bool:
            raise agate.exceptions.CastError(d)
        return super().cast(d)

def types(text_columns):
    nulls = ("null", "")
    return agate.TypeTester(force={k: agate.data_types.Text(null_values=()) for k in text_columns}, types=[
        Integer(null_values=nulls), Number(null_values=nulls), agate.data_types.Date(null_values=nulls, date_format="%Y-%m-%d"),
        agate.data_types.DateTime(null_values=nulls, datetime_format="%Y-%m-%d %H:%M:%S"),
        agate.data_types.Boolean(true_values=("true",), false_values=("false",), null_values=nulls), agate.data_types.Text(null_values=())])

def default(value):
    if isinstance(value, decimal.Decimal): return float(value)
    if isinstance(value, (datetime.datetime, datetime.date, datetime.time)): return value.isoformat()
    return str(value)

def table(cursor):
    names, seen = [column[0] for column in cursor.description], {}
    for i, name in enumerate(names):
        seen[name] = seen.get(name, 0) + 1
        names[i] = name if seen[name] == 1 else f"{name}_{seen[name]}"
    texts, rows = set(), []
    for found in cursor.fetchall():
        row = []
        for name, value in zip(names, found):
            if isinstance(value, (dict, list, tuple)):
                value = json.dumps(value, default=default)
                texts.add(name)
            elif isinstance(value, str):
                texts.add(name)
            row.append(value)
        rows.append(row)
    return agate.Table(rows, names, column_types=types(texts))

def printed(table, **options):
    out = io.StringIO()
    table.print_table(output=out, **options)
    return out.getvalue()

ORDERS = """select * from (values (1, 'a', 1.50, date '2024-01-02', true), (2, null, 10, null, false), (3, 'c', null, date '2023-12-31', null))
  as t (id, name, amount, day, ok)"""
CASES = [
    (ORDERS, [
        "t | length", "t.rows | length", "t.columns | length", "t.column_names", "t.rows[0]", "t.rows[0][0]", "t.rows[-1][1]", "t[1][0]", "t.rows[0]['name']", "t.rows[0].name", "t.rows[0]['amount']", "t.rows[1].amount", "t.rows[0].day", "t.rows[0].ok",
        "t.rows[1]['name'] is none", "t.rows[0]['nothing'] is defined", "t.rows[7] is defined", "t.rows[0].keys()", "t.rows[0].values()", "t.rows[0].items()", "t.rows[0].dict()['name']", "t.rows[0].get('name')", "t.rows[0].get('x')", "t.rows[0].get('x', 5)", "t.rows[0] | list",
        "t.rows[0] | length", "t.rows[0][1:3]", "t.rows[0].index('a')", "t.rows[0].count(1)", "t.columns[0]", "t.columns['name']", "t.columns.name.values()", "t.columns[2].values()", "t.columns['amount'].values_without_nulls()", "t.columns['amount'].values_sorted()",
        "t.columns['day'].values_without_nulls_sorted()", "t.columns['id'].values_distinct() | sort", "t.columns['id'].name", "t.columns['id'].index", "t.columns.keys()", "t.columns.get('id').values()", "t.columns | map(attribute='name') | list", "t.columns['id'] | sum", "t.columns['id'] | join(',')",
        "t.columns['name'] | list", "2 in t.columns['id']", "5 in t.columns['id']", "t.columns[0][0]", "t.columns[0][-1]", "t.columns[9] is defined", "t.columns['zz'] is defined", "t.columns[1:3] | map(attribute='name') | list", "t.rows | map(attribute='id') | list", "t.rows | map(attribute=0) | list",
        "t.rows | map(attribute='name') | list", "t.rows | selectattr('ok') | map(attribute='id') | list", "t.rows | sort(attribute='id', reverse=true) | map(attribute='id') | list", "t.rows | batch(2) | list | length", "t.rows | first | list", "(t.rows | last).id", "'yes' if t else 'no'", "'yes' if t.rows else 'no'",
        "'yes' if t.columns['amount'] else 'no'", "t.rows.keys()", "t.rows.values() | length", "t.row_names", "t.rows is iterable", "t.rows is sequence", "t.rows is mapping", "t is iterable", "t.rows[0] is string", "t.select('name').column_names", "t.select(['day', 'id']).rows[0]", "t.exclude('day').column_names",
        "t.exclude(['day', 'id']).rows[1]", "t.rename(column_names=['a', 'b', 'c', 'd', 'e']).column_names", "t.rename(column_names={'id': 'key'}).rows[0].key", "t.limit(2) | length", "t.limit(1, 3).rows | map(attribute='id') | list", "t.limit(0, 3, 2).rows | map(attribute='id') | list", "t.order_by('amount').rows | map(attribute='id') | list",
        "t.order_by('name', reverse=true).rows | map(attribute='id') | list", "t.order_by(['ok', 'id']).rows | map(attribute='id') | list", "t.order_by('day').columns['day'].values()", "t.distinct('ok') | length", "t.rows[0] == t.rows[0]", "t.rows[0] == t.rows[1]", "t.rows[0]['amount'] * 2", "t.rows[0].amount + t.rows[1].amount",
        "t.columns['amount'].values_without_nulls() | sum", "t.columns['amount'].values_without_nulls() | max", "t.rows[0].day.strftime('%d.%m.%Y')", "t.rows[0].day - t.rows[2].day", "t.merge([t, t]) | length", "printed(t)", "printed(t, max_rows=1)", "printed(t, max_columns=2)", "printed(t, max_column_width=4)", "printed(t, max_rows=none, max_columns=none)",
        "'%s' % t.rows[0].amount", "'%d' % t.rows[0].id", "t.rows[0].amount | int", "t.rows[0].amount | round", "t.rows[0].amount | float", "t.rows[0].values() | map('string') | join('|')", "{'a': t.rows[0].id} | tojson", "t.columns['id'].values() | list | tojson", "dict(t.rows[0].items()).name", "dict(t.rows[0].dict()).id",
    ]),
    ("select 1 as a, 2 as a, 3 as b", ["t.column_names", "t.rows[0]", "t.rows[0].a_2"]),
    ("select 1 as id where false", ["t | length", "t.column_names", "t.columns[0].values()", "t.rows", "t.columns[0]", "'yes' if t else 'no'", "t.rows | first is defined", "printed(t)", "t.order_by('id') | length"]),
    ("select generate_series(1, 25) as n", ["t.rows", "t.columns[0]", "t.rows[24].n", "printed(t)", "t.columns[0].values() | sum"]),
    ("select 1::int2 as a, 2::int4 as b, 3::int8 as c, 4::oid as d", ["t.rows[0].values()", "t.rows[0]", "t.rows[0].a + t.rows[0].d"]),
    ("select 1.10::numeric as a, 5::numeric as b, 1e-8::numeric as c, 1e20::numeric as d, 12345.678::numeric(10,2) as e, 0.00::numeric as f", ["t.rows[0].values()", "t.rows[0]", "t.rows[0].values() | map('string') | join(' ')", "printed(t)"]),
    ("select 0.1::float8 as a, 1::float8 as b, 1e16::float8 as c, 1e-7::float8 as d, 0.1::float4 as e, 123456.789::float8 as f", ["t.rows[0].values()", "t.rows[0]", "t.rows[0].values() | map('string') | join(' ')", "printed(t)"]),
    ("select true as a, false as b, null::bool as c", ["t.rows[0].values()", "t.rows[0]", "t.rows[0].a", "printed(t)"]),
    ("select date '2024-02-29' as a, null::date as b", ["t.rows[0].values()", "t.rows[0]", "t.rows[0].a"]),
    ("select timestamp '2024-02-29 13:05:09.5' as a, timestamptz '2024-02-29 13:05:09+02' as b, timestamp '2024-02-29 00:00' as c", ["t.rows[0].a", "t.rows[0].b", "t.rows[0].c", "t.rows[0]", "t.rows[0].b.isoformat()"]),
    ("select time '13:05:09' as a, time '13:05:09.5' as b, timetz '13:05:09+02' as c", ["t.rows[0].values()", "t.rows[0]", "t.rows[0].a"]),
    ("select interval '1 day 02:03:04' as a, interval '-1 day' as b, interval '1 year 2 mons' as c, interval '3 hours 0.5 seconds' as d, interval '0' as e", ["t.rows[0].values()", "t.rows[0]", "t.rows[0].a"]),
    ("select 'x'::text as a, 'y'::varchar(5) as b, 'z'::char(3) as c, ''::text as d, 'null'::text as e, '005' as f, 'n'::name as g, 'true' as h, '2024-01-01' as i", ["t.rows[0].values()", "t.rows[0]", "t.rows[0].d is none", "t.rows[0].f"]),
    ("""select '{"b": [1, 2.50, null, true, "é"], "a": {}}'::json as a, '{"b": 1, "a": "x"}'::jsonb as b, '[1, "x"]'::jsonb as c, '5'::json as d, '"x"'::json as e, 'null'::json as f, '1.50'::jsonb as g, 'true'::jsonb as h""", ["t.rows[0].values()", "t.rows[0]", "t.rows[0].a", "t.rows[0].b", "t.rows[0].d + 1"]),
    ("select array[1,2] as a, array['x','y,z',null] as b, array[1.50, 2] as c, array[true,false] as d, '{}'::int[] as e, array[[1,2],[3,4]] as f, array[date '2024-01-02'] as g, array[0.5::float8] as h, array[timestamp '2024-01-02 03:04:05'] as i", ["t.rows[0].values()", "t.rows[0]", "t.rows[0].a"]),
    ("select '00000000-0000-0000-0000-000000000001'::uuid as a, '127.0.0.1'::inet as b, B'101' as c, B'1'::varbit as d, 'a=>1' as e, row(1, 'x') as f, array['00000000-0000-0000-0000-000000000001'::uuid] as g, '(1,2)'::point as h", ["t.rows[0].values()", "t.rows[0]"]),
    ("select null as a, null::int as b, null::text as c", ["t.rows[0].values()", "t.rows[0]", "t.columns.a.values()", "printed(t)"]),
    ("select * from (values (1, 2.5), (null, 3)) as t (a, b)", ["t.rows[0].values()", "t.rows[0]", "t.rows[1]", "printed(t)"]),
    ("select * from (values ('5'::jsonb), ('true'::jsonb)) as t (a)", ["t.columns.a.values()"]),
    ("select * from (values ('1'::jsonb), ('2.5'::jsonb), (null)) as t (a)", ["t.columns.a.values()"]),
    ("select * from (values ('1'::jsonb), ('\"x\"'::jsonb), ('{}'::jsonb)) as t (a)", ["t.columns.a.values()"]),
    ("select 'a long text that is cut at twenty characters' as a_rather_long_name_of_a_column, 1234567.891234 as b, -0.5 as c, 1000 as d", ["printed(t)", "printed(t, max_precision=none)", "printed(t, max_precision=1)", "printed(t, max_column_width=none)"]),
    ("select * from (values (1, 2, 3, 4, 5, 6, 7), (8, 9, 10, 11, 12, 13, 14)) as t (a, b, c, d, e, f, g)", ["printed(t)", "printed(t, max_columns=7)", "printed(t, max_rows=1)"]),
    ("select 1 as keys, 2 as values, 3 as items, 4 as get", ["t.rows[0]['keys']", "t.rows[0].keys()", "t.rows[0]['values']", "t.rows[0].values()", "t.rows[0]['get']", "t.columns['keys'].values()"]),
    # as the macros of packages use them
    ("select 'd' as a, date '2024-01-01' as b", ["t.columns[1].values()[0]", "t.columns[0].values()[0]", "t.columns['a'].values()[-1]"]),
    ("select * from (values ('raw', 'orders'), ('raw', 'customers')) as t (table_schema, table_name)", ["{%- for row in t %}{{ row.table_schema }}.{{ row.table_name }};{% endfor -%}", "{%- for column, values in t.columns.items() %}{{ column }}={{ values.values() }};{% endfor -%}", "{%- for schema, name in t.rows %}{{ schema }}/{{ name }};{% endfor -%}", "{%- set d = {} %}{% for name, column in t.columns.items() %}{% do d.update({name: column.values()}) %}{% endfor %}{{ d -}}", "{%- for r in t.rows %}{{ loop.index }}{{ r['table_name'] }}{% if not loop.last %},{% endif %}{% endfor -%}"]),
]

env = jinja2.Environment(undefined=jinja2.StrictUndefined, extensions=["jinja2.ext.do"])
connection = psycopg2.connect(sys.argv[1])
for sql, expressions in CASES:
    cursor = connection.cursor()
    cursor.execute(sql)
    found = table(cursor)
    for expression in expressions:
        source = expression if expression.startswith("{%-") else "{{ " + expression + " }}"
        try:
            output = env.from_string(source).render(t=found, printed=printed)
        except Exception as problem:
            print("ERR", sql, expression, type(problem).__name__, problem, file=sys.stderr)
            continue
        print(json.dumps({"sql": sql, "template": source, "output": output}, ensure_ascii=True))
