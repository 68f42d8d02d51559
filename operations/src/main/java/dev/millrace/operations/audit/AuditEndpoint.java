package dev.millrace.operations.audit;

import dev.millrace.operations.page.PageLimit;

import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

import java.time.Instant;
import java.util.List;

/** Lets an admin read the audit, newest first, page by page. */
@RestController
class AuditEndpoint {

    private static final int MAX_LIMIT = 1000;

    private final AuditLog audit;

    AuditEndpoint(AuditLog audit) {
        this.audit = audit;
    }

    /**
     * A page of the audit.
     *
     * @param entries newest first
     * @param next what to give as {@code before} for the next page; empty on the last
     */
    record Page(List<AuditEntry> entries, @Nullable Long next) {}

    @GetMapping("/operator/audit")
    Page entries(
            @RequestParam(required = false) @Nullable String actor,
            @RequestParam(required = false) @Nullable String method,
            @RequestParam(required = false) @Nullable String path,
            @RequestParam(required = false) @Nullable Integer status,
            @RequestParam(required = false) @Nullable Instant from,
            @RequestParam(required = false) @Nullable Instant to,
            @RequestParam(required = false) @Nullable Long before,
            @RequestParam(defaultValue = "100") int limit) {
        PageLimit most = PageLimit.of(limit, MAX_LIMIT);
        List<AuditEntry> found =
                audit.entries(
                        new AuditQuery(
                                actor, method, path, status, from, to, before, most.toFind()));
        PageLimit.Shown<AuditEntry, Long> shown = most.show(found, AuditEntry::id);
        return new Page(shown.items(), shown.next());
    }
}
