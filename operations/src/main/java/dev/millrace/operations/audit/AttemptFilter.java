package dev.millrace.operations.audit;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.web.filter.OncePerRequestFilter;

import java.io.IOException;

/** Completes the entries of actions, and enters what was refused before it became one. */
final class AttemptFilter extends OncePerRequestFilter {

    private static final Logger log = LoggerFactory.getLogger(AttemptFilter.class);
    private static final int UNANSWERED = 500;

    private final AuditLog audit;
    private final RefusalBudget budget;

    AttemptFilter(AuditLog audit, RefusalBudget budget) {
        this.audit = audit;
        this.budget = budget;
    }

    @Override
    protected void doFilterInternal(
            HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        int status = UNANSWERED;
        try {
            chain.doFilter(request, response);
            status = response.getStatus();
        } finally {
            record(request, status);
        }
    }

    private void record(HttpServletRequest request, int status) {
        try {
            if (request.getAttribute(ActionFilter.ENTRY) instanceof Long entry) {
                audit.complete(entry, status);
            } else if (isRefusal(status)) {
                Actor actor = actor();
                if (budget.take(actor)) {
                    audit.enterRefusal(request, actor, ActionFilter.reason(request), status);
                }
            }
        } catch (RuntimeException e) {
            log.error(
                    "The outcome {} of {} {} is missing in the audit",
                    status,
                    request.getMethod(),
                    AuditLog.printable(request.getRequestURI(), 200),
                    e);
        }
    }

    private static boolean isRefusal(int status) {
        return status == 400 || status == 401 || status == 403;
    }

    static @Nullable Actor actor() {
        Authentication caller = SecurityContextHolder.getContext().getAuthentication();
        return caller != null && caller.getPrincipal() instanceof Actor actor ? actor : null;
    }
}
