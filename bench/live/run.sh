#!/usr/bin/env bash
# Measures live models; see README.md. Rows a second, seconds, and rows of each run at full speed may be given.
set -euo pipefail
cd "$(dirname "$0")/../.."
mvn -q -B -pl transform-service -am test-compile dependency:build-classpath -Dmdep.outputFile=target/bench.classpath
java=$(.ci/jdk)/bin/java
exec "$java" -Xmx1g --enable-native-access=ALL-UNNAMED \
  -cp "transform-service/target/test-classes:transform-service/target/classes:$(cat transform-service/target/bench.classpath)" \
  dev.millrace.transform.landing.LiveBench "${1:-20000}" "${2:-60}" "${3:-400000}"
