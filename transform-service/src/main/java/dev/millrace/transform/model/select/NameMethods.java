package dev.millrace.transform.model.select;

import dev.millrace.transform.model.manifest.ResourceType;
import dev.millrace.transform.model.select.Spec.Criterion;

import java.util.List;
import java.util.function.Predicate;

/** Methods that find resources by their names. */
final class NameMethods {

    private static final String ANY = "*";

    private NameMethods() {}

    /** Everything but source tables, which have a method of their own. */
    static Predicate<Resource> fqn(Criterion criterion) {
        String value = criterion.text();
        return resource ->
                resource.type() != ResourceType.SOURCE && QualifiedName.matches(resource, value);
    }

    static Predicate<Resource> source(Criterion criterion) throws InvalidSelectionException {
        List<String> parts = List.of(criterion.text().split("\\.", -1));
        if (parts.size() > 3) {
            throw new InvalidSelectionException(
                    criterion.where(),
                    "a source is named as source, source.table or package.source.table; found '"
                            + criterion.text()
                            + "'");
        }
        Wildcard inPackage = Wildcard.of(parts.size() == 3 ? parts.getFirst() : ANY);
        Wildcard source = Wildcard.of(parts.size() == 3 ? parts.get(1) : parts.getFirst());
        Wildcard table = Wildcard.of(parts.size() == 1 ? ANY : parts.getLast());
        return resource ->
                resource instanceof Resource.OfSource found
                        && inPackage.matches(found.packageName())
                        && source.matches(found.source().sourceName())
                        && table.matches(found.name());
    }

    /** Resources of one type, by name or by package and name. */
    static Predicate<Resource> named(ResourceType type, Criterion criterion)
            throws InvalidSelectionException {
        List<String> parts = List.of(criterion.text().split("\\.", -1));
        if (parts.size() > 2) {
            throw new InvalidSelectionException(
                    criterion.where(),
                    "it is named as name or package.name; found '" + criterion.text() + "'");
        }
        Wildcard inPackage = Wildcard.of(parts.size() == 2 ? parts.getFirst() : ANY);
        Wildcard name = Wildcard.of(parts.getLast());
        return resource ->
                resource.type() == type
                        && inPackage.matches(resource.packageName())
                        && name.matches(resource.name());
    }

    /** {@code this} is the project's own package. */
    static Predicate<Resource> inPackage(Criterion criterion, String root) {
        String value = criterion.text().equals("this") ? root : criterion.text();
        Wildcard wildcard = Wildcard.of(value);
        return resource -> wildcard.matches(resource.packageName());
    }

    /** The name of a file, with its extension or without. */
    static Predicate<Resource> file(Criterion criterion) {
        Wildcard wildcard = Wildcard.of(criterion.text());
        return resource -> {
            String path = resource.file();
            String name = path.substring(path.lastIndexOf('/') + 1);
            int dot = name.lastIndexOf('.');
            return wildcard.matches(name)
                    || wildcard.matches(dot > 0 ? name.substring(0, dot) : name);
        };
    }
}
