package dev.millrace.helm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.contracts.warehouse.Role;
import dev.millrace.contracts.warehouse.WarehouseRoles;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.file.Files;
import java.util.Locale;
import java.util.Map;

class ChartRolesTest {

    @Test
    void theRolesScriptIsTheOneOfTheContracts() throws IOException {
        assertThat(Files.readString(Chart.DIRECTORY.resolve("files/roles.sql")))
                .as("copy contracts' roles.sql to helm/millrace/files/roles.sql")
                .isEqualTo(WarehouseRoles.script());
    }

    @Test
    void theRolesJobGivesEveryRoleItsPasswordBeforeTheServicesStart() {
        Rendered rendered = Chart.render("everything");
        KubernetesObject job = rendered.one("Job", "mill-roles");
        KubernetesObject script = rendered.one("ConfigMap", "mill-roles");

        assertThat(hook(job)).isEqualTo("pre-install,pre-upgrade");
        assertThat(hook(script)).isEqualTo("pre-install,pre-upgrade");
        assertThat(script.at("data/roles.sql").text().strip())
                .isEqualTo(WarehouseRoles.script().strip());
        String passwords = script.at("data/passwords.sql").text();
        Map<String, String> environment =
                Rendered.environment(job.at("spec/template/spec/containers").items().getFirst());
        assertThat(Role.values())
                .allSatisfy(
                        role -> {
                            String variable =
                                    role.roleName().toUpperCase(Locale.ROOT) + "_PASSWORD";
                            assertThat(passwords)
                                    .contains(variable)
                                    .contains("ALTER ROLE " + role.roleName() + " PASSWORD");
                            assertThat(environment).containsKey(variable);
                        });
    }

    @Test
    void theRolesJobAndServingHaveTheSameSecretOfTenants() {
        Rendered rendered = Chart.render("everything");
        Tree job =
                rendered.one("Job", "mill-roles")
                        .at("spec/template/spec/containers")
                        .items()
                        .getFirst();

        assertThat(Rendered.environment(job).get("MILLRACE_SERVING_TENANTSECRET"))
                .isNotNull()
                .isEqualTo(
                        Rendered.environment(rendered.container("serving"))
                                .get("MILLRACE_SERVING_TENANTSECRET"));
        assertThat(Rendered.environment(rendered.container("transform")))
                .doesNotContainKey("MILLRACE_SERVING_TENANTSECRET");
    }

    @Test
    void withoutASecretOfTenantsThereIsNone() {
        Rendered rendered = Chart.render("minimal");
        assertThat(Rendered.environment(rendered.container("serving")))
                .doesNotContainKey("MILLRACE_SERVING_TENANTSECRET");
    }

    private static String hook(KubernetesObject object) {
        return String.valueOf(object.at("metadata/annotations").map().get(Chart.HOOK));
    }
}
