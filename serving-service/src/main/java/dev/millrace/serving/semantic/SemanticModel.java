package dev.millrace.serving.semantic;

import dev.millrace.contracts.project.cube.About;
import dev.millrace.contracts.project.cube.AccessPolicy;
import dev.millrace.contracts.project.cube.Cube;
import dev.millrace.contracts.project.cube.CubeModel;
import dev.millrace.contracts.project.cube.CubeNames;
import dev.millrace.contracts.project.cube.View;
import dev.millrace.contracts.project.cube.ViewMember;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A revision's cubes and views, ready to be queried. Immutable. */
public final class SemanticModel {

    private final CubeModel source;
    private final CubeNames names;
    private final JoinGraph joins;
    private final Needs needs;
    private final Set<String> catalogued = new HashSet<>();
    private final Map<String, Member> members = new HashMap<>();
    private final Map<String, List<AccessPolicy>> policies = new HashMap<>();

    public SemanticModel(CubeModel source) {
        this.source = source;
        this.names = new CubeNames(source.cubes());
        this.joins = new JoinGraph(source.cubes());
        this.needs = new Needs(names);
        source.cubes().forEach(this::addCube);
        source.views().forEach(this::addView);
        source.cubes().forEach(cube -> policies.put(cube.name(), cube.policies()));
        source.views().forEach(view -> policies.put(view.name(), view.policies()));
    }

    public CubeModel source() {
        return source;
    }

    /**
     * The member of this path.
     *
     * @throws QueryException if there is none
     */
    public Member member(String path) {
        Member member = members.get(path);
        if (member != null) {
            return member;
        }
        int dot = path.indexOf('.');
        String cube = dot < 0 ? path : path.substring(0, dot);
        if (!catalogued.contains(cube)) {
            throw QueryException.user("Cube '%s' not found for path '%s'".formatted(cube, path));
        }
        throw QueryException.user(
                "'%s' not found for path '%s'".formatted(path.substring(dot + 1), path));
    }

    /** The policies of a cube or view; none if everybody may see it. */
    List<AccessPolicy> policies(String owner) {
        return policies.getOrDefault(owner, List.of());
    }

    /** Whether policies say who may see a cube or view. */
    public boolean isGuarded(String owner) {
        return !policies(owner).isEmpty();
    }

    /** Whether a viewer may see a member of a cube or view at all, with its value or masked. */
    public boolean isVisible(String owner, String member, Viewer viewer) {
        return Sight.isVisible(policies(owner), member, viewer);
    }

    CubeNames names() {
        return names;
    }

    JoinGraph joins() {
        return joins;
    }

    Needs needs() {
        return needs;
    }

    private void addCube(Cube cube) {
        catalogued.add(cube.name());
        boolean open = !Boolean.FALSE.equals(cube.about().shown());
        List<String> way = List.of(cube.name());
        cube.dimensions()
                .forEach(
                        d ->
                                add(
                                        new Member.OfDimension(
                                                cube.name() + "." + d.name(),
                                                cube,
                                                way,
                                                open && isShown(d.about(), !d.primaryKey()),
                                                d)));
        cube.measures()
                .forEach(
                        m ->
                                add(
                                        new Member.OfMeasure(
                                                cube.name() + "." + m.name(),
                                                cube,
                                                way,
                                                open && isShown(m.about(), true),
                                                m)));
        cube.segments()
                .forEach(
                        s ->
                                add(
                                        new Member.OfSegment(
                                                cube.name() + "." + s.name(),
                                                cube,
                                                way,
                                                open && isShown(s.about(), true),
                                                s)));
    }

    private void addView(View view) {
        catalogued.add(view.name());
        boolean open = !Boolean.FALSE.equals(view.about().shown());
        for (ViewMember member : view.members()) {
            String path = view.name() + "." + member.name();
            Cube cube = names.cube(member.cube()).orElseThrow();
            boolean shown = open && isShown(member.about(), true);
            List<String> way = member.path();
            cube.dimension(member.member())
                    .ifPresent(d -> add(new Member.OfDimension(path, cube, way, shown, d)));
            cube.measure(member.member())
                    .ifPresent(m -> add(new Member.OfMeasure(path, cube, way, shown, m)));
            cube.segment(member.member())
                    .ifPresent(s -> add(new Member.OfSegment(path, cube, way, shown, s)));
        }
    }

    private void add(Member member) {
        members.put(member.path(), member);
    }

    private static boolean isShown(About about, boolean otherwise) {
        Boolean shown = about.shown();
        return shown == null ? otherwise : shown;
    }
}
