package dev.millrace.operations.audit;

import dev.millrace.operations.problem.ProblemResponse;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpStatus;
import org.springframework.web.filter.OncePerRequestFilter;

import java.io.IOException;
import java.util.Set;
import java.util.function.Predicate;

/** Enters an action before it runs: what cannot be entered does not happen. */
final class ActionFilter extends OncePerRequestFilter {

    static final String ENTRY = ActionFilter.class.getName() + ".entry";

    private static final Logger log = LoggerFactory.getLogger(ActionFilter.class);
    private static final String REASON = "X-Reason";
    private static final int MAX_REASON = 1000;
    private static final Set<String> READS = Set.of("GET", "HEAD", "OPTIONS", "TRACE");

    private final AuditLog audit;
    private final ProblemResponse problems;
    private final Predicate<HttpServletRequest> sensitive;

    ActionFilter(
            AuditLog audit, ProblemResponse problems, Predicate<HttpServletRequest> sensitive) {
        this.audit = audit;
        this.problems = problems;
        this.sensitive = sensitive;
    }

    @Override
    protected void doFilterInternal(
            HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        boolean changes = !READS.contains(request.getMethod());
        String reason = reason(request);
        if (changes && reason == null) {
            problems.write(
                    request,
                    response,
                    HttpStatus.BAD_REQUEST,
                    "This changes something: say why in the header X-Reason. It is kept in the"
                            + " audit.");
            return;
        }
        if (changes || sensitive.test(request)) {
            try {
                request.setAttribute(ENTRY, audit.enter(request, AttemptFilter.actor(), reason));
            } catch (RuntimeException e) {
                log.error("The audit cannot be written, so an action was refused", e);
                problems.write(
                        request,
                        response,
                        HttpStatus.SERVICE_UNAVAILABLE,
                        "The audit cannot be written, so nothing was done. Try again when the"
                                + " service is ready.");
                return;
            }
        }
        chain.doFilter(request, response);
    }

    /** What the caller gave as reason; none if there is nothing to read in it. */
    static @Nullable String reason(HttpServletRequest request) {
        String header = request.getHeader(REASON);
        return header == null || header.isBlank()
                ? null
                : AuditLog.printable(HeaderText.typed(header).strip(), MAX_REASON);
    }
}
