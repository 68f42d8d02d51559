package dev.millrace.operations.access;

import io.swagger.v3.oas.models.Components;
import io.swagger.v3.oas.models.OpenAPI;
import io.swagger.v3.oas.models.Operation;
import io.swagger.v3.oas.models.info.Info;
import io.swagger.v3.oas.models.media.StringSchema;
import io.swagger.v3.oas.models.parameters.Parameter;
import io.swagger.v3.oas.models.security.SecurityRequirement;
import io.swagger.v3.oas.models.security.SecurityScheme;

import org.springdoc.core.customizers.OpenApiCustomizer;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Tells in the OpenAPI description how the operators' doors are opened. */
@Configuration(proxyBeanMethods = false)
class DoorDocumentation {

    private static final String TOKEN = "token";
    private static final String KEY = "key";

    @Bean
    OpenApiCustomizer doorsInOpenApi(@Value("${spring.application.name}") String application) {
        return api -> {
            api.info(new Info().title(application).version("v1"));
            describeSecurity(api);
            if (api.getPaths() != null) {
                api.getPaths()
                        .forEach(
                                (path, item) -> {
                                    if (path.startsWith("/operator/")) {
                                        item.readOperationsMap()
                                                .forEach(
                                                        (method, operation) ->
                                                                describe(operation, method.name()));
                                    }
                                });
            }
        };
    }

    private static void describeSecurity(OpenAPI api) {
        if (api.getComponents() == null) {
            api.setComponents(new Components());
        }
        api.getComponents()
                .addSecuritySchemes(
                        TOKEN,
                        new SecurityScheme()
                                .type(SecurityScheme.Type.HTTP)
                                .scheme("bearer")
                                .description("An operator's JWT, or an API key"))
                .addSecuritySchemes(
                        KEY,
                        new SecurityScheme()
                                .type(SecurityScheme.Type.APIKEY)
                                .in(SecurityScheme.In.HEADER)
                                .name("X-API-Key"));
    }

    private static void describe(Operation operation, String method) {
        operation.addSecurityItem(new SecurityRequirement().addList(TOKEN));
        operation.addSecurityItem(new SecurityRequirement().addList(KEY));
        if (!"GET".equals(method)) {
            operation.addParametersItem(
                    new Parameter()
                            .in("header")
                            .name("X-Reason")
                            .required(true)
                            .description("Why; kept in the audit")
                            .schema(new StringSchema()));
        }
    }
}
