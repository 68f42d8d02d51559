package dev.millrace.transform.model.select;

import java.util.Map;

/**
 * What is compared of a manifest that was written before.
 *
 * @param resources nodes, sources and all else, by id
 * @param macros sources of macros, by id
 */
record PreviousManifest(Map<String, PreviousResource> resources, Map<String, String> macros) {}
