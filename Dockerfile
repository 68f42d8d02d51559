# syntax=docker/dockerfile:1.7
#
# Builds the three services, each a target:
#
#   docker build --target ingestion --tag millrace-ingestion:0.1.0-SNAPSHOT .
#   docker build --target transform --tag millrace-transform:0.1.0-SNAPSHOT .
#   docker build --target serving   --tag millrace-serving:0.1.0-SNAPSHOT .
#
# A service starts from an AOT cache: what the JVM learned while a training run started the service
# once, on a PostgreSQL and a Kafka that live only for that step. The cache fits one JVM build and one
# class path, so it is trained in the image that it is used in.

ARG MAVEN_IMAGE=maven:3.9.11-eclipse-temurin-25
ARG JRE_IMAGE=eclipse-temurin:25-jre-noble

FROM ${MAVEN_IMAGE} AS build
WORKDIR /build
COPY . .
RUN --mount=type=cache,target=/root/.m2 \
    mvn -B -ntp -pl helm -am -DskipTests package
# Layers: what changes seldom first, so that a new version of Millrace is a small download.
RUN for service in ingestion transform serving; do \
      cp "$service-service/target/$service-service"-*-exec.jar app.jar \
      && java -Djarmode=tools -jar app.jar extract --layers --destination "/layers/$service" \
      && rm app.jar || exit 1; \
    done
# The program that trains, with its libraries.
RUN cp -r helm/target/trainer /trainer && cp helm/target/helm-*.jar /trainer/


# What the three images have in common. Each of them is a target that adds its name, its port and its layers.
FROM ${JRE_IMAGE} AS runtime
LABEL org.opencontainers.image.vendor="Millrace" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.documentation="docs/README.md"
COPY LICENSE NOTICE /usr/share/doc/millrace/
WORKDIR /app
ENV MILLRACE_PROJECT_DIR=/project \
    JAVA_TOOL_OPTIONS="-XX:MaxRAMPercentage=70 -XX:NewRatio=1 -XX:SurvivorRatio=4 -XX:MetaspaceSize=128m -XX:+ExitOnOutOfMemoryError -Djava.io.tmpdir=/tmp"
# The root file system may be read-only; only this is written to.
VOLUME /tmp
HEALTHCHECK --interval=10s --timeout=3s --start-period=60s --retries=3 \
  CMD ["bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/$SERVER_PORT && printf 'GET /actuator/health/readiness HTTP/1.0\\r\\n\\r\\n' >&3 && read -r -t 2 _ status _ <&3 && [ \"$status\" = 200 ]"]
ENTRYPOINT ["java", "-XX:AOTCache=/app/app.aot", "-jar", "/app/app.jar"]


FROM runtime AS ingestion
LABEL org.opencontainers.image.title="Millrace ingestion" \
      org.opencontainers.image.description="Opens the doors: takes events, answers when Kafka has them"
ENV SERVER_PORT=8081
EXPOSE 8081
COPY --from=build /layers/ingestion/dependencies/ ./
COPY --from=build /layers/ingestion/snapshot-dependencies/ ./
COPY --from=build /layers/ingestion/application/ ./
RUN --mount=type=bind,from=build,source=/trainer,target=/trainer \
    java -cp '/trainer/*' dev.millrace.helm.training.AotTraining ingestion /app
# A number, so that Kubernetes can see that it is not root.
USER 10001:10001


FROM runtime AS transform
LABEL org.opencontainers.image.title="Millrace transform" \
      org.opencontainers.image.description="Lands records and runs SQL models: the only writer of the warehouse"
ENV SERVER_PORT=8082
EXPOSE 8082
COPY --from=build /layers/transform/dependencies/ ./
COPY --from=build /layers/transform/snapshot-dependencies/ ./
COPY --from=build /layers/transform/application/ ./
RUN --mount=type=bind,from=build,source=/trainer,target=/trainer \
    java -cp '/trainer/*' dev.millrace.helm.training.AotTraining transform /app
USER 10001:10001


FROM runtime AS serving
LABEL org.opencontainers.image.title="Millrace serving" \
      org.opencontainers.image.description="Reads the warehouse: metrics over HTTP"
ENV SERVER_PORT=8083
EXPOSE 8083
COPY --from=build /layers/serving/dependencies/ ./
COPY --from=build /layers/serving/snapshot-dependencies/ ./
COPY --from=build /layers/serving/application/ ./
RUN --mount=type=bind,from=build,source=/trainer,target=/trainer \
    java -cp '/trainer/*' dev.millrace.helm.training.AotTraining serving /app
USER 10001:10001
