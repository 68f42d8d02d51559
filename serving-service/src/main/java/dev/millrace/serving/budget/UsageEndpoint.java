package dev.millrace.serving.budget;

import dev.millrace.operations.page.PageLimit;
import dev.millrace.operations.problem.Refusal;
import dev.millrace.serving.access.BookedName;

import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.util.Base64;
import java.util.List;

/** Tells operators who used how much, day by day. */
@RestController
class UsageEndpoint {

    private static final int MAX_LIMIT = 1_000;

    private final UsageTable table;

    UsageEndpoint(UsageTable table) {
        this.table = table;
    }

    /**
     * A page.
     *
     * @param usage the latest days first
     * @param next what to give as {@code after} for the next page; empty on the last
     */
    record Page(List<UsageTable.Line> usage, @Nullable String next) {}

    @GetMapping("/operator/usage")
    Page usage(
            @RequestParam(required = false) @Nullable LocalDate from,
            @RequestParam(required = false) @Nullable LocalDate to,
            @RequestParam(required = false) @Nullable String account,
            @RequestParam(required = false) @Nullable String tenant,
            @RequestParam(required = false) @Nullable String after,
            @RequestParam(defaultValue = "100") int limit) {
        PageLimit most = PageLimit.of(limit, MAX_LIMIT);
        List<UsageTable.Line> found =
                table.lines(
                        from,
                        to,
                        text(account),
                        text(tenant),
                        after == null ? null : place(after),
                        most.toFind());
        PageLimit.Shown<UsageTable.Line, String> shown =
                most.show(found, (UsageTable.Line last) -> text(last));
        return new Page(shown.items(), shown.next());
    }

    private static @Nullable String text(@Nullable String given) {
        if (given != null && given.indexOf('\0') >= 0) {
            throw Refusal.of(HttpStatus.BAD_REQUEST, "No name has such characters.");
        }
        return given == null ? null : BookedName.of(given);
    }

    private static String text(UsageTable.Line last) {
        return Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString(
                        JsonMapper.shared()
                                .writeValueAsBytes(
                                        new UsageTable.Place(
                                                last.day(), last.account(), last.key())));
    }

    private static UsageTable.Place place(String after) {
        try {
            UsageTable.Place place =
                    JsonMapper.shared()
                            .readValue(
                                    new String(
                                            Base64.getUrlDecoder().decode(after),
                                            StandardCharsets.UTF_8),
                                    UsageTable.Place.class);
            text(place.account() + place.key());
            return place;
        } catch (IllegalArgumentException | JacksonException | NullPointerException e) {
            throw Refusal.of(HttpStatus.BAD_REQUEST, "'after' is the 'next' of a page.");
        }
    }
}
