package dev.millrace.transform.landing;

import dev.millrace.contracts.project.source.SchemaContract.Mode;
import dev.millrace.operations.problem.Refusal;
import dev.millrace.transform.schema.Dependents;
import dev.millrace.transform.schema.Proposal;
import dev.millrace.transform.schema.ProposalView;
import dev.millrace.transform.schema.Tables;

import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

import java.security.Principal;
import java.sql.SQLException;
import java.util.Optional;

/** Lets operators decide on changes of tables that the schema contract leaves to them. */
@RestController
@RequestMapping("/operator/schema-changes/{id:[0-9]{1,18}}")
class SchemaReviewEndpoint {

    private static final int MAX_REASON = 1_000;

    private final SchemaReview review;
    private final ReplayWork work;
    private final Dependents dependents;

    SchemaReviewEndpoint(SchemaReview review, ReplayWork work, Dependents dependents) {
        this.review = review;
        this.work = work;
        this.dependents = dependents;
    }

    /**
     * A decision.
     *
     * @param then for a rejection: {@code freeze} (as it is), {@code discard_row} or {@code
     *     discard_value}
     */
    record Decision(@Nullable String reason, @Nullable String then) {}

    @PostMapping("/approve")
    ProposalView approve(@PathVariable long id, @RequestBody Decision decision, Principal operator)
            throws SQLException {
        String reason = reason(decision);
        if (decision.then() != null) {
            throw Refusal.of(
                    HttpStatus.UNPROCESSABLE_CONTENT, "'then' is for changes that are rejected.");
        }
        try {
            return decided(id, review.approve(id, operator.getName(), reason));
        } catch (SchemaReview.DecidedException e) {
            throw Refusal.of(HttpStatus.CONFLICT, e.getMessage());
        } catch (SQLException e) {
            if (!Tables.isLockMissed(e)) {
                throw e;
            }
            throw Refusal.of(
                    HttpStatus.CONFLICT,
                    "The table is in use and could not change in 10 s; nothing has happened. Try"
                            + " again, or see who uses it in pg_stat_activity.");
        }
    }

    @PostMapping("/reject")
    ProposalView reject(@PathVariable long id, @RequestBody Decision decision, Principal operator)
            throws SQLException {
        String reason = reason(decision);
        Mode then =
                switch (decision.then() == null ? "freeze" : decision.then()) {
                    case "freeze" -> Mode.FREEZE;
                    case "discard_row" -> Mode.DISCARD_ROW;
                    case "discard_value" -> Mode.DISCARD_VALUE;
                    default ->
                            throw Refusal.of(
                                    HttpStatus.UNPROCESSABLE_CONTENT,
                                    "'then' is freeze, discard_row or discard_value.");
                };
        try {
            return decided(id, review.reject(id, operator.getName(), reason, then));
        } catch (SchemaReview.DecidedException e) {
            throw Refusal.of(HttpStatus.CONFLICT, e.getMessage());
        }
    }

    private ProposalView decided(long id, Optional<Proposal> proposal) {
        work.wake();
        return proposal.map(found -> ProposalView.of(found, dependents))
                .orElseThrow(
                        () ->
                                Refusal.of(
                                        HttpStatus.NOT_FOUND,
                                        "There is no proposed schema change " + id + "."));
    }

    private static String reason(Decision decision) {
        String reason = decision.reason() == null ? "" : decision.reason().strip();
        if (reason.isEmpty() || reason.length() > MAX_REASON || reason.indexOf('\0') >= 0) {
            throw Refusal.of(
                    HttpStatus.UNPROCESSABLE_CONTENT,
                    "Say in 'reason' why, in at most 1000 characters; it is kept with the change.");
        }
        return reason;
    }
}
