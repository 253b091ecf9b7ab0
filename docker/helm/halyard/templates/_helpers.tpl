{{- define "halyard.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 54 | trimSuffix "-" -}}
{{- end -}}

{{/* Room is left for "-internal": names have 63 characters. */}}
{{- define "halyard.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 54 | trimSuffix "-" -}}
{{- else if contains (include "halyard.name" .) .Release.Name -}}
{{- .Release.Name | trunc 54 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name (include "halyard.name" .) | trunc 54 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{- define "halyard.selector" -}}
app.kubernetes.io/name: {{ include "halyard.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "halyard.labels" -}}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{ include "halyard.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end -}}

{{/* A number of a values file is a float: it would become "1e+06". */}}
{{- define "halyard.text" -}}
{{- if and (kindIs "float64" .) (eq (floor .) .) -}}{{ int64 . }}{{- else -}}{{ . }}{{- end -}}
{{- end -}}

{{/* The name of the Service of the chart of NATS, by that chart's own rule. */}}
{{- define "halyard.natsService" -}}
{{- $name := default "nats" .Values.nats.nameOverride -}}
{{- if .Values.nats.fullnameOverride -}}{{ .Values.nats.fullnameOverride }}
{{- else if contains $name .Release.Name -}}{{ .Release.Name }}
{{- else -}}{{ printf "%s-%s" .Release.Name $name }}
{{- end -}}
{{- end -}}

{{/* The secrets by their variables, with the one that is needed. */}}
{{- define "halyard.secrets" -}}
{{- $otherwise := dict "existingSecret" (dict "name" (include "halyard.fullname" .) "key" "sse-authentication-token") -}}
{{- merge (dict) .Values.secrets (ternary (dict) (dict "SSE_AUTHENTICATION_TOKEN" $otherwise) (hasKey .Values.secrets "SSE_AUTHENTICATION_TOKEN")) | toJson -}}
{{- end -}}

{{/* NATS_URL is the file nats-url. */}}
{{- define "halyard.fileName" -}}
{{- . | lower | replace "_" "-" -}}
{{- end -}}

{{/* The name of the Secret that the chart makes. */}}
{{- define "halyard.madeSecret" -}}
{{- printf "%s-values" (include "halyard.fullname" .) -}}
{{- end -}}

{{/* Every variable that is no secret, as JSON. What `config` gives comes last. */}}
{{- define "halyard.variables" -}}
{{- $variables := dict
  "LISTEN_ADDR" ":8080"
  "INTERNAL_LISTEN_ADDR" ":8081"
  "UPDATE_LOG" .Values.updateLog
  "MAX_SUBSCRIBERS" (include "halyard.text" .Values.maxSubscribers)
  "MAX_STREAM_AGE_SECONDS" (include "halyard.text" .Values.maxStreamAgeSeconds)
  "DRAIN_WAIT_SECONDS" (include "halyard.text" .Values.drain.waitSeconds)
  "DRAIN_SECONDS" (include "halyard.text" .Values.drain.seconds)
-}}
{{- if and (eq .Values.updateLog "nats") (not (hasKey .Values.secrets "NATS_URL")) -}}
{{- $url := ternary (printf "nats://%s:4222" (include "halyard.natsService" .)) .Values.natsUrl .Values.nats.enabled -}}
{{- $_ := set $variables "NATS_URL" $url -}}
{{- end -}}
{{- range $name, $value := .Values.config -}}
{{- $_ := set $variables $name (include "halyard.text" $value) -}}
{{- end -}}
{{- $variables | toJson -}}
{{- end -}}

{{/* Stops at what would not work, before it is installed. */}}
{{- define "halyard.check" -}}
{{- if eq .Values.updateLog "memory" -}}
{{- if or .Values.autoscaling.enabled (ne (int .Values.replicaCount) 1) -}}
{{- fail "updateLog: memory is for a single instance: set replicaCount: 1 and autoscaling.enabled: false" -}}
{{- end -}}
{{- end -}}
{{- if and (eq .Values.updateLog "postgres") (not (hasKey .Values.secrets "POSTGRES_URL")) -}}
{{- fail "updateLog: postgres needs secrets.POSTGRES_URL" -}}
{{- end -}}
{{- if and .Values.autoscaling.enabled (not .Values.autoscaling.cpuUtilization) (not .Values.autoscaling.streams) -}}
{{- fail "autoscaling needs autoscaling.cpuUtilization or autoscaling.streams" -}}
{{- end -}}
{{- if and .Values.ingress.enabled (not .Values.ingress.hosts) -}}
{{- fail "ingress.enabled needs ingress.hosts" -}}
{{- end -}}
{{- if and .Values.httpRoute.enabled (not .Values.httpRoute.parentRefs) -}}
{{- fail "httpRoute.enabled needs httpRoute.parentRefs" -}}
{{- end -}}
{{- if and .Values.routes.webhooks (not (hasKey .Values.secrets "WEBHOOK_SECRET")) -}}
{{- fail "routes.webhooks needs secrets.WEBHOOK_SECRET: without it the service has no such path" -}}
{{- end -}}
{{- end -}}
