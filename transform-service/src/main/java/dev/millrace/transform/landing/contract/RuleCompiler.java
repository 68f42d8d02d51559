package dev.millrace.transform.landing.contract;

import dev.millrace.contracts.project.contract.Property;
import dev.millrace.contracts.project.contract.Rule;
import dev.millrace.contracts.project.contract.SchemaObject;
import dev.millrace.contracts.record.Identifiers;
import dev.millrace.transform.landing.row.RowCheck;
import dev.millrace.transform.landing.row.UniqueRule;
import dev.millrace.transform.schema.ColumnType;
import dev.millrace.transform.schema.Relation;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Finds the columns that a contract's properties are, and compiles their rules. */
final class RuleCompiler {

    private static final String JOINS_PLAIN = "__";
    private static final String JOINS_SEGMENT = "_";

    /** Where Segment's messages have what becomes columns without a prefix. */
    private static final Set<String> CONTAINERS = Set.of("properties", "traits");

    private final Relation relation;
    private final String separator;
    private final @Nullable String identity;
    private final List<ColumnRule> columns = new ArrayList<>();
    private final List<ObjectRule> objects = new ArrayList<>();
    private final Map<String, ColumnType> types = new LinkedHashMap<>();
    private final Set<String> whole = new HashSet<>();
    private final Map<String, String> columnByProperty = new HashMap<>();
    private final List<UniqueRule> unique = new ArrayList<>();
    private final List<UniqueRule> byIdentity = new ArrayList<>();

    private final List<StreamRules.UnenforcedRule> unenforced = new ArrayList<>();

    /** Whether the records are changes, of which many make one row, or one row many. */
    private final boolean ofChanges;

    /** Whether objects become one column each, whatever is in them. */
    private final boolean flat;

    private RuleCompiler(
            Relation relation,
            String separator,
            @Nullable String identity,
            boolean ofChanges,
            boolean flat) {
        this.ofChanges = ofChanges;
        this.flat = flat;
        this.relation = relation;
        this.separator = separator;
        this.identity = identity;
    }

    static RuleCompiler plain(Relation relation, @Nullable List<String> idPath) {
        String identity =
                idPath == null
                        ? null
                        : Identifiers.shorten(
                                idPath.stream()
                                        .map(Identifiers::snakeCase)
                                        .collect(Collectors.joining(JOINS_PLAIN)));
        return new RuleCompiler(relation, JOINS_PLAIN, identity, false, false);
    }

    static RuleCompiler changes(Relation relation, boolean flat) {
        return new RuleCompiler(relation, JOINS_PLAIN, null, true, flat);
    }

    static RuleCompiler segment(Relation relation) {
        return new RuleCompiler(relation, JOINS_SEGMENT, "id", false, false);
    }

    List<ColumnRule> columns() {
        return columns;
    }

    List<ObjectRule> objects() {
        return objects;
    }

    Map<String, ColumnType> types() {
        return types;
    }

    Set<String> whole() {
        return whole;
    }

    List<UniqueRule> unique() {
        return unique;
    }

    List<UniqueRule> byIdentity() {
        return byIdentity;
    }

    List<StreamRules.UnenforcedRule> unenforced() {
        return unenforced;
    }

    void compile(SchemaObject object) {
        Place top = new Place("", "", RowCheck.NO_OBJECT, true, Set.of());
        object.properties().forEach(property -> add(property, top));
        for (SchemaObject.UniqueGroup group : object.unique()) {
            addUnique(group.properties(), group.rule());
        }
    }

    /**
     * Where properties stand.
     *
     * @param prefix what their columns begin with
     * @param path names of the objects that they are in, each with a dot behind it
     * @param object the number of the object
     * @param isPublic whether the object may be shown
     * @param required members that the object must have
     */
    private record Place(
            String prefix, String path, int object, boolean isPublic, Set<String> required) {}

    private void add(Property property, Place place) {
        String column = Identifiers.shorten(place.prefix() + word(property.columnName()));
        String path = place.path() + property.name();
        columnByProperty.put(path, column);
        boolean isWhole = ColumnTypes.isWhole(property) || flat;
        if (flat && !property.properties().isEmpty()) {
            unenforced.add(
                    new StreamRules.UnenforcedRule(
                            path, "properties", "the source's objects become one column each"));
        }
        boolean isObject = !property.properties().isEmpty() && !isWhole;
        String required = required(property, place);
        if (isObject) {
            addObject(property, place, column, path, required);
        }
        ColumnType type = isObject ? null : ColumnTypes.of(property);
        int itself = RowCheck.NO_OBJECT;
        if (type != null) {
            types.putIfAbsent(column, type);
            // Also an object that should not be there: it must be seen to be refused.
            whole.add(column);
        } else if (!isObject) {
            itself = objects.size();
            objects.add(
                    new ObjectRule(
                            itself, column, path, null, place.object(), 0, Integer.MAX_VALUE));
        }
        columns.add(
                new ColumnRule(
                        columns.size(),
                        column,
                        path,
                        isObject ? ValueRule.ofObject(property) : ValueRule.of(property),
                        isObject ? null : required,
                        place.object(),
                        itself,
                        place.isPublic() && property.isPublic()));
        for (Rule rule : property.rules()) {
            if (rule instanceof Rule.Unique) {
                addUnique(List.of(path), rule.text());
            }
        }
    }

    private static @Nullable String required(Property property, Place place) {
        return Stream.concat(
                        property.rules().stream()
                                .filter(Rule.Required.class::isInstance)
                                .map(Rule::text),
                        place.required().contains(property.name())
                                ? Stream.of("required")
                                : Stream.empty())
                .findFirst()
                .orElse(null);
    }

    private void addObject(
            Property property, Place place, String column, String path, @Nullable String required) {
        int least = 0;
        int most = Integer.MAX_VALUE;
        Set<String> members = new HashSet<>();
        for (Rule rule : property.rules()) {
            switch (rule) {
                case Rule.MinProperties(int count) -> least = count;
                case Rule.MaxProperties(int count) -> most = count;
                case Rule.RequiredMembers(List<String> names) -> members.addAll(names);
                default -> {}
            }
        }
        int number = objects.size();
        objects.add(new ObjectRule(number, column, path, required, place.object(), least, most));
        boolean isContainer =
                separator.equals(JOINS_SEGMENT)
                        && place.prefix().isEmpty()
                        && CONTAINERS.contains(column);
        Place within =
                new Place(
                        isContainer ? "" : column + separator,
                        path + ".",
                        number,
                        place.isPublic() && property.isPublic(),
                        members);
        property.properties().forEach(member -> add(member, within));
        Set<String> described =
                property.properties().stream().map(Property::name).collect(Collectors.toSet());
        for (String name : members) {
            if (!described.contains(name)) {
                add(undescribed(name), within);
            }
        }
    }

    /** A member that must be there, and of which nothing else is said. */
    private static Property undescribed(String name) {
        return new Property(
                name, null, null, null, null, null, List.of(), List.of(), null, List.of());
    }

    private String word(String name) {
        return separator.equals(JOINS_SEGMENT)
                ? Identifiers.snakeCase(name)
                : Stream.of(name.split(JOINS_PLAIN))
                        .filter(word -> !word.isEmpty())
                        .map(Identifiers::snakeCase)
                        .collect(Collectors.joining(JOINS_PLAIN));
    }

    private void addUnique(List<String> properties, String rule) {
        if (ofChanges) {
            unenforced.add(
                    new StreamRules.UnenforcedRule(
                            String.join(", ", properties),
                            rule,
                            "changes make a row of each key, and nothing else of it is unique"));
            return;
        }
        List<String> names = new ArrayList<>();
        for (String property : properties) {
            String column = columnByProperty.get(property);
            if (column != null) {
                names.add(column);
            }
        }
        String index =
                Identifiers.shorten(
                        UniqueIndexes.PREFIX + relation.name() + "__" + String.join("__", names));
        UniqueRule found = new UniqueRule(index, names, properties, rule);
        boolean isIdentity = names.size() == 1 && names.getFirst().equals(identity);
        List<UniqueRule> rules = isIdentity ? byIdentity : unique;
        if (!names.isEmpty() && rules.stream().noneMatch(other -> other.columns().equals(names))) {
            rules.add(found);
        }
    }
}
