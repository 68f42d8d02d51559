package dev.millrace.contracts.project.cube;

import dev.millrace.contracts.project.YamlMapping;
import dev.millrace.contracts.project.YamlValue;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Reads views, once all cubes are known. */
final class ViewReader {

    private static final About NOTHING = new About(null, null, null, null);

    private final Map<String, Cube> cubes;

    ViewReader(List<Cube> cubes) {
        this.cubes =
                cubes.stream().collect(Collectors.toMap(Cube::name, cube -> cube, (a, b) -> a));
    }

    /**
     * @param base the view that it extends
     */
    View read(YamlMapping view, String name, @Nullable View base) {
        About about = CubeKeys.about(view);
        view.rejectPlanned("dimensions", "measures", "segments", "includes");
        Map<String, ViewMember> members = new LinkedHashMap<>();
        Map<String, List<String>> paths = new HashMap<>();
        if (base != null) {
            base.members().forEach(member -> members.put(member.name(), member));
            base.members().forEach(member -> paths.put(member.cube(), member.path()));
        }
        for (YamlValue item : view.list("cubes")) {
            YamlMapping part = item.mapping();
            path(part)
                    .ifPresent(
                            path -> {
                                checkPath(part, path, paths);
                                readPart(part, path, members);
                            });
            part.rejectUnknown();
        }
        if (members.isEmpty()) {
            view.reject("cubes", "a view includes members of at least one cube");
        }
        List<View.Folder> folders = folders(view, name, members.keySet());
        List<AccessPolicy> policies = policies(view, members);
        view.rejectUnknown();
        return new View(
                name,
                view.position(),
                about,
                policies.isEmpty() && base != null ? base.policies() : policies,
                List.copyOf(members.values()),
                folders);
    }

    private List<AccessPolicy> policies(YamlMapping view, Map<String, ViewMember> members) {
        List<String> dimensions =
                members.values().stream().filter(this::isDimension).map(ViewMember::name).toList();
        return new AccessPolicyReader(dimensions, members.keySet()).read(view);
    }

    private boolean isDimension(ViewMember member) {
        Cube cube = cubes.get(member.cube());
        return cube != null && cube.dimension(member.member()).isPresent();
    }

    private Optional<List<String>> path(YamlMapping part) {
        String written = part.requiredText("join_path");
        List<String> path = List.of(written.split("\\.", -1));
        for (int i = 0; i < path.size(); i++) {
            Cube cube = cubes.get(path.get(i));
            if (cube == null) {
                part.take("join_path")
                        .ifPresent(at -> CubeKeys.reject(at, "cube", written, cubes.keySet()));
                return Optional.empty();
            }
            if (i + 1 < path.size() && !joins(cube, path.get(i + 1))) {
                part.reject(
                        "join_path",
                        "the cube '%s' declares no join to '%s'"
                                .formatted(cube.name(), path.get(i + 1)));
                return Optional.empty();
            }
        }
        return Optional.of(path);
    }

    private static boolean joins(Cube cube, String target) {
        return cube.joins().stream().anyMatch(join -> join.target().equals(target));
    }

    /** Each cube stands once in a query, so that two ways to it would give wrong numbers. */
    private static void checkPath(
            YamlMapping part, List<String> path, Map<String, List<String>> paths) {
        for (int end = 1; end <= path.size(); end++) {
            List<String> way = path.subList(0, end);
            List<String> other = paths.putIfAbsent(way.getLast(), way);
            if (other != null && !other.equals(way)) {
                part.reject(
                        "join_path",
                        "the view reaches '%s' by '%s' already; two ways to one cube are not offered"
                                        .formatted(way.getLast(), String.join(".", other))
                                + " by this version");
            }
        }
    }

    private void readPart(YamlMapping part, List<String> path, Map<String, ViewMember> members) {
        Cube cube = java.util.Objects.requireNonNull(cubes.get(path.getLast()));
        String alias = part.text("alias");
        String prefix =
                part.flag("prefix", false) ? (alias == null ? cube.name() : alias) + "_" : "";
        Set<String> own = new LinkedHashSet<>(cube.memberNames());
        List<YamlValue> excludes = part.list("excludes");
        Set<String> excluded =
                excludes.stream()
                        .flatMap(item -> item.text().stream())
                        .collect(Collectors.toUnmodifiableSet());
        excludes.stream()
                .filter(item -> !own.contains(item.text().orElse("")))
                .forEach(item -> CubeKeys.reject(item, "member", item.text().orElse(""), own));
        List<YamlValue> includes = part.list("includes");
        if (includes.isEmpty()) {
            part.reject("includes", "name the members to include, or write \"*\" for all");
        }
        for (YamlValue include : includes) {
            if (include.isScalar() && include.text().orElse("").equals("*")) {
                own.stream()
                        .filter(member -> !excluded.contains(member))
                        .filter(member -> isShown(cube, member))
                        .forEach(
                                member ->
                                        add(
                                                include,
                                                new ViewMember(
                                                        prefix + member,
                                                        path,
                                                        member,
                                                        NOTHING,
                                                        null),
                                                members));
            } else {
                readInclude(include, path, prefix, own, excluded, members);
            }
        }
    }

    private static void readInclude(
            YamlValue include,
            List<String> path,
            String prefix,
            Set<String> own,
            Set<String> excluded,
            Map<String, ViewMember> members) {
        String member;
        String name;
        About about = NOTHING;
        @Nullable String format = null;
        if (include.isMapping()) {
            YamlMapping mapping = include.mapping();
            member = mapping.requiredText("name");
            String alias = mapping.text("alias");
            name = alias == null ? member : alias;
            about = CubeKeys.about(mapping);
            format = mapping.text("format");
            mapping.rejectUnknown();
        } else {
            member = include.text().orElse("");
            name = member;
        }
        if (!own.contains(member)) {
            CubeKeys.reject(include, "member", member, own);
        } else if (!excluded.contains(member)) {
            add(include, new ViewMember(prefix + name, path, member, about, format), members);
        }
    }

    private static void add(YamlValue at, ViewMember member, Map<String, ViewMember> members) {
        ViewMember other = members.putIfAbsent(member.name(), member);
        if (other != null && !other.equals(member)) {
            at.reject(
                    "the view has a member '%s' already, of the cube '%s'; give one an 'alias' or the cube a 'prefix'"
                            .formatted(member.name(), other.cube()));
        }
    }

    private static boolean isShown(Cube cube, String member) {
        return cube.dimension(member)
                .map(d -> d.about().shown() == null ? !d.primaryKey() : d.about().shown())
                .or(() -> cube.measure(member).map(m -> !Boolean.FALSE.equals(m.about().shown())))
                .or(() -> cube.segment(member).map(s -> !Boolean.FALSE.equals(s.about().shown())))
                .orElse(false);
    }

    private static List<View.Folder> folders(YamlMapping view, String name, Set<String> members) {
        List<View.Folder> folders = new ArrayList<>();
        for (YamlValue item : view.list("folders")) {
            YamlMapping folder = item.mapping();
            List<String> included = new ArrayList<>();
            for (YamlValue member : folder.list("includes")) {
                String written = member.text().orElse("");
                if (written.equals("*")) {
                    members.forEach(all -> included.add(name + "." + all));
                } else if (members.contains(written)) {
                    included.add(name + "." + written);
                } else {
                    CubeKeys.reject(member, "member", written, members);
                }
            }
            folders.add(new View.Folder(folder.requiredText("name"), included));
            folder.rejectUnknown();
        }
        return folders;
    }
}
