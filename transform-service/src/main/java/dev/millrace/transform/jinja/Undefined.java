package dev.millrace.transform.jinja;

/**
 * What a name or attribute without a value gives. It may be asked whether it is defined; any other
 * use is the mistake that it describes.
 *
 * @param problem what is missing, as the error will say
 * @param falsy whether {@code if} may ask for it: an absent key or attribute is false, an unknown
 *     name is a mistake
 */
record Undefined(String problem, boolean falsy) {

    JinjaException mistake() {
        return new JinjaException(problem);
    }
}
