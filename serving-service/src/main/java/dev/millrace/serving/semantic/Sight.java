package dev.millrace.serving.semantic;

import dev.millrace.contracts.project.Position;
import dev.millrace.contracts.project.cube.AccessPolicy;
import dev.millrace.contracts.project.cube.Cube;
import dev.millrace.contracts.project.cube.Dimension;
import dev.millrace.contracts.project.cube.Measure;
import dev.millrace.contracts.project.cube.SqlTemplate;
import dev.millrace.serving.semantic.Query.Filter;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * A model as one viewer sees it in one query: with masks in place of members, and with what must be
 * true of the rows of each cube. What no policy allows is not there.
 */
final class Sight {

    /** No row at all. */
    static final Filter NOTHING = new Query.Or(List.of());

    private static final String MASKED = "$masked";

    private final SemanticModel model;
    private final Viewer viewer;
    private final Map<String, Member> members = new HashMap<>();
    private final Map<String, Optional<Filter>> ofCubes = new HashMap<>();
    private final List<Filter> ofViews = new ArrayList<>();

    /**
     * @param used the paths of the members that the query names
     */
    Sight(SemanticModel model, Viewer viewer, Set<String> used) {
        this.model = model;
        this.viewer = viewer;
        Map<String, Set<String>> byOwner = new LinkedHashMap<>();
        for (String path : used) {
            members.put(path, model.member(path));
            int dot = path.indexOf('.');
            byOwner.computeIfAbsent(path.substring(0, dot), _ -> new TreeSet<>())
                    .add(path.substring(dot + 1));
        }
        if (!viewer.platform()) {
            byOwner.forEach(this::look);
        }
    }

    /**
     * A member that the query names.
     *
     * @throws QueryException if there is none
     */
    Member member(String path) {
        Member member = members.get(path);
        return member == null ? model.member(path) : member;
    }

    /** What must be true of a cube's rows, wherever they are used; nothing if all may be seen. */
    Optional<Filter> rule(Cube cube) {
        return ofCubes.computeIfAbsent(cube.name(), _ -> ruleOf(cube));
    }

    /** What must be true of the rows that views show. */
    List<Filter> rules() {
        return List.copyOf(ofViews);
    }

    private void look(String owner, Set<String> used) {
        List<AccessPolicy> policies = model.policies(owner);
        if (policies.isEmpty()) {
            return;
        }
        List<AccessPolicy> covering =
                policies.stream()
                        .filter(this::applies)
                        .filter(policy -> used.stream().allMatch(m -> shows(policy, m)))
                        .toList();
        if (covering.isEmpty()) {
            throw hidden(owner, used, policies);
        }
        boolean open =
                covering.stream()
                        .anyMatch(
                                p -> p.rows() == null && used.stream().allMatch(p.members()::has));
        if (!open) {
            used.stream()
                    .filter(member -> !covering.stream().allMatch(p -> p.members().has(member)))
                    .forEach(member -> mask(owner + "." + member));
        }
        Optional<Filter> rule = rule(owner, covering);
        if (model.source().cube(owner).isPresent()) {
            ofCubes.put(owner, rule);
        } else {
            rule.ifPresent(ofViews::add);
        }
    }

    /** Tells no more than that there is nothing to see. */
    private QueryException hidden(String owner, Set<String> used, List<AccessPolicy> policies) {
        String member =
                used.stream()
                        .filter(
                                m ->
                                        policies.stream()
                                                .filter(this::applies)
                                                .noneMatch(p -> shows(p, m)))
                        .findFirst()
                        .orElse(null);
        return member == null
                ? QueryException.user(
                        "No single access policy lets you see these members of '%s' together: %s"
                                .formatted(owner, String.join(", ", used)))
                : QueryException.hidden(owner + "__" + member);
    }

    private static boolean shows(AccessPolicy policy, String member) {
        AccessPolicy.Members masked = policy.masked();
        return policy.members().has(member) || (masked != null && masked.has(member));
    }

    private boolean applies(AccessPolicy policy) {
        return applies(policy, viewer);
    }

    private static boolean applies(AccessPolicy policy, Viewer viewer) {
        return viewer.isIn(policy.groups())
                && policy.conditions().stream().allMatch(viewer::meets)
                && PolicyRules.areClaimsThere(policy.rows(), viewer);
    }

    private Optional<Filter> ruleOf(Cube cube) {
        List<AccessPolicy> policies = cube.policies();
        if (policies.isEmpty() || viewer.platform()) {
            return Optional.empty();
        }
        List<AccessPolicy> applying = policies.stream().filter(this::applies).toList();
        return applying.isEmpty() ? Optional.of(NOTHING) : rule(cube.name(), applying);
    }

    private Optional<Filter> rule(String owner, List<AccessPolicy> policies) {
        List<Filter> rules = new ArrayList<>();
        for (AccessPolicy policy : policies) {
            AccessPolicy.@Nullable RowRule rows = policy.rows();
            if (rows == null) {
                return Optional.empty();
            }
            rules.add(PolicyRules.filter(owner, rows, viewer));
        }
        return Optional.of(rules.size() == 1 ? rules.getFirst() : new Query.Or(rules));
    }

    /** Whether a member of a cube or view may be seen at all, with its value or masked. */
    static boolean isVisible(List<AccessPolicy> policies, String member, Viewer viewer) {
        return policies.isEmpty()
                || viewer.platform()
                || policies.stream()
                        .filter(p -> applies(p, viewer))
                        .anyMatch(p -> shows(p, member));
    }

    /** The mask takes the member's place for good: filters and orders see nothing else either. */
    private void mask(String path) {
        members.computeIfPresent(
                path,
                (_, member) ->
                        switch (member) {
                            case Member.OfDimension d ->
                                    new Member.OfDimension(
                                            path,
                                            d.cube(),
                                            d.way(),
                                            d.shown(),
                                            masked(d.dimension()));
                            case Member.OfMeasure m ->
                                    new Member.OfMeasure(
                                            path,
                                            m.cube(),
                                            m.way(),
                                            m.shown(),
                                            masked(m.measure()));
                            case Member.OfSegment _ ->
                                    throw QueryException.hidden(path.replace(".", "__"));
                        });
    }

    private static Dimension masked(Dimension dimension) {
        return new Dimension(
                dimension.name() + MASKED,
                dimension.position(),
                dimension.type(),
                new Dimension.Sql(mask(dimension.mask(), dimension.position())),
                false,
                null,
                dimension.format(),
                false,
                dimension.granularities(),
                dimension.about());
    }

    private static Measure masked(Measure measure) {
        return new Measure(
                measure.name() + MASKED,
                measure.position(),
                measure.type() == Measure.Type.STRING ? Measure.Type.STRING : Measure.Type.NUMBER,
                mask(measure.mask(), measure.position()),
                List.of(),
                null,
                null,
                null,
                null,
                measure.format(),
                measure.currency(),
                measure.drillMembers(),
                measure.about());
    }

    private static SqlTemplate mask(@Nullable SqlTemplate mask, Position position) {
        return mask == null
                ? new SqlTemplate(position, List.of(new SqlTemplate.Text("(NULL)")))
                : mask;
    }
}
