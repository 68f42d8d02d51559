package dev.millrace.transform.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.transform.model.manifest.Manifest;
import dev.millrace.transform.model.manifest.Node;

import org.junit.jupiter.api.Test;

import java.util.Map;
import java.util.Objects;

class SeedSettingsTest {

    @Test
    void typesOfColumnsAddUpFromTheProjectToTheSeed() throws Exception {
        Manifest graph =
                TestProjects.manifest(
                        "dbt_project.yml",
                        """
                        name: shop
                        seeds:
                          +column_types: {id: bigint, "on": date}
                          shop:
                            codes:
                              +column_types:
                                id: "{{ 'text' if target.type == 'postgres' else 'string' }}"
                              +quote_columns: "{{ target.type != 'postgres' }}"
                        """,
                        "seeds/codes.csv",
                        "id,on\n1,2024-01-01\n");

        Node seed = Objects.requireNonNull(graph.nodes().get("seed.shop.codes"));

        assertThat(seed.settings().all().get("column_types"))
                .isEqualTo(Map.of("id", "text", "on", "date"));
        assertThat(seed.settings().all().get("quote_columns")).isEqualTo(false);
    }
}
