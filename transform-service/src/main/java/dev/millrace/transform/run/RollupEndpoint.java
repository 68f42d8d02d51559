package dev.millrace.transform.run;

import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

import java.sql.SQLException;
import java.time.Instant;
import java.util.List;

/** Shows the rollups that serving wants kept, and how they are. */
@RestController
@RequestMapping("/operator/rollups")
class RollupEndpoint {

    private final RollupKeeping rollups;

    RollupEndpoint(RollupKeeping rollups) {
        this.rollups = rollups;
    }

    record RollupsView(List<RollupView> rollups) {}

    /**
     * A rollup.
     *
     * @param state {@code waiting}, {@code building}, {@code following}, {@code failing} or {@code
     *     refused}
     * @param form how its table is kept up to date
     * @param message why it fails or is refused
     */
    record RollupView(
            String id,
            String relation,
            String revision,
            String state,
            String form,
            @Nullable String message,
            Instant since,
            String sql,
            List<List<String>> indexes) {

        static RollupView of(RollupKeeping.Kept kept) {
            return new RollupView(
                    kept.wish().id(),
                    RollupKeeping.table(kept.wish()).toString(),
                    kept.wish().revision(),
                    kept.state(),
                    kept.form(),
                    kept.message(),
                    kept.since(),
                    kept.wish().sql(),
                    kept.wish().indexes());
        }
    }

    /**
     * @param state shows only those in this state
     */
    @GetMapping
    RollupsView rollups(@RequestParam(required = false) @Nullable String state)
            throws SQLException {
        return new RollupsView(
                rollups.all().stream()
                        .filter(kept -> state == null || kept.state().equals(state))
                        .map(RollupView::of)
                        .toList());
    }
}
