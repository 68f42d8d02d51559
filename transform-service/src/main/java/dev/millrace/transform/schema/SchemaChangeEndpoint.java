package dev.millrace.transform.schema;

import dev.millrace.contracts.event.SchemaChanged;

import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;

import java.sql.SQLException;
import java.util.List;

/** Tells operators how the sources' tables came to be as they are, and what is to be decided. */
@RestController
class SchemaChangeEndpoint {

    private static final int MAX_PAGE = 1_000;

    private final SchemaChanges changes;
    private final Proposals proposals;
    private final Dependents dependents;

    SchemaChangeEndpoint(SchemaChanges changes, Proposals proposals, Dependents dependents) {
        this.changes = changes;
        this.proposals = proposals;
        this.dependents = dependents;
    }

    /**
     * A page of the history.
     *
     * @param nextBefore what to ask for the next page with; absent on the last
     */
    record Page(List<SchemaChangeView> changes, @Nullable Long nextBefore) {}

    /** A page of proposals, newest first. */
    record ProposalPage(List<ProposalView> proposals, @Nullable Long nextBefore) {}

    /** A change, and what uses what it is about. */
    record MadeChange(SchemaChangeView change, SchemaChanged.Dependents dependents) {}

    @GetMapping("/operator/schema-changes")
    Page schemaChanges(
            @RequestParam(defaultValue = "") String relation,
            @RequestParam(defaultValue = "9223372036854775807") long before,
            @RequestParam(defaultValue = "100") int limit) {
        int size = Math.clamp(limit, 1, MAX_PAGE);
        List<SchemaChangeView> page = changes.newest(relation, before, size);
        return new Page(page, page.size() < size ? null : page.getLast().id());
    }

    @GetMapping(path = "/operator/schema-changes", params = "state")
    ProposalPage proposals(
            @RequestParam String state,
            @RequestParam(defaultValue = "") String relation,
            @RequestParam(defaultValue = "9223372036854775807") long before,
            @RequestParam(defaultValue = "100") int limit)
            throws SQLException {
        Proposal.State wanted =
                Proposal.State.of(state)
                        .orElseThrow(
                                () ->
                                        new ResponseStatusException(
                                                HttpStatus.BAD_REQUEST,
                                                "The state is proposed, approved or rejected."));
        int size = Math.clamp(limit, 1, MAX_PAGE);
        List<ProposalView> page =
                proposals.newest(wanted, relation, before, size).stream()
                        .map(proposal -> ProposalView.of(proposal, dependents))
                        .toList();
        return new ProposalPage(page, page.size() < size ? null : page.getLast().id());
    }

    /** A proposal, or a change that was made: they have numbers of one sequence. */
    @GetMapping("/operator/schema-changes/{id:[0-9]{1,18}}")
    Object one(@PathVariable long id) throws SQLException {
        var proposal = proposals.find(id);
        if (proposal.isPresent()) {
            return ProposalView.of(proposal.get(), dependents);
        }
        return changes.find(id)
                .map(
                        change ->
                                new MadeChange(
                                        change,
                                        dependents.of(
                                                relation(change.relation()), change.column())))
                .orElseThrow(
                        () ->
                                new ResponseStatusException(
                                        HttpStatus.NOT_FOUND,
                                        "There is no schema change " + id + "."));
    }

    @GetMapping("/operator/relations/{relation}/dependents")
    SchemaChanged.Dependents dependents(
            @PathVariable String relation, @RequestParam(defaultValue = "") String column) {
        return dependents.of(relation(relation), column.isEmpty() ? null : column);
    }

    private static Relation relation(String qualified) {
        int dot = qualified.indexOf('.');
        if (dot < 1 || dot == qualified.length() - 1) {
            throw new ResponseStatusException(
                    HttpStatus.BAD_REQUEST,
                    "A relation is a schema and a name joined by a dot, such as web.tracks.");
        }
        return new Relation(qualified.substring(0, dot), qualified.substring(dot + 1));
    }
}
