package dev.millrace.standalone.demo;

import dev.millrace.standalone.stack.StackAccess;

import java.net.URI;

/**
 * Where a running stack is reached, and by which tokens; what {@code millrace env} prints.
 *
 * @param warehouse JDBC URL of the warehouse
 * @param reader who reads the warehouse
 * @param servingToken reads all there is to read
 * @param operatorToken may do all there is to do
 */
record Addresses(
        URI ingestion,
        URI transform,
        URI serving,
        String kafka,
        String warehouse,
        Login reader,
        String servingToken,
        String operatorToken) {

    /** Those of a stack. */
    static Addresses of(StackAccess stack) {
        return new Addresses(
                URI.create(stack.ingestionUrl()),
                URI.create(stack.transformUrl()),
                URI.create(stack.servingUrl()),
                stack.kafkaBootstrap(),
                stack.warehouseJdbcUrl(),
                new Login(stack.warehouseUser(), stack.warehousePassword()),
                stack.servingToken(),
                stack.operatorToken());
    }

    /** A name and a password. */
    record Login(String username, String password) {

        /** Leaves the password out, as this may be logged. */
        @Override
        public String toString() {
            return "Login[" + username + "]";
        }
    }

    /** Leaves the tokens out, as this may be logged. */
    @Override
    public String toString() {
        return "Addresses[ingestion=%s, transform=%s, serving=%s, kafka=%s]"
                .formatted(ingestion, transform, serving, kafka);
    }
}
