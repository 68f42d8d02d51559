package dev.millrace.transform.materialization;

import dev.millrace.contracts.warehouse.RelationName;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/**
 * What is to be built.
 *
 * @param target the relation
 * @param kind what it becomes
 * @param sql the query that it holds
 * @param creation writes the statement that makes the relation of its query
 * @param options what it has beside its rows
 * @param before statements to run before it is built
 * @param after statements to run when it has its name
 * @param rebuiltLater relations that the same run builds after it: they may break in the meantime
 * @param growth how many rows its query may give
 * @param audit looks at its rows before others see them
 */
public record Build(
        RelationName target,
        Kind kind,
        String sql,
        Creation creation,
        Options options,
        List<Hook> before,
        List<Hook> after,
        Set<RelationName> rebuiltLater,
        GrowthLimit growth,
        Audit audit) {

    public Build {
        before = List.copyOf(before);
        after = List.copyOf(after);
        rebuiltLater = Set.copyOf(rebuiltLater);
    }

    /** What may have any number of rows, and is seen as soon as it is built. */
    public Build(
            RelationName target,
            Kind kind,
            String sql,
            Creation creation,
            Options options,
            List<Hook> before,
            List<Hook> after,
            Set<RelationName> rebuiltLater) {
        this(
                target,
                kind,
                sql,
                creation,
                options,
                before,
                after,
                rebuiltLater,
                GrowthLimit.NONE,
                Audit.NONE);
    }

    /** The same for rows that are looked at before others see them. */
    public Build audited(Audit by) {
        return new Build(
                target, kind, sql, creation, options, before, after, rebuiltLater, growth, by);
    }

    /** The same with a limit to the rows that its query gives. */
    public Build growingTo(GrowthLimit limit) {
        return new Build(
                target, kind, sql, creation, options, before, after, rebuiltLater, limit, audit);
    }

    /** The same with other statements before and after it. */
    public Build with(List<Hook> otherBefore, List<Hook> otherAfter) {
        return new Build(
                target,
                kind,
                sql,
                creation,
                options,
                otherBefore,
                otherAfter,
                rebuiltLater,
                growth,
                audit);
    }

    /**
     * A statement of the user's.
     *
     * @param sql the statement, which is asked for at the moment that it is to run; empty for none
     * @param inTransaction whether it is done together with what it stands beside, or not at all;
     *     some statements of PostgreSQL, such as {@code VACUUM}, run in no transaction
     */
    public record Hook(Supplier<String> sql, boolean inTransaction) {}

    /** Writes the statement that makes a relation. */
    @FunctionalInterface
    public interface Creation {

        /** The statement; the query stands in it as it is. */
        String statement(RelationName name, Kind kind, String sql);
    }

    /** What a relation is. */
    public enum Kind {
        VIEW,
        TABLE,
        MATERIALIZED_VIEW;

        /** The word for it in statements. */
        String keyword() {
            return name().replace('_', ' ');
        }
    }

    /**
     * What a relation has beside its rows.
     *
     * @param unlogged a table that is empty after a crash of the server
     * @param indexes indexes of a table
     * @param comment description of the relation, or empty
     * @param columnComments descriptions of columns, by name
     * @param grants roles by privilege
     * @param tenancy whose rows readers see
     */
    public record Options(
            boolean unlogged,
            List<Index> indexes,
            String comment,
            Map<String, String> columnComments,
            Map<String, List<String>> grants,
            Tenancy tenancy) {

        public static final Options NONE =
                new Options(false, List.of(), "", Map.of(), Map.of(), Tenancy.OPEN);

        /** One that was written down before there were tenants has none. */
        public Options(
                boolean unlogged,
                List<Index> indexes,
                String comment,
                Map<String, String> columnComments,
                Map<String, List<String>> grants,
                @Nullable Tenancy tenancy) {
            this.unlogged = unlogged;
            this.indexes = indexes;
            this.comment = comment;
            this.columnComments = columnComments;
            this.grants = grants;
            this.tenancy = tenancy == null ? Tenancy.OPEN : tenancy;
        }

        /** The same for rows that others see. */
        public Options with(Tenancy other) {
            return new Options(unlogged, indexes, comment, columnComments, grants, other);
        }
    }

    /**
     * Whose rows of a relation readers see.
     *
     * @param column names the tenant of a row; empty if none does
     */
    public record Tenancy(Rule rule, String column) {

        /** It has no rows of tenants: readers see what they are granted. */
        public static final Tenancy OPEN = new Tenancy(Rule.OPEN, "");

        /** It has such rows and does not say whose; of a view they see what they see below it. */
        public static final Tenancy WITHHELD = new Tenancy(Rule.WITHHELD, "");

        /** It mixes tenants on purpose. */
        public static final Tenancy SHARED = new Tenancy(Rule.SHARED, "");

        /** Which of these it is. */
        public enum Rule {
            OPEN,
            SEPARATE,
            WITHHELD,
            SHARED
        }

        /** Readers see the rows of their tenant. */
        public static Tenancy separate(String column) {
            return new Tenancy(Rule.SEPARATE, column);
        }

        /** Whether readers do not see all. */
        boolean limits() {
            return rule == Rule.SEPARATE || rule == Rule.WITHHELD;
        }
    }

    /**
     * An index.
     *
     * @param columns its columns
     * @param unique whether two rows may have the same values
     * @param type access method, such as {@code btree} or {@code brin}
     */
    public record Index(List<String> columns, boolean unique, String type) {}
}
