package dev.millrace.transform.landing;

import dev.millrace.contracts.project.source.SchemaContract;
import dev.millrace.contracts.project.source.SchemaContract.Mode;
import dev.millrace.contracts.record.QuarantineReason;
import dev.millrace.transform.schema.Decisions;
import dev.millrace.transform.schema.Decisions.Decision;
import dev.millrace.transform.schema.Proposal.State;
import dev.millrace.transform.schema.Proposals;
import dev.millrace.transform.schema.WantedChange;

import org.jspecify.annotations.Nullable;

import java.util.Locale;

/**
 * Which changes a table may get: what the schema contract of its source says and, where that leaves
 * it to somebody, what they have decided.
 */
final class ChangeRules {

    private final SchemaContract contract;
    private final Decisions decisions;

    ChangeRules(SchemaContract contract, Decisions decisions) {
        this.contract = contract;
        this.decisions = decisions;
    }

    /** Whether the contract leaves something to somebody. */
    boolean review() {
        return contract.reviews();
    }

    /** Whether nobody has been asked about a change. */
    boolean isNew(WantedChange wanted) {
        return decisions.on(wanted.key()) == null;
    }

    /** What keeps the rows of a table out that is not there; nothing if it may be made. */
    Placement.@Nullable Refused table(WantedChange wanted) {
        return refused(
                contract.tables(),
                wanted,
                QuarantineReason.SCHEMA_CONTRACT,
                "the schema contract (tables: %s) forbids %s"
                        .formatted(word(contract.tables()), wanted.words()),
                "");
    }

    /** What keeps the values of a column out that is not there. */
    Placement.@Nullable Refused column(WantedChange wanted) {
        return refused(
                contract.columns(),
                wanted,
                QuarantineReason.SCHEMA_CONTRACT,
                "the schema contract (columns: %s) forbids the new column %s of %s"
                        .formatted(
                                word(contract.columns()),
                                wanted.key().column(),
                                wanted.key().relation()),
                wanted.key().column());
    }

    /** What keeps values out that the column {@code base} cannot hold. */
    Placement.@Nullable Refused variant(WantedChange wanted, String base, String misfit) {
        return refused(
                contract.dataType(),
                wanted,
                QuarantineReason.TYPE_MISMATCH,
                misfit
                        + "; the schema contract (data_type: %s) forbids another column for it"
                                .formatted(word(contract.dataType())),
                base);
    }

    private Placement.@Nullable Refused refused(
            Mode mode,
            WantedChange wanted,
            QuarantineReason reason,
            String forbidden,
            String column) {
        if (mode == Mode.EVOLVE) {
            return null;
        }
        if (mode != Mode.REVIEW) {
            return new Placement.Refused(mode, reason, forbidden, column, null);
        }
        Decision decision = decisions.on(wanted.key());
        if (decision == null && decisions.open() >= Proposals.MOST_OPEN) {
            return new Placement.Refused(
                    Mode.FREEZE,
                    QuarantineReason.SCHEMA_CONTRACT,
                    "%d changes of %s wait for somebody to decide already, and %s is not added to them"
                            .formatted(decisions.open(), wanted.key().relation(), wanted.words()),
                    column,
                    null);
        }
        if (decision == null || decision.state() == State.PROPOSED) {
            return new Placement.Refused(
                    Mode.REVIEW,
                    QuarantineReason.SCHEMA_REVIEW,
                    wanted.words() + " has to be approved",
                    column,
                    wanted);
        }
        return decision.state() == State.APPROVED
                ? null
                : new Placement.Refused(
                        decision.then(),
                        QuarantineReason.SCHEMA_CONTRACT,
                        "%s was rejected by %s (schema change %d): %s"
                                .formatted(
                                        wanted.words(),
                                        decision.by(),
                                        decision.id(),
                                        decision.why()),
                        column,
                        null);
    }

    private static String word(Mode mode) {
        return mode.name().toLowerCase(Locale.ROOT);
    }
}
