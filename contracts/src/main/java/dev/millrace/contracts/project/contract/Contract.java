package dev.millrace.contracts.project.contract;

import dev.millrace.contracts.project.Position;

import java.util.List;
import java.util.Optional;

/**
 * One data contract, as far as Millrace reads it.
 *
 * @param file its path in the project
 * @param id what its author calls it everywhere
 * @param version the contract's own, not that of the standard
 * @param status proposed, draft, active, deprecated, retired, or another word
 * @param statusPosition where the status stands
 * @param objects what its {@code schema} describes
 * @param unenforced what it promises as a whole and landing cannot hold a row to
 */
public record Contract(
        String file,
        String id,
        String version,
        String status,
        Position statusPosition,
        List<SchemaObject> objects,
        List<Unenforced> unenforced) {

    public Contract {
        objects = List.copyOf(objects);
        unenforced = List.copyOf(unenforced);
    }

    /** The object that describes a stream: the one of its name, or else the only one. */
    public Optional<SchemaObject> objectFor(String stream) {
        Optional<SchemaObject> named =
                objects.stream().filter(object -> object.isNamed(stream)).findFirst();
        return named.isEmpty() && objects.size() == 1 ? Optional.of(objects.getFirst()) : named;
    }
}
