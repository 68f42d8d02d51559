package dev.millrace.contracts.project.cube;

import dev.millrace.contracts.project.Position;

import java.util.List;

/**
 * A selection of members of joined cubes, under one name.
 *
 * @param policies who may read it; empty for everybody
 */
public record View(
        String name,
        Position position,
        About about,
        List<AccessPolicy> policies,
        List<ViewMember> members,
        List<Folder> folders)
        implements Catalogued {

    /** A named group of members; the members as view.member. */
    public record Folder(String name, List<String> members) {

        public Folder {
            members = List.copyOf(members);
        }
    }

    public View {
        policies = List.copyOf(policies);
        members = List.copyOf(members);
        folders = List.copyOf(folders);
    }
}
