package dev.millrace.transform.jinja;

/** A value from outside that templates shall take for a mapping, though it is no dict. */
public interface MappingValue extends HasAttributes {}
