package dev.millrace.serving.query;

import dev.millrace.contracts.project.cube.About;
import dev.millrace.contracts.project.cube.Catalogued;
import dev.millrace.contracts.project.cube.Cube;
import dev.millrace.contracts.project.cube.CubeModel;
import dev.millrace.contracts.project.cube.Dimension;
import dev.millrace.contracts.project.cube.Hierarchy;
import dev.millrace.contracts.project.cube.Measure;
import dev.millrace.contracts.project.cube.Segment;
import dev.millrace.contracts.project.cube.View;
import dev.millrace.contracts.project.cube.ViewMember;
import dev.millrace.serving.semantic.Member;
import dev.millrace.serving.semantic.SemanticModel;
import dev.millrace.serving.semantic.Viewer;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What the model tells clients of its members: the catalogue, and the notes beside results. */
final class Annotations {

    private final SemanticModel model;
    private final MemberNotes notes;
    private final Map<String, Map<String, Object>> members = new LinkedHashMap<>();
    private final List<Map<String, Object>> catalogue = new ArrayList<>();

    Annotations(SemanticModel model) {
        this.model = model;
        this.notes = new MemberNotes(model);
        CubeModel source = model.source();
        Map<String, Integer> components = new ConnectedComponents(source.cubes()).byCube();
        for (Cube cube : source.cubes()) {
            addCube(cube, components.getOrDefault(cube.name(), 1));
        }
        for (View view : source.views()) {
            addView(view);
        }
    }

    /** The catalogue of all that a viewer may see. */
    List<Map<String, Object>> catalogue(Viewer viewer) {
        return catalogue.stream().flatMap(entry -> seen(entry, viewer).stream()).toList();
    }

    private Optional<Map<String, Object>> seen(Map<String, Object> entry, Viewer viewer) {
        String owner = (String) entry.getOrDefault("name", "");
        if (!model.isGuarded(owner)) {
            return Optional.of(entry);
        }
        Map<String, Object> seen = new LinkedHashMap<>(entry);
        boolean any = false;
        for (String kind : List.of("measures", "dimensions", "segments")) {
            List<?> members =
                    ((List<?>) entry.getOrDefault(kind, List.of()))
                            .stream().filter(member -> isSeen(owner, member, viewer)).toList();
            seen.put(kind, members);
            any |= !members.isEmpty();
        }
        return any ? Optional.of(seen) : Optional.empty();
    }

    private boolean isSeen(String owner, Object member, Viewer viewer) {
        return member instanceof Map<?, ?> map
                && map.get("name") instanceof String path
                && model.isVisible(owner, path.substring(owner.length() + 1), viewer);
    }

    Member member(String path) {
        return model.member(path);
    }

    /** What stands beside results of this member. */
    Map<String, Object> annotation(Member member) {
        Map<String, Object> full = members.getOrDefault(member.path(), Map.of());
        Map<String, Object> annotation = new LinkedHashMap<>();
        for (String key :
                List.of(
                        "title",
                        "shortTitle",
                        "description",
                        "type",
                        "format",
                        "currency",
                        "meta",
                        "drillMembers",
                        "drillMembersGrouped")) {
            if (full.containsKey(key)) {
                annotation.put(key, full.get(key));
            }
        }
        return annotation;
    }

    private void addCube(Cube cube, int component) {
        String title = title(cube);
        List<Object> measures = new ArrayList<>();
        for (Measure measure : cube.measures()) {
            add(
                    measures,
                    notes.measure(
                            cube.name() + "." + measure.name(),
                            title,
                            measure.about(),
                            measure.name(),
                            measure,
                            measure.format()));
        }
        List<Object> dimensions = new ArrayList<>();
        for (Dimension dimension : cube.dimensions()) {
            add(
                    dimensions,
                    notes.dimension(
                            cube.name() + "." + dimension.name(),
                            title,
                            dimension.about(),
                            dimension.name(),
                            dimension,
                            dimension.format()));
        }
        List<Object> segments = new ArrayList<>();
        for (Segment segment : cube.segments()) {
            add(
                    segments,
                    notes.common(
                            cube.name() + "." + segment.name(),
                            title,
                            segment.about(),
                            segment.name()));
        }
        Map<String, Object> entry = entry(cube, "cube", title);
        entry.put("connectedComponent", component);
        entry.put("measures", measures);
        entry.put("dimensions", dimensions);
        entry.put("segments", segments);
        entry.put("hierarchies", hierarchies(cube));
        addIfShown(cube.about(), entry);
    }

    private void addView(View view) {
        String title = title(view);
        List<Object> measures = new ArrayList<>();
        List<Object> dimensions = new ArrayList<>();
        List<Object> segments = new ArrayList<>();
        for (ViewMember member : view.members()) {
            String path = view.name() + "." + member.name();
            String alias = member.cube() + "." + member.member();
            switch (model.member(path)) {
                case Member.OfMeasure(_, _, _, _, Measure measure) ->
                        add(
                                measures,
                                aliased(
                                        alias,
                                        notes.measure(
                                                path,
                                                title,
                                                merged(member.about(), measure.about()),
                                                member.name(),
                                                measure,
                                                format(member, measure.format()))));
                case Member.OfDimension(_, _, _, _, Dimension dimension) ->
                        add(
                                dimensions,
                                aliased(
                                        alias,
                                        notes.dimension(
                                                path,
                                                title,
                                                merged(member.about(), dimension.about()),
                                                member.name(),
                                                dimension,
                                                format(member, dimension.format()))));
                case Member.OfSegment(_, _, _, _, Segment segment) ->
                        add(
                                segments,
                                aliased(
                                        alias,
                                        notes.common(
                                                path,
                                                title,
                                                merged(member.about(), segment.about()),
                                                member.name())));
            }
        }
        Map<String, Object> entry = entry(view, "view", title);
        entry.put("measures", measures);
        entry.put("dimensions", dimensions);
        entry.put("segments", segments);
        entry.put("hierarchies", List.of());
        entry.put(
                "folders",
                view.folders().stream()
                        .map(folder -> Map.of("name", folder.name(), "members", folder.members()))
                        .toList());
        entry.put("nestedFolders", entry.get("folders"));
        addIfShown(view.about(), entry);
    }

    private static @Nullable String format(ViewMember member, @Nullable String otherwise) {
        return member.format() == null ? otherwise : member.format();
    }

    private static About merged(About over, About under) {
        return new About(
                over.title() == null ? under.title() : over.title(),
                over.description() == null ? under.description() : over.description(),
                over.shown() == null ? Boolean.TRUE : over.shown(),
                over.meta() == null ? under.meta() : over.meta());
    }

    private static Map<String, Object> aliased(String alias, Map<String, Object> member) {
        member.put("aliasMember", alias);
        return member;
    }

    private void addIfShown(About about, Map<String, Object> entry) {
        if (!Boolean.FALSE.equals(about.shown())) {
            catalogue.add(entry);
        }
    }

    private void add(List<Object> list, Map<String, Object> member) {
        String path = (String) member.get("name");
        members.put(path == null ? "" : path, member);
        if (Boolean.TRUE.equals(member.get("public"))) {
            list.add(member);
        }
    }

    private static String title(Catalogued entry) {
        String title = entry.about().title();
        return title == null ? Titles.of(entry.name()) : title;
    }

    private static Map<String, Object> entry(Catalogued entry, String type, String title) {
        boolean shown = !Boolean.FALSE.equals(entry.about().shown());
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("name", entry.name());
        map.put("type", type);
        map.put("title", title);
        map.put("isVisible", shown);
        map.put("public", shown);
        MemberNotes.putIfThere(map, "description", entry.about().description());
        MemberNotes.putIfThere(map, "meta", entry.about().meta());
        return map;
    }

    private static List<Object> hierarchies(Cube cube) {
        List<Object> hierarchies = new ArrayList<>();
        for (Hierarchy hierarchy : cube.hierarchies()) {
            String title = hierarchy.about().title();
            Map<String, Object> map = new LinkedHashMap<>();
            map.put("name", cube.name() + "." + hierarchy.name());
            map.put("title", title == null ? Titles.of(hierarchy.name()) : title);
            map.put("levels", hierarchy.levels());
            map.put("public", !Boolean.FALSE.equals(hierarchy.about().shown()));
            if (!Boolean.FALSE.equals(hierarchy.about().shown())) {
                hierarchies.add(map);
            }
        }
        return hierarchies;
    }
}
