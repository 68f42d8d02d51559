package dev.millrace.transform.materialization.live;

import dev.millrace.contracts.warehouse.RelationName;
import dev.millrace.transform.materialization.live.Words.Word;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** What names mean in a level: columns of its sources. */
final class Scope {

    private final List<Source> sources;
    private final Set<String> shared = new HashSet<>();

    Scope(List<Source> sources) {
        this.sources = sources;
    }

    /** Columns that a join brings together, so that a bare name means both. */
    void share(String column) {
        shared.add(column);
    }

    /** A column that a text uses. */
    record Use(Source source, String name, @Nullable Output column, Word word) {

        /** Within the join that brings the source, and before rows without it come in. */
        Grade inner() {
            return column == null ? Grade.KEY : column.grade();
        }

        Grade outer() {
            return source.isNullable() ? inner().worst(Grade.LOOSE) : inner();
        }
    }

    /**
     * The columns that a text uses. What is no column of a source is taken for part of the
     * language, as PostgreSQL has seen the query before.
     */
    List<Use> uses(String text) throws RefusedException {
        List<Use> uses = new ArrayList<>();
        walk(Words.of(text), uses, new StringBuilder());
        return uses;
    }

    /** A text with all names written out. */
    String canonical(String text) throws RefusedException {
        StringBuilder canonical = new StringBuilder();
        walk(Words.of(text), new ArrayList<>(), canonical);
        return canonical.toString();
    }

    private void walk(List<Word> words, List<Use> uses, StringBuilder canonical)
            throws RefusedException {
        for (int i = 0; i < words.size(); ) {
            Word word = words.get(i);
            if (!word.isName() || (i > 0 && words.get(i - 1).isSign("."))) {
                canonical.append(word.text()).append(' ');
                i++;
                continue;
            }
            int end = i + 1;
            while (end + 1 < words.size()
                    && words.get(end).isSign(".")
                    && words.get(end + 1).isName()) {
                end += 2;
            }
            boolean isCall = end < words.size() && words.get(end).isSign("(");
            Use use = isCall ? null : use(words, i, end);
            if (use == null) {
                words.subList(i, end).forEach(part -> canonical.append(part.text()));
            } else {
                uses.add(use);
                canonical
                        .append(RelationName.quote(use.source().alias()))
                        .append('.')
                        .append(RelationName.quote(use.name()));
            }
            canonical.append(' ');
            i = end;
        }
    }

    private @Nullable Use use(List<Word> words, int begin, int end) throws RefusedException {
        int parts = (end - begin + 1) / 2;
        Word word = words.get(begin);
        if (parts == 1) {
            return bare(word);
        }
        String first = word.text();
        for (Source source : sources) {
            if (source.alias().equals(first)) {
                Word last = words.get(begin + 2);
                Output column = source.columns().get(last.text());
                return column != null || source.isOpen()
                        ? new Use(source, last.text(), column, last)
                        : null;
            }
        }
        if (parts > 2) {
            throw new RefusedException(
                    "%s is written with its schema; give the table an alias in FROM and write alias.column"
                            .formatted(last(words, begin, end)),
                    -1);
        }
        return null;
    }

    private static String last(List<Word> words, int begin, int end) {
        StringBuilder name = new StringBuilder();
        words.subList(begin, end).forEach(part -> name.append(part.text()));
        return name.toString();
    }

    private @Nullable Use bare(Word word) throws RefusedException {
        Use found = null;
        for (Source source : sources) {
            Output column = source.columns().get(word.text());
            if (column != null) {
                Use use = new Use(source, word.text(), column, word);
                // Of a column that a join brings together, the first one is always there.
                if (found == null) {
                    found = use;
                } else if (!shared.contains(word.text())) {
                    found = found.outer().compareTo(use.outer()) >= 0 ? found : use;
                }
            }
        }
        for (Source source : sources) {
            if (found == null && source.alias().equals(word.text()) && !source.isOpen()) {
                throw new RefusedException(
                        "%s is a whole row, which changes with the table; name its columns"
                                .formatted(word.text()),
                        -1);
            }
        }
        return found;
    }

    /** How much one row says of the value of a text without aggregates. */
    static Grade outer(List<Use> uses) {
        return uses.stream().map(Use::outer).reduce(Grade.KEY, Grade::worst);
    }

    static Grade inner(List<Use> uses) {
        return uses.stream().map(Use::inner).reduce(Grade.KEY, Grade::worst);
    }
}
