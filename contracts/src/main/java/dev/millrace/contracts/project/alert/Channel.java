package dev.millrace.contracts.project.alert;

import dev.millrace.contracts.project.Position;

import org.jspecify.annotations.Nullable;

import java.net.URI;

/**
 * Where notifications go.
 *
 * @param url often a secret itself
 * @param secret what requests are signed with; bytes, or none
 */
public record Channel(
        String name, Position position, Format format, URI url, @Nullable SigningSecret secret) {

    /** How a notification is written. */
    public enum Format {
        /** As Prometheus Alertmanager calls webhooks, version 4. */
        ALERTMANAGER,
        /** As Slack's incoming webhooks take messages. */
        SLACK,
        /** As standardwebhooks.com has it, signed. */
        STANDARD_WEBHOOKS
    }

    @Override
    public String toString() {
        return "Channel[" + name + ", " + format + "]";
    }
}
