package dev.millrace.transform.quarantine;

import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;

import java.util.List;

/** Shows operators what is in quarantine, newest first. */
@RestController
class QuarantineEndpoint {

    private static final int MAX_PAGE = 1_000;

    private final QuarantineShelves shelves;

    QuarantineEndpoint(QuarantineShelves shelves) {
        this.shelves = shelves;
    }

    /**
     * A page of records, without their bytes.
     *
     * @param nextBefore what to ask for the next page with; absent on the last
     */
    record Page(List<QuarantineShelves.Summary> records, @Nullable Long nextBefore) {}

    @GetMapping("/operator/quarantine")
    Page records(
            @RequestParam(defaultValue = "") String source,
            @RequestParam(defaultValue = "") String stream,
            @RequestParam(defaultValue = "") String reason,
            @RequestParam(defaultValue = "9223372036854775807") long before,
            @RequestParam(defaultValue = "100") int limit) {
        int size = Math.clamp(limit, 1, MAX_PAGE);
        List<QuarantineShelves.Summary> page = shelves.newest(source, stream, reason, before, size);
        return new Page(page, page.size() < size ? null : page.getLast().id());
    }

    @GetMapping("/operator/quarantine/counts")
    List<QuarantineShelves.Count> counts() {
        return shelves.counts();
    }

    @GetMapping("/operator/quarantine/{id}")
    QuarantineShelves.Content record(@PathVariable long id) {
        return shelves.content(id)
                .orElseThrow(
                        () ->
                                new ResponseStatusException(
                                        HttpStatus.NOT_FOUND,
                                        "There is no record " + id + " in quarantine."));
    }
}
