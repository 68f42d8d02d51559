{{/* Parts of the services' pods. */}}

{{- define "millrace.port" -}}
{{- get (dict "ingestion" "8081" "transform" "8082" "serving" "8083") . }}
{{- end }}

{{- define "millrace.env" -}}
{{- $settings := index .root.Values .component }}
{{- $access := .root.Values.access }}
- name: MILLRACE_PROJECT_DIR
  value: {{ include "millrace.projectDir" .root }}
{{- with $settings.javaToolOptions }}
- name: JAVA_TOOL_OPTIONS
  value: {{ . | quote }}
{{- end }}
{{ include "millrace.databaseEnv" (dict "root" .root "role" .component "prefix" "SPRING_DATASOURCE") }}
{{- if $access.jwtSecret.secretName }}
{{ include "millrace.secretEnv" (dict "name" "MILLRACE_ACCESS_JWTSECRET" "secretName" $access.jwtSecret.secretName "key" $access.jwtSecret.key) }}
{{- else }}
- name: MILLRACE_ACCESS_JWKSETURI
  value: {{ $access.jwkSetUri | quote }}
{{- end }}
{{- if include "millrace.usesKafka" . }}
{{ include "millrace.kafkaEnv" . }}
{{- end }}
{{- if eq .component "ingestion" }}
{{- with $settings.piiKey.secretName }}
{{ include "millrace.secretEnv" (dict "name" "MILLRACE_PII_KEY" "secretName" . "key" $settings.piiKey.key) }}
{{- end }}
{{- end }}
{{- if eq .component "transform" }}
{{ include "millrace.databaseEnv" (dict "root" .root "role" "models" "prefix" "MILLRACE_MODELS") }}
{{- end }}
{{- if eq .component "serving" }}
{{ include "millrace.databaseEnv" (dict "root" .root "role" "reader" "prefix" "MILLRACE_WAREHOUSE") }}
{{- if $settings.apiSecret.secretName }}
{{ include "millrace.secretEnv" (dict "name" "MILLRACE_SERVING_APISECRET" "secretName" $settings.apiSecret.secretName "key" $settings.apiSecret.key) }}
{{- else }}
- name: MILLRACE_SERVING_JWKSETURI
  value: {{ $settings.apiJwkSetUri | quote }}
{{- end }}
{{- with $settings.tenantSecret.secretName }}
{{ include "millrace.secretEnv" (dict "name" "MILLRACE_SERVING_TENANTSECRET" "secretName" . "key" $settings.tenantSecret.key) }}
{{- end }}
{{- end }}
{{- with $settings.extraEnv }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{- define "millrace.volumeMounts" -}}
{{- $project := .root.Values.project }}
{{- $pg := .root.Values.postgresql }}
- name: tmp
  mountPath: /tmp
- name: project
  mountPath: /project
  readOnly: true
  {{- if and $project.existingClaim $project.subPath }}
  subPath: {{ trimAll "/" $project.subPath }}
  {{- end }}
{{- if $pg.ca.secretName }}
- name: postgresql-ca
  mountPath: /etc/millrace/postgresql-ca
  readOnly: true
{{- end }}
{{- range $role := splitList " " (include "millrace.rolesOf" .component) }}
{{- if (index $pg.roles $role).clientCertificateSecretName }}
- name: postgresql-{{ $role }}
  mountPath: /etc/millrace/postgresql-{{ $role }}
  readOnly: true
{{- end }}
{{- end }}
{{- if and (include "millrace.usesKafka" .) (include "millrace.usesKafkaTls" .root) }}
{{- if .root.Values.kafka.ca.secretName }}
- name: kafka-ca
  mountPath: /etc/millrace/kafka-ca
  readOnly: true
{{- end }}
{{- if (index .root.Values .component).kafka.clientCertificateSecretName }}
- name: kafka-client
  mountPath: /etc/millrace/kafka-client
  readOnly: true
{{- end }}
{{- end }}
{{- end }}

{{- define "millrace.secretVolume" -}}
- name: {{ .name }}
  secret:
    secretName: {{ .secretName }}
    defaultMode: 0440
{{- end }}

{{- define "millrace.volumes" -}}
{{- $project := .root.Values.project }}
{{- $pg := .root.Values.postgresql }}
- name: tmp
  emptyDir:
    sizeLimit: {{ dig "tmpSizeLimit" "1Gi" (index .root.Values .component) }}
{{- if $project.files }}
- name: project
  configMap:
    name: {{ include "millrace.fullname" .root }}-project
    items:
      {{- range $path, $content := $project.files }}
      - key: {{ include "millrace.fileKey" $path }}
        path: {{ $path }}
      {{- end }}
{{- else if $project.existingClaim }}
- name: project
  persistentVolumeClaim:
    claimName: {{ $project.existingClaim }}
    readOnly: true
{{- else }}
- name: project
  emptyDir: {}
{{- if $project.gitSync.secretName }}
{{ include "millrace.secretVolume" (dict "name" "git-credentials" "secretName" $project.gitSync.secretName) }}
{{- end }}
{{- end }}
{{- with $pg.ca.secretName }}
{{ include "millrace.secretVolume" (dict "name" "postgresql-ca" "secretName" .) }}
{{- end }}
{{- range $role := splitList " " (include "millrace.rolesOf" .component) }}
{{- with (index $pg.roles $role).clientCertificateSecretName }}
{{ include "millrace.secretVolume" (dict "name" (printf "postgresql-%s" $role) "secretName" .) }}
{{- end }}
{{- end }}
{{- if and (include "millrace.usesKafka" .) (include "millrace.usesKafkaTls" .root) }}
{{- with .root.Values.kafka.ca.secretName }}
{{ include "millrace.secretVolume" (dict "name" "kafka-ca" "secretName" .) }}
{{- end }}
{{- with (index .root.Values .component).kafka.clientCertificateSecretName }}
{{ include "millrace.secretVolume" (dict "name" "kafka-client" "secretName" .) }}
{{- end }}
{{- end }}
{{- end }}

{{/* A path as a key of a ConfigMap, which knows no slashes. */}}
{{- define "millrace.fileKey" -}}
{{- . | replace "_" "_u" | replace "/" "_s" }}
{{- end }}

{{/* git-sync as a native sidecar: its first copy is there before the service starts. */}}
{{- define "millrace.gitSync" -}}
{{- $git := .Values.project.gitSync }}
- name: git-sync
  image: {{ $git.image | quote }}
  restartPolicy: Always
  securityContext:
    {{- include "millrace.containerSecurity" . | nindent 4 }}
  env:
    - {name: GITSYNC_REPO, value: {{ $git.repository | quote }}}
    - {name: GITSYNC_REF, value: {{ $git.ref | quote }}}
    - {name: GITSYNC_PERIOD, value: {{ $git.period | quote }}}
    - {name: GITSYNC_DEPTH, value: "1"}
    - {name: GITSYNC_ROOT, value: /project}
    - {name: GITSYNC_LINK, value: current}
    - {name: GITSYNC_HTTP_BIND, value: ":9001"}
    - {name: HOME, value: /tmp}
    {{- if $git.secretName }}
    {{- include "millrace.secretEnv" (dict "name" "GITSYNC_USERNAME" "secretName" $git.secretName "key" "username") | nindent 4 }}
    - {name: GITSYNC_PASSWORD_FILE, value: /etc/git-credentials/password}
    {{- end }}
  startupProbe:
    httpGet: {path: /, port: 9001}
    periodSeconds: 2
    failureThreshold: 60
  resources:
    {{- toYaml $git.resources | nindent 4 }}
  volumeMounts:
    - {name: project, mountPath: /project}
    - {name: tmp, mountPath: /tmp}
    {{- if $git.secretName }}
    - {name: git-credentials, mountPath: /etc/git-credentials, readOnly: true}
    {{- end }}
{{- end }}
