package dev.millrace.transform.jinja;

/** The operators of expressions. */
final class Operator {

    private Operator() {}

    /** The longest operator that begins with a character; empty if none does. */
    static String at(char c, char next) {
        return switch (c) {
            case '*' -> next == '*' ? "**" : "*";
            case '/' -> next == '/' ? "//" : "/";
            case '=' -> next == '=' ? "==" : "=";
            case '<' -> next == '=' ? "<=" : "<";
            case '>' -> next == '=' ? ">=" : ">";
            case '!' -> next == '=' ? "!=" : "";
            case '+' -> "+";
            case '-' -> "-";
            case '%' -> "%";
            case '~' -> "~";
            case '[' -> "[";
            case ']' -> "]";
            case '(' -> "(";
            case ')' -> ")";
            case '{' -> "{";
            case '}' -> "}";
            case '.' -> ".";
            case ':' -> ":";
            case '|' -> "|";
            case ',' -> ",";
            case ';' -> ";";
            default -> "";
        };
    }
}
