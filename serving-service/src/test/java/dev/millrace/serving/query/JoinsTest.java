package dev.millrace.serving.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.contracts.warehouse.Role;
import dev.millrace.serving.semantic.CompiledQuery;
import dev.millrace.serving.semantic.Query;
import dev.millrace.serving.semantic.QueryException;
import dev.millrace.test.TestWarehouse;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.sql.SQLException;
import java.util.List;

/**
 * A school: teachers give courses, courses have lessons and enrolments, pupils enrol. Joins lead
 * there and back, and in places on two ways.
 */
class JoinsTest {

    private static final TestWarehouse WAREHOUSE = TestWarehouse.create();

    private static final String MODEL =
            """
            cubes:
              - name: teachers
                sql_table: school.teachers
                joins:
                  - {name: courses, relationship: one_to_many, sql: "{CUBE}.id = {courses}.teacher"}
                dimensions:
                  - {name: id, sql: id, type: number, primary_key: true}
                  - {name: name, sql: name, type: string}
                measures:
                  - {name: count, type: count}
                  - {name: salaries, sql: salary, type: sum}
              - name: courses
                sql_table: school.courses
                joins:
                  - {name: lessons, relationship: one_to_many, sql: "{CUBE}.id = {lessons}.course"}
                  - {name: enrolments, relationship: one_to_many, sql: "{CUBE}.id = {enrolments}.course"}
                  - {name: teachers, relationship: many_to_one, sql: "{CUBE}.teacher = {teachers.id}"}
                dimensions:
                  - {name: id, sql: id, type: number, primary_key: true}
                  - {name: subject, sql: subject, type: string}
                measures:
                  - {name: count, type: count}
                  - {name: fees, sql: fee, type: sum}
                  - {name: mean_fee, sql: fee, type: avg}
                  - {name: fee_per_hour, type: number, sql: "{fees} / NULLIF({lessons.hours}, 0)"}
                  - {name: raw, type: number, sql: "{fees} + sum({CUBE}.fee)"}
                  - {name: taught_by_ada, sql: fee, type: sum, filters: [{sql: "{teachers.name} = 'Ada'"}]}
                  - {name: hours_of_lessons, sql: "{lessons}.hours", type: sum}
              - name: lessons
                sql_table: school.lessons
                joins:
                  - {name: courses, relationship: many_to_one, sql: "{CUBE}.course = {courses}.id"}
                dimensions:
                  - {name: course, sql: course, type: number, primary_key: true}
                  - {name: number, sql: number, type: number, primary_key: true}
                  - {name: room, sql: room, type: string}
                  - {name: of_subject, sql: "{courses.subject} || ' in ' || {CUBE}.room", type: string}
                measures:
                  - {name: count, type: count}
                  - {name: long, type: count, filters: [{sql: "{CUBE}.hours > 1"}]}
                  - {name: hours, sql: hours, type: sum}
                segments:
                  - {name: in_hall, sql: "{CUBE}.room = 'hall'"}
              - name: enrolments
                sql_table: school.enrolments
                joins:
                  - {name: pupils, relationship: many_to_one, sql: "{CUBE}.pupil = {pupils}.id"}
                dimensions:
                  - {name: id, sql: "{CUBE}.course || '/' || {CUBE}.pupil", type: string, primary_key: true}
                measures:
                  - {name: count, type: count}
                  - {name: pupils_enrolled, sql: pupil, type: count_distinct}
              - name: pupils
                sql_table: school.pupils
                dimensions:
                  - {name: id, sql: id, type: number, primary_key: true}
                  - {name: name, sql: name, type: string}
                measures:
                  - {name: count, type: count}
                  - {name: average_age, sql: age, type: avg}
              - name: keyless
                sql_table: school.lessons
                measures:
                  - {name: count, type: count}
                  - {name: hours, sql: hours, type: sum}
            views:
              - name: timetable
                cubes:
                  - {join_path: teachers, includes: [name]}
                  - {join_path: teachers.courses.lessons, prefix: true, includes: [count, hours]}
            """;

    private static final Bench SCHOOL = new Bench(WAREHOUSE, MODEL);

    @BeforeAll
    static void fill() throws SQLException {
        WAREHOUSE.execute(
                Role.TRANSFORM,
                """
                CREATE SCHEMA school;
                CREATE TABLE school.teachers (id int, name text, salary int);
                CREATE TABLE school.courses (id int, teacher int, subject text, fee int);
                CREATE TABLE school.lessons (course int, number int, room text, hours int);
                CREATE TABLE school.enrolments (course int, pupil int);
                CREATE TABLE school.pupils (id int, name text, age int);
                INSERT INTO school.teachers VALUES (1, 'Ada', 100), (2, 'Bob', 200), (3, 'Cy', 400);
                INSERT INTO school.courses VALUES (1, 1, 'maths', 10), (2, 1, 'art', 20), (3, 2, 'maths', 40), (4, NULL, 'music', 80);
                INSERT INTO school.lessons VALUES (1, 1, 'hall', 1), (1, 2, 'attic', 2), (1, 3, 'hall', 3), (2, 1, 'attic', 4), (11, 1, 'hall', 50);
                INSERT INTO school.enrolments VALUES (1, 1), (1, 2), (2, 1), (3, 2), (3, 3);
                INSERT INTO school.pupils VALUES (1, 'Pia', 10), (2, 'Quin', 12), (3, 'Ray', 17);
                GRANT USAGE ON SCHEMA school TO millrace_reader;
                GRANT SELECT ON ALL TABLES IN SCHEMA school TO millrace_reader;
                """);
    }

    @AfterAll
    static void close() {
        SCHOOL.close();
    }

    private static String rows(String query) {
        return SCHOOL.data(
                        "{"
                                + query.replace('\'', '"')
                                + ",'responseFormat':'compact'}".replace('\'', '"'))
                .path("dataset")
                .toString()
                .replace("\"", "");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
                    'measures':['courses.fees']                                                                       | [[150]]
                    'measures':['courses.fees','lessons.hours']                                                       | [[150,10]]
                    'measures':['lessons.hours','courses.fees']                                                       | [[60,30]]
                    'measures':['courses.fees','lessons.count','enrolments.count']                                    | [[150,4,5]]
                    'measures':['courses.count','lessons.count','lessons.long','enrolments.pupils_enrolled']          | [[4,4,3,3]]
                    'measures':['courses.mean_fee','lessons.count'],'dimensions':['courses.subject'],'order':[['courses.subject','asc']] | [[art,20.0000000000000000,1],[maths,25.0000000000000000,3],[music,80.0000000000000000,0]]
                    'measures':['courses.fee_per_hour'],'dimensions':['courses.subject'],'order':[['courses.subject','asc']] | [[art,5],[maths,8],[music,null]]
                    'measures':['teachers.salaries','courses.fees'],'dimensions':['teachers.name'],'order':[['teachers.name','asc']] | [[Ada,100,30],[Bob,200,40],[Cy,400,null]]
                    'measures':['teachers.salaries','lessons.hours']                                                  | [[700,10]]
                    'measures':['teachers.salaries'],'dimensions':['lessons.room'],'order':[['lessons.room','asc']]    | [[attic,100],[hall,100],[null,600]]
                    'measures':['courses.fees'],'dimensions':['pupils.name'],'order':[['pupils.name','asc']]           | [[Pia,30],[Quin,50],[Ray,40],[null,80]]
                    'measures':['pupils.average_age'],'dimensions':['courses.subject'],'order':[['courses.subject','asc']] | [[art,10.0000000000000000],[maths,13.0000000000000000],[music,null]]
                    'measures':['lessons.count'],'dimensions':['lessons.of_subject'],'order':[['lessons.of_subject','asc']] | [[art in attic,1],[maths in attic,1],[maths in hall,2],[null,1]]
                    'measures':['lessons.hours'],'segments':['lessons.in_hall'],'dimensions':['courses.subject'],'order':[['courses.subject','asc']] | [[maths,4],[null,50]]
                    'measures':['courses.taught_by_ada']                                                              | [[30]]
                    'measures':['courses.taught_by_ada','lessons.count']                                              | [[30,4]]
                    'measures':['timetable.lessons_hours','timetable.lessons_count'],'dimensions':['timetable.name'],'order':[['timetable.name','asc']] | [[Ada,10,4],[Bob,null,0],[Cy,null,0]]
                    'measures':['courses.fees'],'dimensions':['courses.subject'],'order':[['courses.subject','asc']],'filters':[{'member':'lessons.room','operator':'equals','values':['hall']}] | [[maths,10]]
                    'measures':['courses.fees'],'dimensions':['courses.subject'],'order':[['courses.subject','asc']],'filters':[{'member':'lessons.hours','operator':'gt','values':['3.5']}] | [[art,20],[maths,50]]
                    'measures':['courses.count'],'dimensions':['courses.subject'],'order':[['courses.count','desc'],['courses.subject','desc']],'limit':2 | [[maths,2],[music,1]]
                    'measures':['courses.count'],'dimensions':['courses.subject'],'order':[['courses.subject','asc']],'offset':1,'limit':1 | [[maths,2]]
                    'measures':['keyless.count','keyless.hours']                                                      | [[5,60]]
                    """)
    void eachRowCountsOnceHoweverManyRowsTheJoinMakesOfIt(String query, String expected) {
        assertThat(rows(query)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
                    'measures':['teachers.count','pupils.count','lessons.count'],'dimensions':['nope.x']  | Cube 'nope' not found for path 'nope.x'
                    'measures':['pupils.count','courses.count'],'filters':[{'member':'lessons.nope','operator':'set'}] | 'nope' not found for path 'lessons.nope'
                    'measures':['courses.raw','lessons.count']                 | 'courses.raw' mixes measures with SQL over rows
                    'measures':['courses.hours_of_lessons']                    | 'courses.hours_of_lessons' references cubes that lead to row multiplication
                    'measures':['courses.count'],'filters':[{'member':'lessons.in_hall','operator':'set'}] | 'lessons.in_hall' is a segment; name it under 'segments'
                    'measures':['courses.count'],'filters':[{'member':'courses.subject','operator':'measureFilter'}] | 'courses.subject' is no measure, whose filters measureFilter could repeat
                    'measures':['courses.count'],'dimensions':['courses.subject'],'ungrouped':true | Ungrouped query requires primary keys to be present in dimensions: 'courses.id'
                    'measures':['lessons.count'],'dimensions':['lessons.number'],'ungrouped':true  | 'lessons.course'
                    'measures':['courses.count'],'dimensions':['courses.id'],'ungrouped':true,'filters':[{'member':'courses.fees','operator':'gt','values':['1']}] | Measure filters aren't allowed in ungrouped query
                    'measures':['keyless.count','pupils.count']                | Can't find join path to join 'keyless', 'pupils'
                    'segments':['courses.id'],'measures':['courses.count']     | 'id' not found for path 'courses.id'
                    """)
    void whatCannotBeJoinedOrSummedIsRefusedWithAReason(String query, String error) {
        assertThatThrownBy(() -> SCHOOL.ask("{" + query.replace('\'', '"') + "}"))
                .isInstanceOf(QueryException.class)
                .hasMessageContaining(error);
    }

    @Test
    void anUngroupedQueryShowsEachRowAsItIs() {
        assertThat(
                        rows(
                                """
                                'dimensions':['lessons.course','lessons.number'],
                                'measures':['lessons.count','lessons.long','lessons.hours'],'ungrouped':true,
                                'order':[['lessons.course','asc'],['lessons.number','asc']]\
                                """))
                .isEqualTo("[[1,1,1,null,1],[1,2,1,1,2],[1,3,1,1,3],[2,1,1,1,4],[11,1,1,1,50]]");
    }

    @Test
    void theOrderIsCubesOwnUnlessSaid() {
        assertThat(
                        compiled("'measures':['courses.count'],'dimensions':['courses.subject']")
                                .order())
                .containsExactly(new Query.Order("courses.count", true));
        assertThat(compiled("'dimensions':['courses.subject','courses.id']").order())
                .containsExactly(new Query.Order("courses.subject", false));
        assertThat(compiled("'measures':['courses.count']").order()).isEmpty();
        assertThat(
                        compiled("'measures':['courses.count'],'order':[['lessons.room','asc']]")
                                .statement()
                                .sql())
                .as("what is not shown cannot be ordered by")
                .doesNotContain("ORDER BY");
    }

    @Test
    void aggregatesAreComputedApartOnlyWhereAJoinMultipliesThem() {
        assertThat(compiled("'measures':['courses.fees']").split()).isFalse();
        assertThat(
                        compiled("'measures':['lessons.hours'],'dimensions':['courses.subject']")
                                .split())
                .isFalse();
        assertThat(compiled("'measures':['courses.count','lessons.count']").split()).isFalse();
        assertThat(compiled("'measures':['courses.fees','lessons.count']").split()).isTrue();
        assertThat(compiled("'measures':['courses.fee_per_hour']").leaves().values())
                .containsExactly(
                        List.of(
                                new CompiledQuery.Leaf(
                                        "courses.fees",
                                        dev.millrace.contracts.project.cube.Measure.Type.SUM),
                                new CompiledQuery.Leaf(
                                        "lessons.hours",
                                        dev.millrace.contracts.project.cube.Measure.Type.SUM)));
    }

    private static CompiledQuery compiled(String query) {
        return SCHOOL.ask("{" + query.replace('\'', '"') + "}").compiled().getFirst();
    }

    /** Two ways from a to d: by b and by c. */
    private static final String DIAMOND =
            """
            cubes:
              - name: a
                sql: "SELECT 1 AS id"
                joins:
                  - {name: b, relationship: many_to_one, sql: "{CUBE}.id = {b}.id"}
                  - {name: c, relationship: many_to_one, sql: "{CUBE}.id = {c}.id"}
                dimensions: [{name: id, sql: id, type: number, primary_key: true}]
                measures: [{name: count, type: count}]
              - name: b
                sql: "SELECT 1 AS id, 10 AS d"
                joins: [{name: d, relationship: many_to_one, sql: "{CUBE}.d = {d}.id"}]
                dimensions: [{name: id, sql: id, type: number, primary_key: true, public: true}]
                measures: [{name: count, type: count}]
              - name: c
                sql: "SELECT 1 AS id, 20 AS d"
                joins: [{name: d, relationship: many_to_one, sql: "{CUBE}.d = {d}.id"}]
                dimensions: [{name: id, sql: id, type: number, primary_key: true, public: true}]
                measures: [{name: count, type: count}]
              - name: d
                sql: "SELECT 10 AS id, 'ten' AS name UNION ALL SELECT 20, 'twenty'"
                dimensions:
                  - {name: id, sql: id, type: number, primary_key: true}
                  - {name: name, sql: name, type: string}
                measures: [{name: count, type: count}]
            views:
              - name: by_b
                cubes:
                  - {join_path: a, includes: [count]}
                  - {join_path: a.b.d, includes: [name]}
              - name: by_c
                cubes:
                  - {join_path: a, includes: [count]}
                  - {join_path: a.c.d, includes: [name]}
              - name: by_both
                cubes:
                  - {join_path: a, includes: [count]}
                  - {join_path: a.b.d, prefix: true, includes: [name]}
                  - {join_path: a.c, prefix: true, includes: [count]}
            """;

    @Test
    void aViewNamesTheWayWhereThereAreTwo() {
        try (Bench bench = new Bench(WAREHOUSE, DIAMOND)) {
            assertThat(
                            bench.column(
                                    "{\"dimensions\":[\"by_b.name\"],\"measures\":[\"by_b.count\"]}"))
                    .containsExactly("ten");
            assertThat(
                            bench.column(
                                    "{\"dimensions\":[\"by_c.name\"],\"measures\":[\"by_c.count\"]}"))
                    .containsExactly("twenty");
            assertThat(
                            bench.column(
                                    "{\"dimensions\":[\"by_both.d_name\"],\"measures\":[\"by_both.c_count\"]}"))
                    .containsExactly("ten");
        }
    }

    @Test
    void theWayOfTheFewestJoinsIsTaken() {
        String sql =
                Shop.compiler(DIAMOND)
                        .compile(
                                new QueryReader(Bench.JSON, java.time.Clock.systemUTC())
                                        .read(
                                                Bench.JSON.readTree(
                                                        "{\"measures\":[\"c.count\"],\"dimensions\":[\"d.name\"]}"))
                                        .query(),
                                dev.millrace.serving.semantic.Viewer.PLATFORM)
                        .statement()
                        .sql();

        assertThat(sql).contains("AS \"c\" LEFT JOIN").doesNotContain("AS \"a\"");
    }
}
