package dev.millrace.test;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaMethodCall;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;

import org.junit.jupiter.api.DynamicTest;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The rules of the house, for the module that lives in one base package.
 *
 * <pre>{@code
 * @TestFactory
 * Stream<DynamicTest> theHouseKeepsItsRules() {
 *     return ArchitectureRules.of("dev.millrace.ingestion")
 *             .general("source", "payload")   // rooms that every room may use
 *             .composing("publish")           // rooms that may use every room
 *             .kafkaIn("publish")
 *             .tests();
 * }
 * }</pre>
 */
public final class ArchitectureRules {

    private static final String HOUSE = "dev.millrace.";
    private static final List<String> SERVICES = List.of("ingestion", "transform", "serving");
    private static final Set<String> MEANINGLESS =
            Set.of("common", "util", "utils", "core", "service", "impl", "dto", "helper", "misc");
    private static final Set<String> CLOCK_READERS =
            Set.of(
                    "java.time.Instant",
                    "java.time.LocalDate",
                    "java.time.LocalDateTime",
                    "java.time.LocalTime",
                    "java.time.OffsetDateTime",
                    "java.time.ZonedDateTime");

    private final String base;
    private final String module;
    private final List<String> general = new ArrayList<>();
    private final List<String> composing = new ArrayList<>();
    private final List<String> offered = new ArrayList<>();
    private final List<String> kafka = new ArrayList<>();
    private final List<String> http =
            new ArrayList<>(List.of("Endpoint", "Endpoints", "Filter", "Configuration", "Advice"));

    private ArchitectureRules(String base) {
        if (!base.startsWith(HOUSE)) {
            throw new IllegalArgumentException("not a module of the house: " + base);
        }
        this.base = base;
        this.module = base.substring(HOUSE.length());
    }

    /** The rules for all classes under this package, such as {@code dev.millrace.ingestion}. */
    public static ArchitectureRules of(String basePackage) {
        return new ArchitectureRules(basePackage);
    }

    /** Rooms that every other room may use, and that use none but each other. */
    public ArchitectureRules general(String... rooms) {
        general.addAll(Arrays.asList(rooms));
        return this;
    }

    /** Rooms that may use every other room, as they put the data's path together. */
    public ArchitectureRules composing(String... rooms) {
        composing.addAll(Arrays.asList(rooms));
        return this;
    }

    /** Rooms whose public types are for other modules, such as those of a command line. */
    public ArchitectureRules offering(String... rooms) {
        offered.addAll(Arrays.asList(rooms));
        return this;
    }

    /** Rooms that may know Kafka; classes named {@code …Listener} may everywhere. */
    public ArchitectureRules kafkaIn(String... rooms) {
        kafka.addAll(Arrays.asList(rooms));
        return this;
    }

    /** More endings of the names of classes that may know HTTP, besides {@code …Endpoint}. */
    public ArchitectureRules httpIn(String... nameEndings) {
        http.addAll(Arrays.asList(nameEndings));
        return this;
    }

    /** One test for each rule, over the module's classes without its tests. */
    public Stream<DynamicTest> tests() {
        JavaClasses classes =
                new ClassFileImporter()
                        .withImportOption(new ImportOption.DoNotIncludeTests())
                        .importPackages(base);
        if (classes.isEmpty()) {
            throw new IllegalStateException("no classes in " + base + ": is the name right?");
        }
        return rules().entrySet().stream()
                .map(
                        rule ->
                                DynamicTest.dynamicTest(
                                        rule.getKey(), () -> rule.getValue().check(classes)));
    }

    Map<String, ArchRule> rules() {
        Map<String, ArchRule> rules = new LinkedHashMap<>();
        rules.put("1 it knows no other service", knowsNoOtherService());
        if (module.equals("contracts") || module.equals("embedded")) {
            rules.put("1 it knows no Spring", knowsNoSpring());
        }
        rules.put("2 no room imports its neighbour", noSidewaysImports());
        rules.put("2 its rooms depend on each other in one direction", noCycles());
        rules.put("3 its packages say what they do", packagesSayWhatTheyDo());
        rules.put("4 Kafka stays in its rooms", kafkaStays());
        rules.put("4 HTTP stays in endpoints", httpStays());
        if (SERVICES.contains(module)) {
            rules.put("5 what one package uses is private to it", publicIsNeeded());
        }
        rules.put("time comes from a Clock", timeComesFromAClock());
        return rules;
    }

    private ArchRule knowsNoOtherService() {
        List<String> others =
                Stream.concat(SERVICES.stream(), Stream.of("standalone"))
                        .filter(name -> !name.equals(module) && !module.equals("standalone"))
                        .map(name -> HOUSE + name + "..")
                        .toList();
        return noClasses()
                .should()
                .dependOnClassesThat(resideInAnyPackage(others.toArray(String[]::new)))
                .because("services tell each other through topics: put the message in contracts");
    }

    private static ArchRule knowsNoSpring() {
        return noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.springframework..")
                .because("it is used without Spring too: configure it from the service instead");
    }

    private ArchRule noSidewaysImports() {
        return classes()
                .should(
                        new ArchCondition<JavaClass>("use no neighbouring room") {
                            @Override
                            public void check(JavaClass from, ConditionEvents events) {
                                from.getDirectDependenciesFromSelf().stream()
                                        .filter(d -> isSideways(from, d.getTargetClass()))
                                        .forEach(
                                                d ->
                                                        events.add(
                                                                SimpleConditionEvent.violated(
                                                                        from, d.getDescription())));
                            }
                        })
                .because(
                        "neighbours meet in a composing room "
                                + composing
                                + " or share a general one "
                                + general
                                + ": move what both need there");
    }

    private boolean isSideways(JavaClass from, JavaClass to) {
        String origin = room(from);
        String target = room(to);
        return !origin.isEmpty()
                && !target.isEmpty()
                && !origin.equals(target)
                && !composing.contains(origin)
                && !general.contains(target);
    }

    /** The first package below the base; empty for the application itself and other modules. */
    private String room(JavaClass type) {
        String name = type.getPackageName();
        if (!name.startsWith(base + ".")) {
            return "";
        }
        String rest = name.substring(base.length() + 1);
        int dot = rest.indexOf('.');
        return dot < 0 ? rest : rest.substring(0, dot);
    }

    private ArchRule noCycles() {
        return slices().matching(base + ".(*)..")
                .should()
                .beFreeOfCycles()
                .allowEmptyShould(true)
                .because("the specific imports the general: invert one side with an interface");
    }

    private static ArchRule packagesSayWhatTheyDo() {
        return noClasses()
                .should()
                .resideInAnyPackage(
                        MEANINGLESS.stream().map(n -> ".." + n + "..").toArray(String[]::new))
                .orShould()
                .haveSimpleNameEndingWith("Impl")
                .because("a package is a capability: put the class where it is used");
    }

    private ArchRule kafkaStays() {
        DescribedPredicate<JavaClass> mayKnow =
                describe(
                        "listeners and classes in " + kafka,
                        type ->
                                kafka.contains(room(type))
                                        || outermost(type).getSimpleName().endsWith("Listener"));
        return noClasses()
                .that(not(mayKnow))
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("org.apache.kafka..", "org.springframework.kafka..")
                .allowEmptyShould(true)
                .because("elsewhere a record is the module's own type: convert at the edge");
    }

    private ArchRule httpStays() {
        DescribedPredicate<JavaClass> mayKnow =
                describe(
                        "classes named " + http,
                        type -> http.stream().anyMatch(outermost(type).getSimpleName()::endsWith));
        return noClasses()
                .that(not(mayKnow))
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "jakarta.servlet..",
                        "org.springframework.http..",
                        "org.springframework.web..")
                .allowEmptyShould(true)
                .because("elsewhere there is no request: let the endpoint translate");
    }

    private ArchRule publicIsNeeded() {
        return classes()
                .that(
                        describe(
                                "are public at the top level",
                                type ->
                                        type.isTopLevelClass()
                                                && type.getModifiers()
                                                        .contains(JavaModifier.PUBLIC)))
                .should(
                        new ArchCondition<JavaClass>("be used by another package") {
                            @Override
                            public void check(JavaClass type, ConditionEvents events) {
                                boolean application = type.getSimpleName().endsWith("Application");
                                boolean elsewhere =
                                        offered.stream()
                                                .map(room -> base + "." + room)
                                                .anyMatch(type.getPackageName()::equals);
                                if (!application && !elsewhere && !isUsedElsewhere(type)) {
                                    events.add(
                                            SimpleConditionEvent.violated(
                                                    type,
                                                    type.getName()
                                                            + " is public, but only its own"
                                                            + " package uses it"));
                                }
                            }
                        })
                .allowEmptyShould(true)
                .because("what is public is promised: leave the word out");
    }

    private static boolean isUsedElsewhere(JavaClass type) {
        String home = type.getPackageName();
        return type.getDirectDependenciesToSelf().stream()
                .anyMatch(d -> !d.getOriginClass().getPackageName().equals(home));
    }

    private static ArchRule timeComesFromAClock() {
        return noClasses()
                .should()
                .callMethodWhere(
                        describe(
                                "it asks the system for the time",
                                ArchitectureRules::asksTheSystemForTheTime))
                .because("a test must be able to set it: take a java.time.Clock and pass it on");
    }

    private static boolean asksTheSystemForTheTime(JavaMethodCall call) {
        String owner = call.getTargetOwner().getName();
        boolean withoutClock =
                call.getTarget().getRawParameterTypes().stream()
                        .noneMatch(type -> type.getName().equals("java.time.Clock"));
        return (CLOCK_READERS.contains(owner) && call.getName().equals("now") && withoutClock)
                || (owner.equals("java.lang.System") && call.getName().equals("currentTimeMillis"));
    }

    private static JavaClass outermost(JavaClass type) {
        JavaClass at = type;
        while (at.getEnclosingClass().isPresent()) {
            at = at.getEnclosingClass().get();
        }
        return at;
    }
}
