package dev.millrace.transform.jinja;

/**
 * A place in a template.
 *
 * @param template the template's name, usually a path
 * @param line first line is 1
 * @param column first column is 1
 */
public record Place(String template, int line, int column) {

    @Override
    public String toString() {
        return template + ":" + line + ":" + column;
    }
}
