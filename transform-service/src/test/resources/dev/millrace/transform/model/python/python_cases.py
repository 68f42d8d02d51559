# prints templates with what Jinja2 and Python make of them, one JSON object a line; run it with TZ=UTC
import datetime, decimal, itertools, json, re, sys
import jinja2, pytz

def offered(module, names):
    return {name: getattr(module, name) for name in names}

MODULES = {
    "datetime": offered(datetime, ["date", "datetime", "time", "timedelta", "timezone", "tzinfo"]),
    "pytz": offered(pytz, pytz.__all__),
    "re": offered(re, re.__all__),
    "itertools": offered(itertools, ["accumulate", "chain", "compress", "islice", "starmap", "tee", "zip_longest", "product",
                                     "permutations", "combinations", "combinations_with_replacement", "repeat", "groupby"]),
}
PRELUDE = ("{% set dt = modules.datetime.datetime %}{% set date = modules.datetime.date %}{% set time = modules.datetime.time %}"
           "{% set td = modules.datetime.timedelta %}{% set utc = modules.pytz.utc %}{% set tz = modules.pytz.timezone %}"
           "{% set re = modules.re %}{% set it = modules.itertools %}{% set D = Decimal %}"
           "{% set a = dt(2024, 2, 29, 13, 5, 9, 1234) %}{% set b = dt(2024, 12, 30, 0, 0) %}")
E = []
def e(*expressions): E.extend(expressions)

# dates
e("date(2024, 2, 29)", "date(2024, 1, 2) - date(2023, 12, 31)", "date(2024, 1, 31) + td(days=1)", "date(2024, 3, 1) - td(days=1)", "date(2024, 1, 1) < date(2024, 1, 2)",
  "date(2024, 1, 1) == date(2024, 1, 1)", "[date(2024, 3, 1), date(2023, 1, 1)]", "[date(2024, 3, 1), date(2023, 1, 1)] | sort", "[date(2024, 3, 1), date(2023, 1, 1)] | max",
  "date(2024, 2, 29).weekday()", "date(2024, 2, 25).isoweekday()", "date(2024, 12, 30).isocalendar()[0]", "date(2021, 1, 3).isocalendar()[1]", "date(2021, 1, 3).toordinal()",
  "date.fromordinal(738000)", "date.fromisoformat('2024-02-29')", "date(2024, 2, 29).isoformat()", "date(2024, 2, 29).strftime('%d/%m/%y %j')", "date(2024, 2, 29).replace(year=2020)",
  "date(2024, 2, 29).year ~ date(2024, 2, 29).month ~ date(2024, 2, 29).day", "date(2024, 2, 29).ctime()", "date.min ~ ' ' ~ date.max", "date(1, 1, 1) + td(days=365)", "td(days=1) + date(2024, 1, 1)",
  "date(2024, 1, 1) + td(hours=47)", "date(2024, 1, 1) == dt(2024, 1, 1)", "date(2024, 1, 1) in [date(2024, 1, 1)]", "{date(2024, 1, 1): 1}[date(2024, 1, 1)]", "date.fromtimestamp(86400)")
# datetimes
e("a", "b", "[a, b]", "a.isoformat()", "a.isoformat(' ')", "a.isoformat(sep='_', timespec='minutes')", "a.isoformat(timespec='milliseconds')", "b.isoformat(timespec='microseconds')", "b.isoformat(timespec='hours')",
  "a.date()", "a.time()", "[a.time(), b.time()]", "a + td(days=1, hours=11)", "a - td(microseconds=1235)", "b - a", "a - b", "(b - a).total_seconds()", "a < b", "a >= b", "a != b", "a == a.replace()",
  "a.replace(hour=0, minute=0, second=0, microsecond=0)", "a.replace(tzinfo=utc)", "[a.replace(tzinfo=utc)]", "a.year, a.month, a.day, a.hour, a.minute, a.second, a.microsecond", "a.tzinfo", "a.weekday(), a.isoweekday()",
  "a.isocalendar()[1], b.isocalendar()[0], b.isocalendar()[1], b.isocalendar()[2]", "a.timestamp()", "b.timestamp()", "dt.fromtimestamp(1709211909.001234)", "dt.utcfromtimestamp(0)", "dt.fromtimestamp(0, utc)",
  "dt.fromtimestamp(1709211909, tz('America/New_York'))", "dt.combine(date(2024, 1, 2), time(3, 4))", "dt.combine(date(2024, 1, 2), time(3, 4), utc)", "a.toordinal()", "a.ctime()", "dt.min", "dt.max", "dt.resolution",
  "[a, b, a - td(1)] | sort | first", "[a, b] | min", "[a, b] | map(attribute='year') | list", "[a, b] | map('string') | join('|')", "a in [b, a]", "[a, a] | unique | list | length", "a.utcoffset()", "a.tzname()", "td(1) + a",
  "a is defined", "'%s' % a", "'{}'.format(a)", "'{:%Y/%m/%d}'.format(a)", "'{0:%H}-{0:%M}'.format(a)", "a ~ ''", "a.fold", "dt(2024, 1, 1, tzinfo=modules.datetime.timezone.utc)", "[dt(2024, 1, 1, tzinfo=modules.datetime.timezone.utc)]",
  "[dt(2024, 1, 1, 0, 0, 7)]", "[dt(2024, 1, 1, 0, 0, 0, 7)]", "dt(year=2024, month=5, day=6, minute=7)", "a.timetz()", "dt.fromordinal(738000)")
# strftime
for code in "aAwdbBmyYHIpMSfzZjUWcxX%GuVeDFTRhCklPrg":
    e("a.strftime('%" + code + "')", "b.strftime('[%" + code + "]')")
for flag in ["%-d", "%-m", "%-H", "%-I", "%-j", "%-M", "%-S", "%_d", "%_H", "%0e", "%^b", "%^A", "%-y", "%-U"]:
    e("dt(2024, 1, 5, 4, 3, 2).strftime('" + flag + "')")
e("dt(2024, 1, 5, tzinfo=utc).strftime('%Y%m%d %H:%M:%S %z %Z')", "dt(2024, 1, 5, tzinfo=utc).strftime('%z')", "a.strftime('')", "a.strftime('%Y-%m-%d')", "a.strftime('no codes')", "a.strftime('%d. %B %Y, %I:%M %p')", "dt(2023, 1, 1).strftime('%U %W %V %G %w %u')",
  "dt(2024, 12, 31).strftime('%U %W %V %G %j')", "dt(2021, 1, 3).strftime('%U %W %V %G %w %u')", "dt(2024, 1, 5, 0).strftime('%I %p')", "dt(2024, 1, 5, 12).strftime('%I %p')", "time(1, 2, 3).strftime('%H-%M-%S')", "a.strftime('50%')")
# strptime
e("dt.strptime('2024-02-29', '%Y-%m-%d')", "dt.strptime('29/2/24 1:05:09 PM', '%d/%m/%y %I:%M:%S %p')", "dt.strptime('2024-02-29T13:05:09.123', '%Y-%m-%dT%H:%M:%S.%f')", "dt.strptime('Feb 29, 2024', '%b %d, %Y')", "dt.strptime('29 FEBRUARY 2024', '%d %B %Y')",
  "dt.strptime('2024060', '%Y%j')", "dt.strptime('20240229', '%Y%m%d')", "dt.strptime('2024-02-29 13:05:09+0130', '%Y-%m-%d %H:%M:%S%z')", "[dt.strptime('2024-02-29Z', '%Y-%m-%d%z')]", "dt.strptime('2024 9 4', '%Y %W %w')", "dt.strptime('2024 8 4', '%Y %U %w')", "dt.strptime('2024 09 4', '%G %V %u')",
  "dt.strptime('69', '%y')", "dt.strptime('68', '%y')", "dt.strptime('Thu Feb 29 13:05:09 2024', '%c')", "dt.strptime('02/29/24', '%x')", "dt.strptime('13:05', '%H:%M')", "dt.strptime('1  2', '%d %m')", "dt.strptime('Thursday 29.02.2024', '%A %d.%m.%Y')", "dt.strptime('12 AM', '%I %p')",
  "dt.strptime('2024-01-01 UTC', '%Y-%m-%d %Z')", "dt.strptime('100%', '100%%')", "dt.strptime('2024-02-29 13:05:09', '%Y-%m-%d %H:%M:%S').strftime('%s')", "dt.strptime('2024', '%Y').date()", "dt.strptime('2024-3-1', '%Y-%m-%d')")
# fromisoformat
for text in ["2024-02-29", "2024-02-29T13:05", "2024-02-29 13:05:09", "2024-02-29T13:05:09.123456", "2024-02-29T13:05:09.123", "2024-02-29T13:05:09+01:00", "2024-02-29T13:05:09Z", "20240229", "20240229T130509", "2024-W09-4", "2024W094", "2024-W09", "2024-02-29T13", "2024-02-29T13:05:09-03:30", "2024-02-29T13:05:09,5", "2024-02-29T13:05:09.1234567", "2024-02-29x13:05"]:
    e("dt.fromisoformat('" + text + "')")
e("[dt.fromisoformat('2024-02-29T13:05:09+01:00')]", "[dt.fromisoformat('2024-02-29T13:05:09Z')]", "time.fromisoformat('13:05:09')", "time.fromisoformat('T13:05')", "time(13, 5).isoformat()", "time(13, 5, 9, 12)", "[time(13, 5), time(13, 5, 9), time(13, 5, 9, 12), time(0, 0, tzinfo=utc)]", "time(1) < time(2)", "time(1, 2).replace(minute=9)", "time(1, 2).hour", "time.max")
# timedeltas
e("td(days=1)", "td(1, 2, 3)", "td(hours=25, minutes=-3)", "td(days=-1)", "td(seconds=-1)", "td(weeks=1, milliseconds=5)", "td()", "[td(), td(1), td(-1, 5), td(0, 0, 5), td(hours=1.5)]", "td(days=1.5)", "td(microseconds=0.5)", "td(microseconds=1.5)", "td(days=2).days", "td(hours=-1).days, td(hours=-1).seconds, td(hours=-1).microseconds",
  "td(days=1, seconds=1).total_seconds()", "td(microseconds=1).total_seconds()", "td(1) + td(hours=1)", "td(1) - td(2)", "td(1) * 3", "3 * td(1)", "td(1) * 1.5", "td(1) / 2", "td(1) / td(hours=5)", "td(1) // td(hours=5)", "td(1) % td(hours=5)", "td(1) // 7", "td(1) / 7", "td(1) / 1.3", "-td(1, 5)", "+td(1)", "td(-1) | abs", "td(1) == td(hours=24)", "td(1) > td(hours=23)",
  "[td(2), td(1)] | sort", "'yes' if td() else 'no'", "'yes' if td(1) else 'no'", "[td(1), td(2)] | sum(start=td())", "td(days=400, hours=1)", "td(1) == 1", "td(days=2) in [td(hours=48)]", "td.resolution")
# zones
e("utc", "[utc]", "tz('Europe/Berlin')", "[tz('Europe/Berlin')]", "[tz('America/New_York')]", "[tz('Asia/Kolkata')]", "tz('UTC')", "[tz('utc')]", "[tz('Etc/GMT+5')]", "tz('europe/berlin')", "tz('Europe/Berlin').zone", "dt(2024, 7, 1, tzinfo=tz('America/Los_Angeles'))", "dt(1997, 9, 29, 6, 14, 0, tzinfo=tz('America/Los_Angeles'))",
  "dt(1997, 9, 29, 6, 14, 0, tzinfo=tz('America/Los_Angeles')).isoformat()", "tz('Europe/Berlin').localize(dt(2024, 7, 1))", "tz('Europe/Berlin').localize(dt(2024, 1, 1))", "[tz('Europe/Berlin').localize(dt(2024, 7, 1))]", "[tz('Europe/Berlin').localize(dt(2024, 1, 1))]", "utc.localize(a)", "utc.localize(a).astimezone(tz('Asia/Tokyo'))",
  "utc.localize(a).astimezone(tz('America/New_York')).strftime('%Y-%m-%d %H:%M %Z%z')", "utc.localize(b).astimezone(tz('Europe/London')).tzname()", "utc.localize(dt(2024, 7, 1)).astimezone(tz('Europe/London')).tzname()", "utc.localize(dt(2024, 7, 1)).astimezone(tz('America/Sao_Paulo')).tzname()", "utc.localize(dt(2024, 7, 1)).astimezone(tz('Asia/Kathmandu')).tzname()",
  "utc.localize(dt(2024, 7, 1)).astimezone(tz('Europe/Berlin')).dst()", "utc.localize(dt(2024, 7, 1)).astimezone(tz('Europe/Berlin')).utcoffset()", "tz('Europe/Berlin').localize(dt(2024, 10, 27, 2, 30))", "tz('Europe/Berlin').localize(dt(2024, 10, 27, 2, 30), is_dst=True)", "tz('Europe/Berlin').localize(dt(2024, 3, 31, 2, 30))", "tz('Europe/Berlin').localize(dt(2024, 3, 31, 2, 30), is_dst=true)",
  "tz('Europe/Berlin').normalize(tz('Europe/Berlin').localize(dt(2024, 3, 30, 12)) + td(1))", "tz('Europe/Berlin').localize(dt(2024, 3, 30, 12)) + td(1)", "tz('Europe/Berlin').utcoffset(dt(2024, 7, 1))", "utc.localize(a) == tz('Europe/Berlin').localize(dt(2024, 2, 29, 14, 5, 9, 1234))", "utc.localize(a) - tz('Asia/Tokyo').localize(a)", "utc.localize(a) < tz('Asia/Tokyo').localize(a)", "utc.localize(a) == a",
  "a.astimezone(utc)", "a.replace(tzinfo=utc).timestamp()", "utc.localize(a).astimezone(tz('Australia/Adelaide'))", "'Europe/Berlin' in modules.pytz.all_timezones", "'US/Eastern' in modules.pytz.common_timezones", "'EST' in modules.pytz.common_timezones", "modules.datetime.timezone(td(hours=2))", "[modules.datetime.timezone(td(hours=-2, minutes=-30))]", "dt(2024, 1, 1, tzinfo=modules.datetime.timezone(td(hours=2))).astimezone(utc)",
  "dt(2024, 1, 1, tzinfo=modules.pytz.FixedOffset(90))", "dt(2024, 1, 1, tzinfo=utc).tzinfo", "dt(1890, 1, 1).replace(tzinfo=utc).astimezone(tz('Europe/Berlin'))", "[utc.localize(dt(2024, 7, 1)).astimezone(tz('US/Hawaii')).tzname(), utc.localize(dt(2024, 7, 1)).astimezone(tz('US/Aleutian')).tzname()]", "dt.now(utc).tzinfo", "dt.now(tz('Asia/Tokyo')).strftime('%z')", "dt(2024, 1, 1, tzinfo=tz('EST'))")
# patterns
e("re.match('a+', 'aab').group()", "re.match('b', 'aab')", "re.search('b', 'aab').start()", "re.search('(?P<x>a)(b)?', 'cab').groups()", "re.search('(?P<x>a)(z)?', 'cab').groups()", "re.search('(?P<x>a)(z)?', 'cab').groups('-')", "re.search('(?P<first_name>a)', 'cab').groupdict()", "re.search('(?P<x>a)(b)', 'cab').group('x')", "re.search('(?P<x>a)(b)', 'cab').group(1, 2)",
  "re.search('b', 'aab').span()", "re.search('b', 'aab').end()", "re.search('b', 'aab')", "re.fullmatch('a+b', 'aab') is not none", "re.fullmatch('a+', 'aab')", "re.findall('[a-z]+', 'ab 1 cd')", "re.findall('([a-z])([0-9])', 'a1 b2')", "re.findall('([a-z])[0-9]', 'a1 b2')", "re.findall('x*', 'axb')", "re.finditer('[0-9]+', 'a1b22') | map(attribute='string') | list", "re.sub('[aeiou]', '*', 'education')",
  "re.sub('[aeiou]', '*', 'education', 2)", "re.sub('[aeiou]', '*', 'education', count=1)", "re.sub('(\\\\w+) (\\\\w+)', '\\\\2 \\\\1', 'hello world')", "re.sub('(?P<a>\\\\w+) (?P<b>\\\\w+)', '\\\\g<b>-\\\\g<a>', 'hello world')", "re.sub('(a)|b', '[\\\\1]', 'ab')", "re.sub('a', '\\\\n', 'bab')", "re.sub('x*', '-', 'abxd')", "re.sub('', '-', 'ab')", "re.subn('a', 'b', 'aaa')", "re.split('[,;]', 'a,b;c')", "re.split('([,;])', 'a,b;c')", "re.split(',', 'a,b,c', 1)",
  "re.split('x*', 'axbc')", "re.split(',', 'a,b,c', maxsplit=1)", "re.compile('a(b)').search('cab').group(1)", "re.compile('a').sub('b', 'aa')", "re.compile('A', re.IGNORECASE).findall('aA')", "re.compile('(?P<n>a)').pattern", "re.compile('(?P<n>a)(b)').groups", "re.compile('a')", "re.escape('a.b*c-d e_f/g')", "re.findall('a', 'aA', re.I)", "re.findall('(?i)a', 'aA')", "re.findall('^a', 'a\\na', re.M)", "re.findall('a$', 'a\\na\\n')", "re.findall('(?m)a$', 'a\\na\\n')", "re.search('a\\\\Z', 'a\\n')",
  "re.search('a.b', 'a\\nb')", "re.search('a.b', 'a\\nb', re.S) is not none", "re.findall('\\\\d+', 'a١2')", "re.findall('\\\\d+', 'a١2', re.A)", "re.findall('\\\\w+', 'été x')", "re.findall('\\\\bx', 'éx x')", "re.search('😀(.)', 'a😀b').span(1)", "re.findall('[]a]', 'a]b')", "re.findall('[^]a]', 'a]b')", "re.findall('[[&]+', 'a[[&')", "re.findall('[a\\\\]b]', 'a]c')", "re.findall('a{,2}', 'aaa')", "re.findall('a{2}', 'aaaa')", "re.findall('{', 'a{b')", "re.findall('a{x}', 'a{x}')", "re.findall('{{', '{{ x }}')",
  "re.findall('(?x) a  b # no c', 'ab')", "re.findall('a(?#comment)b', 'ab')", "re.findall('(a)(?:b)(?=c)', 'abc')", "re.findall('(?<=a)b', 'ab b')", "re.findall('(?<!a)b', 'ab b')", "re.findall('(?P<q>[\"x]).*?(?P=q)', '\"a\" xbx')", "re.findall('(.)\\\\1', 'aabbc')", "re.findall('[\\\\w.-]+@[\\\\w.-]+', 'mail a.b@c-d.org now')", "re.findall('[a-z&&[b]]', 'a&b]')", "re.findall('\\\\x41\\\\u0042', 'AB')", "re.findall('a\\\\.b', 'a.b')", "re.findall('[\\\\b]', 'a')", "re.findall('[# ]', 'a #', re.X)", "re.findall('(?s:.)', '\\n')", "re.search('(a)|(b)', 'b').groups()",
  "re.search('(a)|(b)', 'b').span(1)", "re.search('^(?P<schema>\\\\w+)\\\\.(?P<table>\\\\w+)$', 'raw.orders').groupdict()", "re.sub('[^a-zA-Z0-9]+', '_', 'Some Column (Name)').lower()", "re.sub('\\\\s+', ' ', ' a \\t\\n b ')", "re.match('[0-9]{4}-[0-9]{2}', '2024-02-29').group(0)", "re.search('A', 'a', flags=re.IGNORECASE).group()", "re.findall('\\\\S+', 'a b')", "re.match('a', 'a').re.pattern", "'t' if re.match('a', 'a') else 'f'", "'t' if re.match('b', 'a') else 'f'", "re.search('(\\\\d+)', 'a12').expand('<\\\\1>')", "re.I + re.M", "re.match('(a)(?P<b>b)', 'ab')[1]", "re.match('(a)(?P<b>b)', 'ab')['b']", "re.match('(a)(?P<b>b)', 'ab')[0]", "re.findall('\\\\v', 'a\\x0b')", "re.findall('\\\\Aa', 'aa')", "re.findall('a|', 'ba')")
# itertools
e("it.product([1, 2], 'ab') | list", "it.product([1, 2], repeat=2) | list", "it.product() | list", "it.product([], [1]) | list", "it.chain([1], [2, 3]) | list", "it.chain.from_iterable([[1], 'ab']) | list", "it.zip_longest([1, 2], 'a') | list", "it.zip_longest([1, 2], 'a', fillvalue='-') | list", "it.combinations([1, 2, 3], 2) | list", "it.combinations([1, 2], 3) | list", "it.combinations_with_replacement([1, 2], 2) | list", "it.combinations_with_replacement([1], 3) | list", "it.permutations([1, 2, 3], 2) | list", "it.permutations('abc') | list | length", "it.combinations('abc', 0) | list",
  "it.repeat('x', 3) | list", "it.islice([1, 2, 3, 4], 2) | list", "it.islice([1, 2, 3, 4], 1, none, 2) | list", "it.islice([1, 2, 3, 4], 1, 3) | list", "it.accumulate([1, 2, 3]) | list", "it.accumulate(['a', 'b']) | list", "it.accumulate([1, 2], initial=10) | list", "it.compress('abc', [1, 0, 1]) | list", "(it.tee([1, 2]) | list | first) | list", "it.combinations(range(4), 3) | list")
# decimals
e("D('1.50')", "[D('1.50'), D('0'), D('-2')]", "D('1.50') + 1", "1 - D('0.5')", "D('1.10') * D('2.00')", "D('1') / 3", "D('10') / 4", "D('-7') // 2", "D('-7') % 3", "D('7.5') % 2", "D('2') ** 10", "D('1.1') ** 2", "2 ** D('3')", "-D('1.5')", "D('-1.5') | abs", "D('1.5') < 2", "D('1.5') == 1.5", "D('1') == 1", "D('1.10') == D('1.1')", "D('0.1') == 0.1", "[D('3'), D('1.5'), 2] | sort", "[D('3'), D('1.5')] | max", "[D('3'), D('1.5')] | sum", "D('2.5') | round", "D('2.675') | round(2)",
  "D('3.7') | int", "D('-3.7') | int", "D('3.70') | float", "D('3.14159') | round(2)", "'%s' % D('1.50')", "'%d' % D('3.9')", "'%.1f' % D('3.25')", "'{:.2f}'.format(D('3.14159'))", "'{:,.2f}'.format(D('1234567.505'))", "'{:,}'.format(D('1234567.50'))", "'{:>8}'.format(D('1.50'))", "'{:f}'.format(D('1E+3'))", "'{:+.1f}'.format(D('-0.25'))", "'{:012,.2f}'.format(D('12345.678'))", "'{}'.format(D('1.50'))", "D('1E+3')", "D('1E-7')", "D('0.000001')", "D('0.0000001')", "D('123456789012345678901234567890')", "D('123456789012345678901234567890') + 1", "D('0E-3')", "D('1.0') + D('0.000')", "'yes' if D('0.0') else 'no'", "D('1') is number", "D('1') is integer", "D('1') is float", "D('1') ~ 'x'", "[1, D('2')] | join('+')", "D('1') in [1, 2]",
  "D('12.5') > 12", "D('5') * 1", "D('5') * true", "(D('5') - 3) * 2 == 4")

env = jinja2.Environment(undefined=jinja2.StrictUndefined, extensions=["jinja2.ext.do"])
print(json.dumps({"prelude": PRELUDE}))
for expression in E:
    try:
        output = env.from_string(PRELUDE + "{{ " + expression + " }}").render(modules=MODULES, Decimal=decimal.Decimal)
    except Exception as problem:
        print("ERR", expression, type(problem).__name__, problem, file=sys.stderr)
        continue
    print(json.dumps({"expression": expression, "output": output}, ensure_ascii=True))
