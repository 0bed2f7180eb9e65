import { defineCodes } from '../code.ts';

/** Findings about access logs, traces and metrics. 016 was retired: what it was about is translated. */
export const telemetry = defineCodes({
  accessLog: {
    code: 'ISTHMUS-TEL-001',
    severity: 'info',
    title: 'Access logs of both sides',
    message:
      'Two MeshAccessLogs log what clients and what servers see. Connections that no listener takes are logged in Istio, and are not in Kong Mesh; names of clusters and routes differ in the lines.',
    help: 'Adapt what reads the logs.',
    explanation:
      'A MeshAccessLog has `to` or `rules`, not both (kuma, meshaccesslog/api/v1alpha1/validator.go, 2.14; verified by running). Fields that are Envoy operators mean the same in both.',
  },
  trace: {
    code: 'ISTHMUS-TEL-002',
    severity: 'info',
    title: 'Traces keep their sampling',
    message:
      "The MeshTrace writes the share of requests that Istio samples (1 % unless something else is said), since Kong Mesh would trace all of them. Istio's own tags (`istio.*`) are not in its spans; `kuma.*` are from 2.14 on.",
    help: 'Nothing is to be done.',
    explanation:
      'Unset, `sampling` of a MeshTrace is 100 % (kuma, meshtrace, 2.14), and the default of Istio 1 % (PILOT_TRACE_SAMPLING).',
  },
  metrics: {
    code: 'ISTHMUS-TEL-003',
    severity: 'warning',
    title: 'Metrics have other names',
    message:
      'Prometheus finds metrics of Envoy on port 5670 of the pods, not `istio_requests_total` and its kin on 15020: dashboards, alerts and autoscalers that name those go blind.',
    help: 'Rewrite their queries, or keep them on Istio until the last service has moved; list applications with metrics of their own in the MeshMetric.',
    explanation:
      'Kong Mesh has the metrics of Envoy itself (kuma, meshmetric, 2.14); Istio adds a filter with its own.',
  },
  filterIdle: {
    code: 'ISTHMUS-TEL-004',
    severity: 'warning',
    title: 'Filter of logs has no effect',
    message: 'This filter names no provider, so that Istio drops it without a word: everything is logged.',
    help: 'Name the provider beside the filter if it is meant.',
    explanation:
      'Filters count only in items that name providers (istio/pilot/pkg/model/telemetry_logging.go, 1.32; verified by running).',
  },
  filter: {
    code: 'ISTHMUS-TEL-005',
    severity: 'warning',
    title: 'Logs are not filtered',
    message: 'Kong Mesh logs every request; the condition of this filter is lost, and logs grow.',
    help: 'Filter where logs are collected, or patch the access log of the listener with a MeshProxyPatch.',
    explanation: 'A MeshAccessLog has no condition on requests (kuma, meshaccesslog, 2.14).',
  },
  unknownProvider: {
    code: 'ISTHMUS-TEL-006',
    severity: 'warning',
    title: 'Provider is not in the import',
    message:
      'Provider {name} stands in no `extensionProviders` of the import, so that nothing is known of it; it is left out.',
    help: "Import the mesh's configuration as well.",
    explanation: 'Istio ignores providers that its configuration does not define (verified by running on 1.32).',
  },
  noBackend: {
    code: 'ISTHMUS-TEL-007',
    severity: 'warning',
    title: 'Provider has no counterpart',
    message: 'Provider {name} ({kind}) is none that Kong Mesh sends to; what goes there is lost.',
    help: 'Put an OpenTelemetry collector between, and name it as the backend.',
    explanation:
      'Access logs go to files, TCP or OpenTelemetry, traces to Zipkin, Datadog or OpenTelemetry, metrics to Prometheus or OpenTelemetry (kuma, 2.14).',
  },
  providerField: {
    code: 'ISTHMUS-TEL-008',
    severity: 'warning',
    title: 'Setting of a provider is lost',
    message: 'Setting {field} of this provider has no counterpart in a policy of Kong Mesh.',
    help: 'Do it in an OpenTelemetry collector between, or in environment variables of the sidecar.',
    explanation: 'Backends of Kong Mesh have an address and a format (kuma, 2.14).',
  },
  logField: {
    code: 'ISTHMUS-TEL-009',
    severity: 'warning',
    title: 'Field of a log line is lost',
    message:
      'Field {field} is nested, empty, holds quotation marks or has a name that Kong Mesh refuses; it is left out of the log line.',
    help: 'Write it as a flat text under another name.',
    explanation:
      'JSON formats are flat lists of texts; keys for OpenTelemetry are lower case with dots and underscores (kuma, meshaccesslog/api/v1alpha1/validator.go, 2.14; verified by running).',
  },
  tag: {
    code: 'ISTHMUS-TEL-010',
    severity: 'warning',
    title: 'Tag of traces is lost',
    message:
      'Tag {name} comes from the environment of the proxy or from a formatter; a MeshTrace takes texts and headers only.',
    help: 'Write it as a literal for each workload.',
    explanation: 'Tags are `literal` or `header` (kuma, meshtrace, 2.14).',
  },
  traceField: {
    code: 'ISTHMUS-TEL-011',
    severity: 'warning',
    title: 'Setting of traces is lost',
    message: 'Setting {field} has no counterpart in a MeshTrace.',
    help: 'Nothing replaces it; check what reads the traces.',
    explanation: 'A MeshTrace has backends, sampling and tags (kuma, 2.14).',
  },
  traceDirection: {
    code: 'ISTHMUS-TEL-012',
    severity: 'warning',
    title: 'Traces have no direction',
    message: 'A MeshTrace traces clients and servers alike; the restriction to one side is lost.',
    help: 'Drop the spans of the other side where they are collected.',
    explanation: 'A MeshTrace selects proxies, not sides (kuma, 2.14).',
  },
  oneTracer: {
    code: 'ISTHMUS-TEL-013',
    severity: 'info',
    title: 'Only the first tracer counts',
    message: 'Istio uses the first provider for traces; this one has no effect.',
    help: 'Remove it.',
    explanation: 'Verified by running Istio 1.32 (edge.md T3).',
  },
  noTracer: {
    code: 'ISTHMUS-TEL-014',
    severity: 'warning',
    title: 'Traces without a provider',
    message:
      'Neither this Telemetry nor a wider one nor the mesh names a provider for traces that is defined, so that Istio drops the whole block.',
    help: "Name a provider, or import the mesh's configuration that does.",
    explanation: 'Verified by running Istio 1.32 (edge.md T3).',
  },
  metricField: {
    code: 'ISTHMUS-TEL-015',
    severity: 'warning',
    title: 'Change of metrics is lost',
    message:
      'Field {field} changes metrics of Istio or their labels. Kong Mesh has other metrics, whose labels cannot be changed.',
    help: 'Choose metrics by `profiles` of the MeshMetric, and relabel where they are scraped.',
    explanation: 'A MeshMetric includes and excludes metrics by name (kuma, 2.14).',
  },
  shadowed: {
    code: 'ISTHMUS-TEL-017',
    severity: 'warning',
    title: 'Another Telemetry is used',
    message:
      'The namespace has an older Telemetry for all its workloads, which is the only one that Istio uses. This one has no effect.',
    help: 'Merge the two, or remove this one.',
    explanation:
      'One Telemetry for a whole namespace is used, the oldest (istio/pilot/pkg/model/telemetry.go, 1.32; verified by running). Where manifests do not tell their age, the first by name is taken.',
  },
  targetRef: {
    code: 'ISTHMUS-TEL-018',
    severity: 'warning',
    title: 'Telemetry for a gateway or waypoint',
    message:
      'This Telemetry is for a Gateway, a waypoint or a Service. Kong Gateway logs and traces by plugins, and there are no waypoints; it is not carried over.',
    help: 'Add the plugins file-log, http-log, zipkin, opentelemetry or prometheus to the routes, or write policies for the pods of the Service.',
    explanation:
      'Policies of Kong Mesh select Dataplanes; on a delegated gateway they see its connections into the mesh only (edge.md T57).',
  },
  atGateways: {
    code: 'ISTHMUS-TEL-021',
    severity: 'warning',
    title: 'Gateways log and trace by plugins of Kong',
    message:
      "Istio's gateways log, trace and measure the requests of their clients as the mesh does. Policies of Kong Mesh see what Kong's sidecar sends into the mesh only: plugins are drafted for the rest ({plugins}).",
    help: 'Look at the drafts and apply them for the class of the Kong Gateway, or leave them if its own logs and metrics are enough.',
    explanation:
      'On a delegated gateway MeshAccessLog, MeshTrace and MeshMetric act on the outgoing part (edge.md T57). Names of metrics, formats of logs and spans are those of Kong (kong/plugins, 3.9, read).',
  },
  unusedField: {
    code: 'ISTHMUS-TEL-019',
    severity: 'info',
    title: 'Field says nothing',
    message: 'This field of the Telemetry says nothing.',
    help: 'Nothing is to be done.',
    explanation: 'Empty lists and maps, and fields that the schema of Telemetry does not have.',
  },
  disabledIdle: {
    code: 'ISTHMUS-TEL-020',
    severity: 'warning',
    title: 'Logs are not turned off',
    message:
      'This item turns logs off and names no provider. Nothing wider names one either, and against `accessLogFile` it does nothing in Istio: logs continue, before and after.',
    help: 'Name the provider to turn off, or remove the item.',
    explanation: 'Verified by running Istio 1.32 (edge.md T15).',
  },
  otherPurpose: {
    code: 'ISTHMUS-TEL-022',
    severity: 'warning',
    title: 'Provider is for something else',
    message:
      'Provider {name} ({kind}) does nothing of this kind in Istio, so that naming it here has no effect of its own.',
    help: 'Name a provider that does, or remove it.',
    explanation:
      'Istio passes over providers without support for logs or traces (telemetry_logging.go telemetryAccessLog, tracing.go configureFromProviderConfig, 1.32, read).',
  },
  noJson: {
    code: 'ISTHMUS-TEL-023',
    severity: 'warning',
    title: 'Format is no JSON',
    message:
      'The mesh logs JSON and this format is no JSON object: Istio uses its own fields, and so does the emitted policy.',
    help: 'Write a JSON object, or remove the format.',
    explanation: 'istio/pilot/pkg/model/telemetry_logging.go FileAccessLogFromMeshConfig, 1.32, read.',
  },
  overlap: {
    code: 'ISTHMUS-TEL-024',
    severity: 'warning',
    title: 'Several Telemetries for the same pods',
    message:
      'Some pods have this Telemetry and {others} too, which Istio merges field by field, the younger one last. In Kong Mesh the policy of the younger one replaces the other as a whole there.',
    help: 'Write what both say into one Telemetry.',
    explanation:
      'Istio merges all Telemetries that select a pod by age (istio/pilot/pkg/model/telemetry.go applicableTelemetries, 1.32; verified by running).',
  },
  serversApart: {
    code: 'ISTHMUS-TEL-025',
    severity: 'warning',
    title: "Servers' logs by namespace",
    message:
      'Not all servers log alike, and rules of several MeshAccessLogs add up in this version instead of one taking the place of another. Each namespace of the import, or each of its workloads where they differ, gets one policy for its servers; a namespace that comes later needs one of its own.',
    help: 'Add a MeshAccessLog with `rules` when a namespace joins the mesh.',
    explanation:
      'From 2.14 on every matching rule logs (kuma, meshaccesslog/plugin/v1alpha1/plugin.go applyToInbounds, 2.14.3 and master, read; in 2.13 they were merged).',
  },
  serversMeet: {
    code: 'ISTHMUS-TEL-026',
    severity: 'warning',
    title: "Servers' logs cannot be told apart",
    message:
      'Labels of these pods select others as well that log in another way ({pods}): those get the lines of both.',
    help: 'Give the pods a label of their own and select by it.',
    explanation:
      'A targetRef selects by labels that are there, never by such that are not, and from 2.14 on all rules log (kuma, meshaccesslog, 2.14, read).',
  },
  olderIdle: {
    code: 'ISTHMUS-TEL-027',
    severity: 'info',
    title: 'Older setting has no effect',
    message:
      '{field} has no effect here: Telemetries or default providers of the mesh speak for all proxies, or the setting that it belongs to is not made.',
    help: 'Remove it.',
    explanation:
      'istio/pilot/pkg/networking/core/accesslog.go and tracing.go, 1.32: the older settings are what remains without the Telemetry API.',
  },
});
