{{- define "millrace.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 40 | trimSuffix "-" }}
{{- end }}

{{- define "millrace.fullname" -}}
{{- if .Values.fullnameOverride }}
{{- .Values.fullnameOverride | trunc 40 | trimSuffix "-" }}
{{- else if contains (include "millrace.name" .) .Release.Name }}
{{- .Release.Name | trunc 40 | trimSuffix "-" }}
{{- else }}
{{- printf "%s-%s" .Release.Name (include "millrace.name" .) | trunc 40 | trimSuffix "-" }}
{{- end }}
{{- end }}

{{/* Labels of all objects; the argument is a dict of root and component. */}}
{{- define "millrace.labels" -}}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version | replace "+" "_" }}
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
{{ include "millrace.selectorLabels" . }}
{{- end }}

{{- define "millrace.selectorLabels" -}}
app.kubernetes.io/name: {{ include "millrace.name" .root }}
app.kubernetes.io/instance: {{ .root.Release.Name }}
{{- with .component }}
app.kubernetes.io/component: {{ . }}
{{- end }}
{{- end }}

{{- define "millrace.componentName" -}}
{{- printf "%s-%s" (include "millrace.fullname" .root) .component }}
{{- end }}

{{- define "millrace.image" -}}
{{- $name := printf "millrace-%s:%s" .component (default .root.Chart.AppVersion .root.Values.image.tag) }}
{{- with .root.Values.image.registry }}{{ trimSuffix "/" . }}/{{ end }}{{ $name }}
{{- end }}

{{/* Every container: no root, no capabilities, nothing to write to but its volumes. */}}
{{- define "millrace.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities:
  drop: [ALL]
{{- end }}

{{- define "millrace.projectDir" -}}
{{- $base := ternary "/project/current" "/project" (ne .Values.project.gitSync.repository "") }}
{{- if and .Values.project.subPath (not .Values.project.existingClaim) }}
{{- printf "%s/%s" $base (trimAll "/" .Values.project.subPath) }}
{{- else }}
{{- $base }}
{{- end }}
{{- end }}

{{- define "millrace.usesSasl" -}}
{{- if hasPrefix "SASL_" .Values.kafka.securityProtocol }}true{{ end }}
{{- end }}

{{- define "millrace.usesKafkaTls" -}}
{{- if hasSuffix "SSL" .Values.kafka.securityProtocol }}true{{ end }}
{{- end }}

{{/* Whether a service reaches for Kafka: serving does if it has a name there; the argument is a dict of root and component. */}}
{{- define "millrace.usesKafka" -}}
{{- $own := (index .root.Values .component).kafka }}
{{- if or (ne .component "serving") $own.secretName $own.clientCertificateSecretName (eq .root.Values.kafka.securityProtocol "PLAINTEXT") }}true{{ end }}
{{- end }}

{{/* The ports that Kafka is reached at, as JSON: those of its addresses, and more where values say so. */}}
{{- define "millrace.kafkaPorts" -}}
{{- $ports := list }}
{{- range $server := splitList "," .Values.kafka.bootstrapServers }}
{{- $ports = append $ports (splitList ":" $server | last | int) }}
{{- end }}
{{- range $port := .Values.networkPolicy.kafkaPorts }}
{{- $ports = append $ports (int $port) }}
{{- end }}
{{- $ports | uniq | toJson }}
{{- end }}

{{/* http or https for a host of an ingress; the argument is a dict of ingress and host. */}}
{{- define "millrace.scheme" -}}
{{- $scheme := "http" }}
{{- $wildcard := regexReplaceAll "^[^.]+" .host "*" }}
{{- range $tls := .ingress.tls }}
{{- if or (not $tls.hosts) (has $.host $tls.hosts) (has $wildcard $tls.hosts) }}
{{- $scheme = "https" }}
{{- end }}
{{- end }}
{{- $scheme }}
{{- end }}

{{/* Where callers reach a service; the argument is a dict of root, component and path. */}}
{{- define "millrace.addresses" -}}
{{- $settings := index .root.Values .component }}
{{- $addresses := list }}
{{- if $settings.ingress.enabled }}
{{- range $host := $settings.ingress.hosts }}
{{- $scheme := include "millrace.scheme" (dict "ingress" $settings.ingress "host" $host) }}
{{- $addresses = append $addresses (printf "%s://%s%s" $scheme $host $.path) }}
{{- end }}
{{- else }}
{{- $addresses = append $addresses (printf "http://%s.%s:%d%s" (include "millrace.componentName" .) .root.Release.Namespace (int $settings.service.port) .path) }}
{{- end }}
{{- join " " $addresses }}
{{- end }}

{{/* The JDBC URL for a role; the argument is a dict of root and role. */}}
{{- define "millrace.jdbcUrl" -}}
{{- $pg := .root.Values.postgresql }}
{{- $url := printf "jdbc:postgresql://%s:%v/%s?sslmode=%s" $pg.host ($pg.port | int) $pg.database $pg.sslMode }}
{{- if $pg.ca.secretName }}
{{- $url = printf "%s&sslrootcert=/etc/millrace/postgresql-ca/%s" $url $pg.ca.key }}
{{- end }}
{{- if (index $pg.roles .role).clientCertificateSecretName }}
{{- $dir := printf "/etc/millrace/postgresql-%s" .role }}
{{- $url = printf "%s&sslcert=%s/tls.crt&sslkey=%s/tls.key" $url $dir $dir }}
{{- end }}
{{- $url }}
{{- end }}

{{/* One environment variable from a Secret: name, secretName, key. */}}
{{- define "millrace.secretEnv" -}}
- name: {{ .name }}
  valueFrom:
    secretKeyRef:
      name: {{ .secretName }}
      key: {{ .key }}
{{- end }}

{{/* URL, user and password of a database role under a prefix: root, role, prefix. */}}
{{- define "millrace.databaseEnv" -}}
{{- $role := index .root.Values.postgresql.roles .role }}
- name: {{ .prefix }}_URL
  value: {{ include "millrace.jdbcUrl" . | quote }}
- name: {{ .prefix }}_USERNAME
  value: {{ $role.username | default (printf "millrace_%s" .role) }}
{{ include "millrace.secretEnv" (dict "name" (printf "%s_PASSWORD" .prefix) "secretName" $role.secretName "key" $role.key) }}
{{- end }}

{{- define "millrace.kafkaEnv" -}}
{{- $kafka := .root.Values.kafka }}
{{- $own := (index .root.Values .component).kafka }}
- name: SPRING_KAFKA_BOOTSTRAP_SERVERS
  value: {{ $kafka.bootstrapServers | quote }}
- name: SPRING_KAFKA_SECURITY_PROTOCOL
  value: {{ $kafka.securityProtocol }}
- name: MILLRACE_TOPICS_REPLICATIONFACTOR
  value: {{ $kafka.replicationFactor | quote }}
- name: MILLRACE_TOPICS_MININSYNCREPLICAS
  value: {{ $kafka.minInsyncReplicas | quote }}
{{- if include "millrace.usesSasl" .root }}
{{ include "millrace.secretEnv" (dict "name" "KAFKA_USERNAME" "secretName" $own.secretName "key" $own.usernameKey) }}
{{ include "millrace.secretEnv" (dict "name" "KAFKA_PASSWORD" "secretName" $own.secretName "key" $own.passwordKey) }}
- name: SPRING_KAFKA_PROPERTIES_SASL_MECHANISM
  value: {{ $kafka.saslMechanism }}
{{- $module := ternary "plain.PlainLoginModule" "scram.ScramLoginModule" (eq $kafka.saslMechanism "PLAIN") }}
# Kubernetes puts the two variables above in place of $(…); the password may contain neither " nor \.
- name: SPRING_KAFKA_PROPERTIES_SASL_JAAS_CONFIG
  value: 'org.apache.kafka.common.security.{{ $module }} required username="$(KAFKA_USERNAME)" password="$(KAFKA_PASSWORD)";'
{{- end }}
{{- if and (include "millrace.usesKafkaTls" .root) (or $kafka.ca.secretName $own.clientCertificateSecretName) }}
- name: SPRING_KAFKA_SSL_BUNDLE
  value: kafka
{{- with $kafka.ca.secretName }}
- name: SPRING_SSL_BUNDLE_PEM_KAFKA_TRUSTSTORE_CERTIFICATE
  value: file:/etc/millrace/kafka-ca/{{ $kafka.ca.key }}
{{- end }}
{{- if $own.clientCertificateSecretName }}
- name: SPRING_SSL_BUNDLE_PEM_KAFKA_KEYSTORE_CERTIFICATE
  value: file:/etc/millrace/kafka-client/tls.crt
- name: SPRING_SSL_BUNDLE_PEM_KAFKA_KEYSTORE_PRIVATEKEY
  value: file:/etc/millrace/kafka-client/tls.key
{{- end }}
{{- end }}
{{- end }}

{{/* The database roles that a service connects as. */}}
{{- define "millrace.rolesOf" -}}
{{- get (dict "ingestion" "ingestion" "transform" "transform models" "serving" "serving reader") . }}
{{- end }}

{{/* Every mistake in the values at once. Called by the first template that renders. */}}
{{- define "millrace.validate" -}}
{{- $problems := list }}
{{- $v := .Values }}
{{- $chosen := 0 }}
{{- if $v.project.files }}{{ $chosen = add1 $chosen }}{{ end }}
{{- if $v.project.existingClaim }}{{ $chosen = add1 $chosen }}{{ end }}
{{- if $v.project.gitSync.repository }}{{ $chosen = add1 $chosen }}{{ end }}
{{- if ne (int $chosen) 1 }}
{{- $problems = append $problems "set exactly one of project.files, project.existingClaim and project.gitSync.repository: where the services find the Millrace project" }}
{{- end }}
{{- if and $v.project.files $v.project.subPath }}
{{- $problems = append $problems "project.subPath is for existingClaim and gitSync; with project.files put the folder into the paths" }}
{{- end }}
{{- if not $v.kafka.bootstrapServers }}
{{- $problems = append $problems "kafka.bootstrapServers is required: host:port of your brokers, comma separated" }}
{{- end }}
{{- if and (gt (int $v.kafka.replicationFactor) 0) (gt (int $v.kafka.minInsyncReplicas) (int $v.kafka.replicationFactor)) }}
{{- $problems = append $problems (printf "kafka.minInsyncReplicas %d is above kafka.replicationFactor %d: no record could ever be acknowledged" (int $v.kafka.minInsyncReplicas) (int $v.kafka.replicationFactor)) }}
{{- end }}
{{- if include "millrace.usesSasl" . }}
{{- range $component := list "ingestion" "transform" }}
{{- if not (index $v $component).kafka.secretName }}
{{- $problems = append $problems (printf "%s.kafka.secretName is required for %s: a Secret with the user and password that %s has at the brokers" $component $v.kafka.securityProtocol $component) }}
{{- end }}
{{- end }}
{{- end }}
{{- if and (include "millrace.usesSasl" .) $v.serving.kafka.clientCertificateSecretName (not $v.serving.kafka.secretName) }}
{{- $problems = append $problems (printf "serving.kafka.secretName is required for %s beside its certificate: a Secret with the user and password that serving has at the brokers" $v.kafka.securityProtocol) }}
{{- end }}
{{- if not (include "millrace.usesKafkaTls" .) }}
{{- range $component := list "ingestion" "transform" "serving" }}
{{- if (index $v $component).kafka.clientCertificateSecretName }}
{{- $problems = append $problems (printf "%s.kafka.clientCertificateSecretName needs kafka.securityProtocol SSL or SASL_SSL" $component) }}
{{- end }}
{{- end }}
{{- end }}
{{- if not $v.postgresql.host }}
{{- $problems = append $problems "postgresql.host is required: the server of the warehouse" }}
{{- end }}
{{- if and (hasPrefix "verify-" $v.postgresql.sslMode) (not $v.postgresql.ca.secretName) }}
{{- $problems = append $problems (printf "postgresql.ca.secretName is required for sslMode %s: a Secret with the CA that signed the server's certificate" $v.postgresql.sslMode) }}
{{- end }}
{{- range $role, $settings := $v.postgresql.roles }}
{{- if not $settings.secretName }}
{{- $problems = append $problems (printf "postgresql.roles.%s.secretName is required: a Secret with the password of millrace_%s" $role $role) }}
{{- end }}
{{- if and $settings.clientCertificateSecretName (has $v.postgresql.sslMode (list "disable" "prefer")) }}
{{- $problems = append $problems (printf "postgresql.roles.%s.clientCertificateSecretName needs postgresql.sslMode require, verify-ca or verify-full" $role) }}
{{- end }}
{{- end }}
{{- if and $v.postgresql.rolesJob.enabled (not $v.postgresql.rolesJob.owner.secretName) }}
{{- $problems = append $problems "postgresql.rolesJob.owner.secretName is required: a Secret with user and password of the database's owner, who may create roles" }}
{{- end }}
{{- if not (or $v.access.jwtSecret.secretName $v.access.jwkSetUri) }}
{{- $problems = append $problems "set access.jwtSecret.secretName or access.jwkSetUri: who signs the operators' tokens" }}
{{- end }}
{{- if and $v.access.jwtSecret.secretName $v.access.jwkSetUri }}
{{- $problems = append $problems "set only one of access.jwtSecret.secretName and access.jwkSetUri" }}
{{- end }}
{{- if not (or $v.serving.apiSecret.secretName $v.serving.apiJwkSetUri) }}
{{- $problems = append $problems "set serving.apiSecret.secretName or serving.apiJwkSetUri: who signs the tokens of Cube's API" }}
{{- end }}
{{- if and $v.serving.apiSecret.secretName $v.serving.apiJwkSetUri }}
{{- $problems = append $problems "set only one of serving.apiSecret.secretName and serving.apiJwkSetUri" }}
{{- end }}
{{- range $component := list "ingestion" "serving" }}
{{- $autoscaling := (index $v $component).autoscaling }}
{{- if and $autoscaling.enabled (gt (int $autoscaling.minReplicas) (int $autoscaling.maxReplicas)) }}
{{- $problems = append $problems (printf "%s.autoscaling: minReplicas is above maxReplicas" $component) }}
{{- end }}
{{- if and (index $v $component).ingress.enabled (not (index $v $component).ingress.hosts) }}
{{- $problems = append $problems (printf "%s.ingress.hosts is required: the names that callers use" $component) }}
{{- end }}
{{- end }}
{{- if $problems }}
{{- fail (printf "\n\nThe values need %d correction(s):\n  - %s\n\ndocs/recipes/kubernetes.md shows a complete set.\n" (len $problems) (join "\n  - " $problems)) }}
{{- end }}
{{- end }}
