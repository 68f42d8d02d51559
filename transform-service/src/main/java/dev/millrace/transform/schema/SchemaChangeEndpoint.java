package dev.millrace.transform.schema;

import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

import java.util.List;

/** Tells operators how the sources' tables came to be as they are, newest first. */
@RestController
class SchemaChangeEndpoint {

    private static final int MAX_PAGE = 1_000;

    private final SchemaChanges changes;

    SchemaChangeEndpoint(SchemaChanges changes) {
        this.changes = changes;
    }

    /**
     * A page of the history.
     *
     * @param nextBefore what to ask for the next page with; absent on the last
     */
    record Page(List<SchemaChangeView> changes, @Nullable Long nextBefore) {}

    @GetMapping("/operator/schema-changes")
    Page schemaChanges(
            @RequestParam(defaultValue = "") String relation,
            @RequestParam(defaultValue = "9223372036854775807") long before,
            @RequestParam(defaultValue = "100") int limit) {
        int size = Math.clamp(limit, 1, MAX_PAGE);
        List<SchemaChangeView> page = changes.newest(relation, before, size);
        return new Page(page, page.size() < size ? null : page.getLast().id());
    }
}
