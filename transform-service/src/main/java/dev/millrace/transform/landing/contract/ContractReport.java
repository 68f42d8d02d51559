package dev.millrace.transform.landing.contract;

import dev.millrace.contracts.project.Project;
import dev.millrace.contracts.project.contract.Contract;
import dev.millrace.contracts.project.contract.Unenforced;
import dev.millrace.contracts.project.source.Source;
import dev.millrace.contracts.project.source.StreamSettings;
import dev.millrace.transform.landing.row.UniqueRule;
import dev.millrace.transform.schema.Relation;
import dev.millrace.transform.schema.Tables;

import org.jspecify.annotations.Nullable;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** What contracts a project has, and which of their rules are enforced. */
final class ContractReport {

    private final Tables tables;

    ContractReport(Tables tables) {
        this.tables = tables;
    }

    /** A contract and the streams that are held to it. */
    record ContractView(
            String file, String id, String version, String status, List<StreamView> streams) {}

    /** What a stream is held to. */
    record StreamView(
            String stream,
            List<StreamRules.EnforcedRule> enforced,
            List<NotEnforced> notEnforced) {}

    /**
     * A rule that the stream is not held to.
     *
     * @param line where it stands in the file; absent if it is enforced in principle
     */
    record NotEnforced(String property, String rule, String why, @Nullable Integer line) {}

    /** All of them, for one revision of the project. */
    record Contracts(String revision, List<ContractView> contracts) {}

    Contracts of(Project project) throws SQLException {
        List<ContractView> views = new ArrayList<>();
        for (Contract contract : project.contracts()) {
            views.add(
                    new ContractView(
                            contract.file(),
                            contract.id(),
                            contract.version(),
                            contract.status(),
                            streams(project, contract)));
        }
        return new Contracts(project.revision(), views);
    }

    private List<StreamView> streams(Project project, Contract contract) throws SQLException {
        List<StreamView> views = new ArrayList<>();
        for (Source source : project.sources()) {
            for (StreamSettings stream : source.streams()) {
                StreamRules rules = StreamRules.of(source, stream);
                if (rules != null && rules.bound().contract().file().equals(contract.file())) {
                    views.add(view(rules));
                }
            }
        }
        return views;
    }

    private StreamView view(StreamRules rules) throws SQLException {
        List<StreamRules.EnforcedRule> enforced = new ArrayList<>(rules.enforced());
        List<NotEnforced> not = new ArrayList<>();
        rules.bound().object().unenforced().forEach(rule -> not.add(view(rule)));
        rules.bound().contract().unenforced().forEach(rule -> not.add(view(rule)));
        rules.unenforced()
                .forEach(
                        rule ->
                                not.add(
                                        new NotEnforced(
                                                rule.property(), rule.rule(), rule.why(), null)));
        Relation relation = rules.relation();
        boolean hasTable = tables.find(relation).isPresent();
        Set<String> indexes =
                rules.unique().isEmpty()
                        ? Set.of()
                        : tables.indexes(relation, UniqueIndexes.PREFIX);
        for (UniqueRule rule : rules.unique()) {
            if (!hasTable || indexes.contains(rule.index())) {
                enforced.add(new StreamRules.EnforcedRule(rule.subject(), rule.rule()));
            } else {
                not.add(
                        new NotEnforced(
                                rule.subject(),
                                rule.rule(),
                                "the table %s has no unique index on %s: it had rows already that"
                                                .formatted(relation, rule.columns())
                                        + " are not unique, or no row has landed since",
                                null));
            }
        }
        return new StreamView(relation.qualified(), enforced, not);
    }

    private static NotEnforced view(Unenforced rule) {
        return new NotEnforced(rule.property(), rule.rule(), rule.why(), rule.position().line());
    }
}
