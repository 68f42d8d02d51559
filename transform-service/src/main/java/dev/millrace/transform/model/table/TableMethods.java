package dev.millrace.transform.model.table;

import dev.millrace.transform.jinja.Arguments;
import dev.millrace.transform.jinja.Invocable;
import dev.millrace.transform.jinja.JinjaException;
import dev.millrace.transform.jinja.None;
import dev.millrace.transform.jinja.TupleValue;
import dev.millrace.transform.jinja.Values;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The methods of a table that give another. */
record TableMethods(ResultTable table) {

    static final Set<String> NAMES =
            Set.of(
                    "select",
                    "exclude",
                    "rename",
                    "limit",
                    "order_by",
                    "distinct",
                    "where",
                    "find",
                    "merge",
                    "group_by",
                    "join",
                    "print_table",
                    "print_json",
                    "print_csv",
                    "to_json",
                    "to_csv");

    private static final Logger log = LoggerFactory.getLogger(TableMethods.class);

    Object call(String name, Arguments arguments) {
        return switch (name) {
            case "select" -> select(keys(arguments.bind(name, "key").get("key")));
            case "exclude" -> exclude(keys(arguments.bind(name, "key").get("key")));
            case "rename" -> rename(arguments.bind(name, "column_names"));
            case "limit" -> limit(arguments.bind(name, "start_or_stop", "stop", "step"));
            case "order_by" -> orderBy(arguments.bind(name, "key", "reverse"));
            case "distinct" -> distinct(arguments.bind(name, "key").get("key", None.NONE));
            case "where" -> with(where(arguments.bind(name, "test").get("test")));
            case "find" -> {
                List<MappedSequence> found = where(arguments.bind(name, "test").get("test"));
                yield found.isEmpty() ? None.NONE : found.getFirst();
            }
            case "merge" -> merge(Values.iterate(arguments.bind(name, "tables").get("tables")));
            case "group_by" -> TableGroups.of(table, arguments);
            case "join" -> TableJoin.of(table, arguments).joined();
            case "print_table" -> print(new PrintedTable(table, options(arguments)).text());
            case "print_json" -> print(new WrittenTable(table).json());
            case "print_csv" -> print(new WrittenTable(table).csv());
            case "to_json", "to_csv" ->
                    throw new JinjaException(
                            name + "(): a template writes no files; log what it is to say");
            default -> throw new JinjaException("a table has no method '" + name + "'");
        };
    }

    /** dbt prints on the terminal; here it stands in the log. */
    private static None print(String text) {
        log.info("\n{}", text);
        return None.NONE;
    }

    static PrintedTable.Options options(Arguments arguments) {
        Arguments.Bound bound =
                arguments.bind(
                        "print_table",
                        "max_rows",
                        "max_columns",
                        "output",
                        "max_column_width",
                        "locale",
                        "max_precision");
        PrintedTable.Options usual = PrintedTable.Options.DEFAULT;
        return new PrintedTable.Options(
                limit(bound, "max_rows", usual.rows()),
                limit(bound, "max_columns", usual.columns()),
                limit(bound, "max_column_width", usual.width()),
                limit(bound, "max_precision", usual.precision()));
    }

    private static int limit(Arguments.Bound bound, String name, int otherwise) {
        return bound.get(name, (long) otherwise) == None.NONE
                ? Integer.MAX_VALUE
                : bound.integer(name, otherwise);
    }

    private ResultTable with(List<MappedSequence> rows) {
        return new ResultTable(table.names(), table.types(), rows);
    }

    private static List<String> keys(Object key) {
        return key instanceof String name
                ? List.of(name)
                : Values.iterate(key).stream().map(Values::text).toList();
    }

    private int position(String name) {
        return position(table, name);
    }

    static int position(ResultTable table, String name) {
        Integer position = table.names().position(name);
        if (position == null) {
            throw new JinjaException(
                    "the table has no column '" + name + "', only " + table.columnNames());
        }
        return position;
    }

    private ResultTable select(List<String> wanted) {
        List<Integer> positions = wanted.stream().map(this::position).toList();
        Keys names = Keys.of(wanted);
        return new ResultTable(
                names,
                positions.stream().map(table.types()::get).toList(),
                table.rows().stream()
                        .map(
                                row ->
                                        MappedSequence.row(
                                                positions.stream().map(row.values()::get).toList(),
                                                names))
                        .toList());
    }

    private ResultTable exclude(List<String> unwanted) {
        return select(
                table.columnNames().stream().filter(name -> !unwanted.contains(name)).toList());
    }

    private ResultTable rename(Arguments.Bound bound) {
        Object wanted = bound.get("column_names", None.NONE);
        if (wanted == None.NONE) {
            return table;
        }
        List<String> names =
                wanted instanceof Map<?, ?> map
                        ? table.columnNames().stream()
                                .map(name -> map.get(name) instanceof String other ? other : name)
                                .toList()
                        : keys(wanted);
        if (names.size() != table.names().size()) {
            throw new JinjaException(
                    "rename(): "
                            + names.size()
                            + " names for "
                            + table.names().size()
                            + " columns");
        }
        Keys renamed = Keys.of(names);
        return new ResultTable(
                renamed,
                table.types(),
                table.rows().stream()
                        .map(row -> MappedSequence.row(row.values(), renamed))
                        .toList());
    }

    private ResultTable limit(Arguments.Bound bound) {
        int size = table.length();
        boolean one =
                !Values.truth(bound.get("stop", None.NONE))
                        && !Values.truth(bound.get("step", None.NONE));
        int start = one ? 0 : at(bound, "start_or_stop", 0, size);
        int stop = at(bound, one ? "start_or_stop" : "stop", size, size);
        int step = bound.get("step", None.NONE) == None.NONE ? 1 : bound.integer("step");
        if (step < 1) {
            throw new JinjaException("limit(): the step must be 1 or more");
        }
        List<MappedSequence> rows = new ArrayList<>();
        for (long i = start; i < stop; i += step) {
            rows.add(table.rows().get((int) i));
        }
        return with(rows);
    }

    /** A position, which may count from the end. */
    private static int at(Arguments.Bound bound, String name, int otherwise, int size) {
        if (bound.get(name, None.NONE) == None.NONE) {
            return otherwise;
        }
        int given = bound.integer(name);
        return Math.clamp(given < 0 ? (long) size + given : given, 0, size);
    }

    private ResultTable orderBy(Arguments.Bound bound) {
        Object key = bound.get("key");
        Comparator<MappedSequence> order = null;
        if (key instanceof Invocable function) {
            order =
                    Comparator.comparing(
                            row -> function.call(Arguments.of(row)), TableColumn.ORDER);
        } else {
            for (String name : keys(key)) {
                int position = position(name);
                Comparator<MappedSequence> next =
                        Comparator.comparing(row -> row.values().get(position), TableColumn.ORDER);
                order = order == null ? next : order.thenComparing(next);
            }
        }
        List<MappedSequence> rows = new ArrayList<>(table.rows());
        if (order != null) {
            rows.sort(bound.flag("reverse", false) ? order.reversed() : order);
        }
        return with(rows);
    }

    private ResultTable distinct(Object key) {
        Set<Object> seen = new LinkedHashSet<>();
        List<MappedSequence> rows = new ArrayList<>();
        for (MappedSequence row : table.rows()) {
            Object part =
                    switch (key) {
                        case None none -> row.values();
                        case Invocable function -> function.call(Arguments.of(row));
                        default ->
                                new TupleValue(
                                        keys(key).stream()
                                                .map(name -> row.values().get(position(name)))
                                                .toList());
                    };
            if (seen.add(part)) {
                rows.add(row);
            }
        }
        return with(rows);
    }

    private List<MappedSequence> where(Object test) {
        if (!(test instanceof Invocable function)) {
            throw new JinjaException("where() and find() need a macro that tells of a row");
        }
        return table.rows().stream()
                .filter(row -> Values.truth(function.call(Arguments.of(row))))
                .toList();
    }

    /** The rows of several tables with the same columns. */
    private static ResultTable merge(List<Object> tables) {
        List<MappedSequence> rows = new ArrayList<>();
        ResultTable first = null;
        for (Object each : tables) {
            if (!(each instanceof ResultTable next)) {
                throw new JinjaException("merge() needs tables, not " + Values.typeName(each));
            }
            first = first == null ? next : first;
            if (!first.columnNames().equals(next.columnNames())) {
                throw new JinjaException(
                        "merge(): the tables have other columns: "
                                + first.columnNames()
                                + " and "
                                + next.columnNames());
            }
            rows.addAll(next.rows());
        }
        return first == null ? ResultTable.EMPTY : new TableMethods(first).with(rows);
    }
}
