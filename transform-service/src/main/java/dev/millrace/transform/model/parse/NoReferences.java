package dev.millrace.transform.model.parse;

import dev.millrace.transform.jinja.JinjaException;
import dev.millrace.transform.model.context.References;
import dev.millrace.transform.model.manifest.Node;
import dev.millrace.transform.model.manifest.Relation;

import java.util.Map;

/** Names and settings are made before there is anything to refer to. */
final class NoReferences implements References {

    @Override
    public Relation ref(Node.Ref ref) {
        throw new JinjaException("ref() cannot be used here");
    }

    @Override
    public Relation source(String source, String table) {
        throw new JinjaException("source() cannot be used here");
    }

    @Override
    public void configure(Map<String, Object> settings) {
        throw new JinjaException("config() cannot be used here");
    }
}
