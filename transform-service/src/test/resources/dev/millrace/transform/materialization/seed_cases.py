# prints CSV files with the columns, types and values that dbt gives them (agate 1.9.1, isodate 0.6.1), one JSON object a line
import csv, datetime, decimal, io, json, sys, warnings
import agate, isodate

warnings.simplefilter("ignore")
CASES = []
def c(text, delimiter=",", text_columns=()): CASES.append((text, delimiter, list(text_columns)))
def column(*values, text=False): c("x\n" + "".join(v + "\n" for v in values), text_columns=["x"] if text else [])

# numbers
column("1", "2"); column("1", "2.5"); column("1.0", "2.00"); column("0.10", "1.1"); column("007", "8"); column("+5", "-3"); column("--5"); column("1_000"); column('"1,000"', '"2,500,000"'); column('"1,2,3"'); column("$5", "$6"); column("5 $"); column("-$5")
column("$-5"); column("5%", "10%"); column("%5"); column("0.5%"); column("€1.5"); column("£2"); column("¥3"); column("5€", "7"); column("kr5"); column("1e5"); column("1e-5"); column("1E5", "2"); column("1e5", "0.5"); column("1.5e3"); column(".5"); column("5."); column(".")
column("-"); column("$"); column("%"); column(","); column("-%"); column("1 000"); column("1 ", " 2"); column("1\t"); column("0x1f"); column("12a"); column("(5)"); column("1-2"); column("1.2.3"); column("2147483647"); column("2147483648"); column("-2147483648"); column("-2147483649")
column("9223372036854775807"); column("9223372036854775808"); column("123456789012345678901234567890"); column("0.1234567890123456789012345678901234"); column("12345678901234567890.123456789012"); column("1234567890123456789012345678.5"); column("nan", "1"); column("NaN"); column("inf"); column("-Infinity", "1.5"); column("nan", "1.5"); column("snan"); column("١٢"); column("1e400"); column("0", "0.0"); column("0.0"); column("-0"); column("1e30", "0.5"); column("1e27", "0.5"); column("00.50")
column("1", ""); column("", ""); column("", "1.5"); column("null", "1"); column("NULL", "Null"); column("None", "1"); column("N/A"); column("na"); column(" ", "1"); column(" null ", "1"); column("'5'"); column('"5"'); column('" 5 "'); column("1/2"); column("1d"); column("1L"); column("٪5"); column("5%%"); column("$$5"); column("infinity"); column("+", "1"); column("1__0"); column("_1"); column("1\u00a0")
# dates
column("2024-02-29"); column("2024-2-9"); column("2023-02-29"); column("2024-01-01", ""); column("2024-01-01", "2024-1-2"); column("0001-01-01"); column("0000-01-01"); column("24-01-01"); column("20240101"); column("2024/01/01"); column("01/02/2024"); column(" 2024-01-01 "); column("2024-01-01", "x"); column("2024-01-01", "2024-01-02 00:00:00"); column("2024-01- 1"); column("2024-01-01 "); column("9999-12-31"); column("10000-01-01"); column("2024-12-32"); column("2024-13-01"); column("Jan 5 2024"); column("2024-01-01", "NULL"); column("2024"); column("2024-01"); column("today")
# timestamps
column("2024-01-01 10:00:00"); column("2024-01-01 1:2:3"); column("2024-1-1 10:00:00"); column("2024-01-01  10:00:00"); column("2024-01-01 10:00:60"); column("2024-01-01 24:00:00"); column("2024-01-01 10:00"); column("2024-01-01 10:00:00.5"); column("2024-01-01 10:00:00+00"); column("2024-01-01 10:00:00 UTC"); column("2024-01-01 10:00:00Z"); column("2024-01-01 10:00:00", ""); column("2024-01-01 10:00:00", "2024-01-01")
column("2024-01-01T10:00:00"); column("2024-01-01T10:00:00Z"); column("2024-01-01T10:00:00+02:00"); column("2024-01-01T10:00:00-0330"); column("2024-01-01T10:00:00+02"); column("2024-01-01T10:00:00.123456"); column("2024-01-01T10:00:00.1234567"); column("2024-01-01T10:00:00,5Z"); column("2024-01-01T10:00"); column("2024-01-01T10"); column("20240101T100000"); column("20240101T1000Z"); column("2024-W05-2T10:00:00"); column("2024W052T10:00:00"); column("2024-W05T10:00:00"); column("2024-060T10:00:00"); column("2024060T10:00:00"); column("2024-02T10:00:00"); column("2024T10:00:00"); column("20T10:00:00"); column("2024-01-01T10:30.5"); column("2024-01-01T10.5")
column("2024-01-01T24:00:00"); column("2024-01-01T10:60:00"); column("2024-13-01T10:00:00"); column("2024-00-05T10:00:00"); column("2024-01-01t10:00:00"); column("2024-01-01T10:00:00 trailing"); column("2024-01-01T10:00:00.9999999"); column("2024-01-01T10:00:59.9999999"); column("aTb"); column("12T34"); column("12T12"); column("2024-01-01TT10:00"); column("2024-01-01T10:00:00Z", "2024-01-01 10:00:00"); column("2024-01-01T10:00:00", "2024-01-01"); column("2024-01-01T10:00:00", ""); column("2024-01-01T00:30:00+01:00"); column("2022W010T10:00:00"); column("2021-W53-7T10:00:00"); column("2024-366T00:00:00"); column("2024-01-01T"); column("TEST"); column("T"); column("2024-000T00:00:00")
# booleans
column("true", "false"); column("TRUE", "False"); column("t", "f"); column("yes", "no"); column("1", "0"); column("true", ""); column("true", "null"); column(" true "); column("true", "1"); column("true", "x"); column('"tr,ue"'); column('"true,"'); column("true", '","')
# texts
column("a", "b"); column("a", ""); column("a", "null"); column("a", " NULL "); column(" a "); column("a", "1"); column('"a,b"'); column('"a ""b"""'); column('"a\nb"'); column('"a\r\nb"'); column("None"); column("é", "日本"); column("a", "''"); column("\\N"); column('""', "a"); column('" "', "a"); column("#comment"); column("a;b")
# columns declared with a type are left as text
column("007", "1_000", text=True); column("true", text=True); column("2024-01-01", "", text=True); column("5%", "null", " x ", text=True); c("a,b\n1,01\n", text_columns=["b"]); c("a,b\n1,01\n", text_columns=["B", "zzz"])
# files
c("a,b\n1,x\n2,y\n"); c("a,b\r\n1,x\r\n2,y\r\n"); c("a,b\r1,x\r"); c("\ufeffa,b\n1,x\n"); c("\ufeff\ufeffa\n1\n"); c("a;b\n1;x,y\n", ";"); c("a\tb\n1\tx\n", "\t"); c("a|b\n1|2\n", "|"); c("a,b\n1\n"); c("a,b\n1,2,3\n"); c("a,b\n1,2,\n"); c("a,b\n\n1,2\n"); c("a,b\n1,2\n\n"); c("a,b\n1,2"); c("a,b\n"); c("a,b"); c("")
c("a,a,a\n1,2,3\n"); c("a,a_2,a\n1,2,3\n"); c("a,,b\n1,2,3\n"); c(",\n1,2\n"); c(" a , b\n1,2\n"); c('"a b","c,d"\n1,2\n'); c("A,b C,d-e\n1,2,3\n"); c("a,A\n1,2\n"); c('"a\nb"\n1\n'); c('a\n"x\n'); c('a,b\n"x"y,2\n'); c('a,b\nx"y,2\n'); c('a,b\n"x""y",2\n'); c('a,b\n x,"2"\n'); c('a,b\n "x",2\n'); c('a,b\n"x" ,2\n'); c('a\n""\n'); c('a\n"a"b"c"\n'); c("a,b\n,\n"); c("a\n\n"); c("a,b\n1,2\n   \n"); c("a,b,\n1,2,\n"); c("a\n'x,y'\n"); c("id,name,amount,on,at,ok\n1,Ann,1.50,2024-01-01,2024-01-01 10:00:00,true\n2,,,,,\n"); c("a,b\n1,x\n2\n"); c("a\r\n\"x\r\ny\"\r\n"); c("a\n1\n\n\n2\n"); c("select,order\n1,2\n")

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

class ISODateTime(agate.data_types.DateTime):
    def cast(self, d):
        if d is None:
            return d
        d = d.strip()
        if d.lower() in self.null_values:
            return None
        try:
            return isodate.parse_datetime(d)
        except Exception:
            raise agate.exceptions.CastError(d)

NULLS = ("null", "")
TYPES = [Integer(null_values=NULLS), Number(null_values=NULLS), agate.data_types.Date(null_values=NULLS, date_format="%Y-%m-%d"),
         agate.data_types.DateTime(null_values=NULLS, datetime_format="%Y-%m-%d %H:%M:%S"), ISODateTime(null_values=NULLS),
         agate.data_types.Boolean(true_values=("true",), false_values=("false",), null_values=NULLS), agate.data_types.Text(null_values=NULLS)]

def sql_type(table, i):
    kind = table.column_types[i]
    if isinstance(kind, Integer): return "integer"
    if isinstance(kind, Number):
        if table.aggregate(agate.MaxPrecision(i)): return "float8"
        # dbt says integer, and its load fails if a number is larger
        values = [v for v in table.columns[i].values() if v is not None and v.is_finite()]
        bits = max([int(v).bit_length() if v >= 0 else int(-v - 1).bit_length() for v in values if v.adjusted() < 100] + [0])
        return "numeric" if bits > 63 or any(v.adjusted() >= 100 for v in values) else "bigint" if bits > 31 else "integer"
    if isinstance(kind, agate.data_types.Boolean): return "boolean"
    if isinstance(kind, agate.data_types.DateTime): return "timestamp without time zone"
    if isinstance(kind, agate.data_types.Date): return "date"
    return "text"

def sql_value(v, type):
    if v is None: return None
    if isinstance(v, bool): return "true" if v else "false"
    if isinstance(v, decimal.Decimal):
        # psycopg2 writes what is not finite as NaN
        if not v.is_finite(): return "NaN"
        v = abs(v) if v == 0 else v
        return str(v) if type == "float8" else format(v, "f") if type == "numeric" else str(int(v))
    if isinstance(v, datetime.datetime):
        # psycopg2 passes one with a zone as timestamptz, which a session in UTC assigns as its time in UTC
        if v.tzinfo: v = v.astimezone(datetime.timezone.utc).replace(tzinfo=None)
        return v.isoformat(" ")
    if isinstance(v, datetime.date): return v.isoformat()
    return v

for text, delimiter, text_columns in CASES:
    case = {"csv": text, "delimiter": delimiter, "declared": text_columns}
    tester = agate.TypeTester(force={k: agate.data_types.Text(null_values=NULLS) for k in text_columns}, types=TYPES)
    try:
        file = io.StringIO(text.replace("\r\n", "\n").replace("\r", "\n"))
        if file.read(1) != "\ufeff": file.seek(0)
        else: file = io.StringIO(file.read())
        table = agate.Table.from_csv(file, column_types=tester, delimiter=delimiter)
        types = [sql_type(table, i) for i in range(len(table.columns))]
        case.update(columns=list(table.column_names), types=types, rows=[[sql_value(v, t) for v, t in zip(row, types)] for row in table.rows])
    except (Exception, StopIteration) as problem:
        print("ERR", repr(text), type(problem).__name__, problem, file=sys.stderr)
        case["error"] = True
    print(json.dumps(case, ensure_ascii=True))
