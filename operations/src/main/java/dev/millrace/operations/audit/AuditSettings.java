package dev.millrace.operations.audit;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

import java.time.Duration;

/**
 * How long the audit is kept.
 *
 * @param refusalsKept how long refused attempts are; what was done stays for good
 */
@ConfigurationProperties("millrace.audit")
record AuditSettings(@DefaultValue("400d") Duration refusalsKept) {

    AuditSettings {
        if (refusalsKept.isNegative() || refusalsKept.isZero()) {
            throw new IllegalArgumentException(
                    "millrace.audit.refusals-kept is how long refused attempts stay in the audit,"
                            + " for example 400d");
        }
    }
}
