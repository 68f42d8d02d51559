package dev.millrace.transform.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.transform.model.compile.Compiler;
import dev.millrace.transform.model.manifest.Node;
import dev.millrace.transform.model.parse.ManifestReader;

import org.junit.jupiter.api.Test;

import java.util.Objects;

class PythonInModelsTest {

    private static String compiled(String sql) throws Exception {
        ManifestReader.Read read = TestProjects.read("models/a.sql", sql);
        Node node = Objects.requireNonNull(read.manifest().nodes().get("model.shop.a"));
        return new Compiler(read.manifest(), read.workspace(), new NoWarehouse())
                .compile(node)
                .sql();
    }

    @Test
    void aModelKnowsWhenItsRunStarted() throws Exception {
        assertThat(compiled("select '{{ run_started_at.strftime('%Y-%m-%d') }}'::date"))
                .isEqualTo("select '2026-01-02'::date");
        assertThat(compiled("select '{{ run_started_at }}'"))
                .isEqualTo("select '2026-01-02 03:04:05+00:00'");
    }

    @Test
    void aModelMayUseTheModulesThatDbtGives() throws Exception {
        assertThat(
                        compiled(
                                """
                                {%- set today = modules.datetime.date.today() -%}
                                select '{{ today - modules.datetime.timedelta(days=29) }}',
                                  '{{ modules.datetime.datetime.now() }}',
                                  '{{ modules.re.sub('[^a-z]+', '_', 'a b-c') }}'\
                                """))
                .isEqualTo(
                        """
                        select '2025-12-04',
                          '2026-01-02 03:04:05',
                          'a_b_c'\
                        """);
    }
}
