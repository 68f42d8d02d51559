package dev.millrace.serving.query;

import dev.millrace.serving.access.Visit;
import dev.millrace.serving.semantic.CompiledQuery;
import dev.millrace.serving.semantic.SqlStatement;
import dev.millrace.serving.semantic.Viewer;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * What somebody asks of a revision of the model: read, compiled, and all that follows from it
 * alone. Those who ask the same, and may see the same, share one.
 */
final class Question {

    private final String text;
    private final ServedModel.Revision revision;
    private final QuerySet set;
    private final List<CompiledQuery> compiled;
    private final List<SqlStatement> statements;
    private final List<String> forms;
    private final Visit.Members members;

    /** The answer that was last made of results, for the next who gets the same ones. */
    private volatile @Nullable WrittenAnswer last;

    /**
     * @param text as it was written
     * @param members what it asks for
     * @throws dev.millrace.serving.semantic.QueryException if it cannot be answered to this viewer
     */
    Question(
            String text,
            ServedModel.Revision revision,
            QuerySet set,
            Visit.Members members,
            Viewer viewer) {
        this.text = text;
        this.revision = revision;
        this.set = set;
        this.compiled = revision.compile(set, viewer);
        this.statements = compiled.stream().map(CompiledQuery::statement).toList();
        this.forms = forms(set, compiled);
        this.members = members;
    }

    private static List<String> forms(QuerySet set, List<CompiledQuery> compiled) {
        List<String> forms = new ArrayList<>(List.of(set.type().wireName()));
        for (int i = 0; i < compiled.size(); i++) {
            CompiledQuery query = compiled.get(i);
            forms.add(set.queries().get(i).format() + (query.total() == null ? "" : " total"));
            query.columns().forEach(column -> forms.add(column.key()));
            forms.add(comparedRange(set, i));
        }
        return List.copyOf(forms);
    }

    /** Rows of compared ranges say which range they are of. */
    private static String comparedRange(QuerySet set, int query) {
        return set.type() == QuerySet.Type.COMPARE_DATE_RANGE
                ? String.valueOf(set.queries().get(query).echo().get("timeDimensions"))
                : "";
    }

    /** Whether an answer to it was written. */
    boolean isWritten(boolean multi) {
        WrittenAnswer known = last;
        return known != null && known.multi() == multi;
    }

    /** The answer of these results, if it was written for somebody else. */
    Optional<WrittenAnswer> written(Results results, boolean multi) {
        return Optional.ofNullable(last).filter(known -> known.isOf(results, multi));
    }

    /** The same, and written if it was not. */
    WrittenAnswer written(Results results, boolean multi, Supplier<WrittenAnswer> writing) {
        return written(results, multi)
                .orElseGet(
                        () -> {
                            WrittenAnswer written = writing.get();
                            last = written;
                            return written;
                        });
    }

    String text() {
        return text;
    }

    ServedModel.Revision revision() {
        return revision;
    }

    QuerySet set() {
        return set;
    }

    List<CompiledQuery> compiled() {
        return compiled;
    }

    /** The SQL that answers it. */
    List<SqlStatement> statements() {
        return statements;
    }

    /** How its rows are to be written. */
    List<String> forms() {
        return forms;
    }

    /** What it asks for. */
    Visit.Members members() {
        return members;
    }

    /** Whether a smaller table may answer it. */
    boolean mayUseRollups() {
        return compiled.stream().anyMatch(query -> !query.rollups().isEmpty());
    }
}
