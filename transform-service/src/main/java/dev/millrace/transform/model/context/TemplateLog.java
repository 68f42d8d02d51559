package dev.millrace.transform.model.context;

/** Takes what templates have to say. */
public interface TemplateLog {

    /**
     * A line of {@code log} or {@code print}.
     *
     * @param file file of the template
     * @param shown whether a person should see it, and not only the log
     */
    void say(String file, String message, boolean shown);

    /** A warning of {@code exceptions.warn}. */
    void warn(String file, String message);
}
