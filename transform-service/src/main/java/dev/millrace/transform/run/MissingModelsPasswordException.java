package dev.millrace.transform.run;

/** There is no password for the role that runs users' SQL, and none is assumed. */
final class MissingModelsPasswordException extends RuntimeException {

    MissingModelsPasswordException() {
        super(
                "There is no password for the role that runs models. Set MILLRACE_MODELS_PASSWORD"
                        + " (millrace.models.password), and give the same to the role"
                        + " millrace_models: ALTER ROLE millrace_models PASSWORD '…'.");
    }
}
