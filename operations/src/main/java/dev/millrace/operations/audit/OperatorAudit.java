package dev.millrace.operations.audit;

import dev.millrace.operations.problem.ProblemResponse;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;

import jakarta.servlet.Filter;
import jakarta.servlet.http.HttpServletRequest;

import org.springframework.stereotype.Component;

import java.time.Clock;
import java.util.function.Predicate;

/**
 * The two filters that keep the audit of a security chain: {@link #attempts()} goes before
 * authentication and {@link #actions} after authorization. They are not beans, as Spring Boot would
 * put a filter bean before every path of the service.
 */
@Component
public class OperatorAudit {

    private final AuditLog log;
    private final ProblemResponse problems;
    private final RefusalBudget budget;

    OperatorAudit(AuditLog log, ProblemResponse problems, Clock clock, MeterRegistry meters) {
        this.log = log;
        this.problems = problems;
        Counter unaudited =
                Counter.builder("millrace.audit.refusals.dropped")
                        .description("Refused requests that were too many to be audited")
                        .register(meters);
        this.budget = new RefusalBudget(clock, unaudited);
    }

    /** Enters every refused request, and the outcome of every action. */
    public Filter attempts() {
        return new AttemptFilter(log, budget);
    }

    /**
     * Enters each action before it runs, and asks for the reason of one that changes something.
     *
     * @param sensitive requests that are entered although they only read
     */
    public Filter actions(Predicate<HttpServletRequest> sensitive) {
        return new ActionFilter(log, problems, sensitive);
    }
}
