package dev.millrace.standalone.demo;

/** The demo cannot go on; the message says why and what to look at, for the person before it. */
final class DemoFailedException extends Exception {

    DemoFailedException(String message) {
        super(message);
    }

    DemoFailedException(String message, Throwable cause) {
        super(message, cause);
    }
}
