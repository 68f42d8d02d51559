package dev.millrace.operations.revision;

import dev.millrace.contracts.project.Problem;
import dev.millrace.contracts.project.ProjectLoader.Kind;

import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

import java.time.Instant;
import java.util.List;
import java.util.Locale;

/** Tells which revision of the project is in force, and what is wrong with a newer one. */
@RestController
class ProjectEndpoint {

    private final ProjectRevisions revisions;
    private final List<String> kinds;

    ProjectEndpoint(ProjectRevisions revisions, ProjectKinds kinds) {
        this.revisions = revisions;
        this.kinds =
                kinds.kinds().stream()
                        .sorted()
                        .map(Kind::name)
                        .map(name -> name.toLowerCase(Locale.ROOT))
                        .toList();
    }

    record RevisionView(
            String revision,
            Instant loadedAt,
            List<String> kinds,
            int files,
            @Nullable CandidateView candidate) {}

    record CandidateView(@Nullable String revision, List<ProblemView> problems, Instant seenAt) {}

    record ProblemView(String file, int line, int column, String message) {

        static ProblemView of(Problem problem) {
            return new ProblemView(
                    problem.position().file(),
                    problem.position().line(),
                    problem.position().column(),
                    problem.message());
        }
    }

    @GetMapping("/operator/project")
    RevisionView project() {
        ProjectRevisions.State state = revisions.state();
        return new RevisionView(
                state.project().revision(),
                state.loadedAt(),
                kinds,
                state.project().files().contents().size(),
                view(state.candidate()));
    }

    private static @Nullable CandidateView view(@Nullable Candidate candidate) {
        return candidate == null
                ? null
                : new CandidateView(
                        candidate.revision(),
                        candidate.problems().stream().map(ProblemView::of).toList(),
                        candidate.seenAt());
    }
}
