package dev.millrace.transform.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SelectionTest {

    private final ModelGraph graph;

    /** web.order → s1 → m1 → t1 ; clicks.click → s2 → m1, m2 → t1. */
    SelectionTest() throws Exception {
        graph =
                TestProjects.graph(
                        "models/staging/s1.sql",
                                "{{ config(tags=['stg','daily']) }} select * from {{ source('web',"
                                        + " 'order') }}",
                        "models/staging/s2.sql",
                                "{{ config(tags=['stg']) }} select * from {{ source('clicks',"
                                        + " 'click') }}",
                        "models/marts/core/m1.sql",
                                "{{ config(materialized='table', meta={'owner': 'ann'}) }} select *"
                                        + " from {{ ref('s1') }}, {{ ref('s2') }}",
                        "models/marts/m2.sql",
                                "{{ config(materialized='table', tags='daily') }} select * from {{"
                                        + " ref('s2') }}",
                        "models/marts/t1.sql", "select * from {{ ref('m1') }}, {{ ref('m2') }}",
                        "seeds/c.csv", "id\n1\n");
    }

    @ParameterizedTest
    @CsvSource({
        "'',                          '',       c s1 s2 m1 m2 t1",
        "m1,                          '',       m1",
        "m1+,                         '',       m1 t1",
        "+m1,                         '',       s1 s2 m1",
        "1+t1,                        '',       m1 m2 t1",
        "2+t1,                        '',       s1 s2 m1 m2 t1",
        "s1+1,                        '',       s1 m1",
        "+m1+,                        '',       s1 s2 m1 t1",
        "@s1,                         '',       s1 s2 m1 m2 t1",
        "tag:stg,                     '',       s1 s2",
        "tag:daily,                   '',       s1 m2",
        "'tag:stg,tag:daily',         '',       s1",
        "tag:stg tag:daily,           '',       s1 s2 m2",
        "source:web+,                 '',       s1 m1 t1",
        "source:clicks.click+1,       '',       s2",
        "source:*+,                   m1+,      s1 s2 m2",
        "path:models/marts,           '',       m1 m2 t1",
        "models/marts/core,           '',       m1",
        "path:models/*/s1.sql,        '',       s1",
        "file:m1.sql,                 '',       m1",
        "m1.sql,                      '',       m1",
        "marts,                       '',       m1 m2 t1",
        "marts.core,                  '',       m1",
        "shop.staging,                '',       s1 s2",
        "fqn:marts.*.m1,              '',       m1",
        "config.materialized:table,   '',       m1 m2",
        "config.meta.owner:ann,       '',       m1",
        "resource_type:seed,          '',       c",
        "package:shop,                tag:stg,  c m1 m2 t1",
        "?1,                          '',       s1 m1 t1",
        "s?,                          s2,       s1",
        "m[12],                       '',       m1 m2",
        "m[!1],                       '',       m2"
    })
    void selectsAsDbtDoes(String select, String exclude, String expected) throws Exception {
        assertThat(Selection.of(graph, select, exclude))
                .extracting(Node::name)
                .containsExactlyInAnyOrder(expected.split(" "));
    }

    @Test
    void whatFindsNothingIsAMistake() {
        assertThatThrownBy(() -> Selection.of(graph, "m3", ""))
                .isInstanceOf(InvalidSelectionException.class)
                .hasMessageContaining("the selection 'm3' finds nothing; did you mean");
        assertThatThrownBy(() -> Selection.of(graph, "tags:x", ""))
                .hasMessageContaining("no way to select by 'tags'; did you mean 'tag'?");
        assertThatThrownBy(() -> Selection.of(graph, "+", "")).hasMessageContaining("no selection");
        assertThatThrownBy(() -> Selection.of(graph, "a++b", ""))
                .hasMessageContaining("no selection");
        assertThatThrownBy(() -> Selection.of(graph, "m1,", ""))
                .hasMessageContaining("no selection");
        assertThatThrownBy(() -> Selection.of(graph, "m[z-a]", ""))
                .hasMessageContaining("finds nothing");
    }
}
