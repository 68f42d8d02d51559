package dev.millrace.serving.query;

import dev.millrace.serving.access.Visit;
import dev.millrace.serving.semantic.Query;

import java.util.List;
import java.util.stream.Stream;

/** The names of what queries ask for, as many as anybody reads. */
final class AskedMembers {

    /** Those of a query that somebody wrote; what is beyond asks for nothing that exists. */
    private static final int MOST_NAMES = 500;

    private static final int LONGEST_NAME = 300;

    private AskedMembers() {}

    static Visit.Members of(QuerySet set) {
        List<Query> queries = set.queries().stream().map(NormalizedQuery::query).toList();
        return new Visit.Members(
                names(queries.stream().flatMap(query -> query.measures().stream())),
                names(
                        queries.stream()
                                .flatMap(
                                        query ->
                                                Stream.concat(
                                                        query.dimensions().stream(),
                                                        query.timeDimensions().stream()
                                                                .map(
                                                                        Query.TimeDimension
                                                                                ::dimension)))),
                names(queries.stream().flatMap(query -> filtered(query.filters()))),
                names(queries.stream().flatMap(query -> query.segments().stream())));
    }

    private static Stream<String> filtered(List<Query.Filter> filters) {
        return filters.stream()
                .flatMap(
                        filter ->
                                switch (filter) {
                                    case Query.And(List<Query.Filter> all) -> filtered(all);
                                    case Query.Or(List<Query.Filter> any) -> filtered(any);
                                    case Query.Condition condition -> Stream.of(condition.member());
                                });
    }

    private static List<String> names(Stream<String> paths) {
        return paths.distinct()
                .limit(MOST_NAMES)
                .map(path -> path.length() <= LONGEST_NAME ? path : path.substring(0, LONGEST_NAME))
                .toList();
    }
}
