package dev.millrace.serving.audit;

import dev.millrace.operations.page.PageLimit;
import dev.millrace.operations.problem.Refusal;
import dev.millrace.serving.access.BookedName;

import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/** Lets an admin read who saw which data, newest first, page by page. */
@RestController
class AccessAuditEndpoint {

    private static final int MAX_LIMIT = 1_000;

    private final AccessTable table;

    AccessAuditEndpoint(AccessTable table) {
        this.table = table;
    }

    /**
     * A page.
     *
     * @param accesses newest first
     * @param next what to give as {@code before} for the next page; empty on the last
     */
    record Page(List<AccessTable.Row> accesses, @Nullable Long next) {}

    @GetMapping("/operator/accesses")
    Page accesses(
            @RequestParam(required = false) @Nullable String account,
            @RequestParam(required = false) @Nullable String tenant,
            @RequestParam(required = false) @Nullable String member,
            @RequestParam(required = false) @Nullable String door,
            @RequestParam(required = false) @Nullable String outcome,
            @RequestParam(required = false) @Nullable Instant from,
            @RequestParam(required = false) @Nullable Instant to,
            @RequestParam(required = false) @Nullable Long before,
            @RequestParam(defaultValue = "100") int limit) {
        PageLimit most = PageLimit.of(limit, MAX_LIMIT);
        if (Stream.of(account, tenant, member, door, outcome)
                .filter(Objects::nonNull)
                .anyMatch(text -> text.indexOf('\0') >= 0)) {
            throw Refusal.of(HttpStatus.BAD_REQUEST, "No name has such characters.");
        }
        List<AccessTable.Row> found =
                table.find(
                        new AccessTable.Search(
                                booked(account),
                                booked(tenant),
                                booked(member),
                                door,
                                outcome,
                                from,
                                to,
                                before,
                                most.toFind()));
        PageLimit.Shown<AccessTable.Row, Long> shown = most.show(found, AccessTable.Row::id);
        return new Page(shown.items(), shown.next());
    }

    private static @Nullable String booked(@Nullable String name) {
        return name == null ? null : BookedName.of(name);
    }
}
