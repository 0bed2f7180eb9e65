/** Label keys of Kuma (kuma, api/mesh/v1alpha1/dataplane_helpers.go and pkg/core/metadata). */
export const label = {
  mesh: 'kuma.io/mesh',
  zone: 'kuma.io/zone',
  origin: 'kuma.io/origin',
  role: 'kuma.io/policy-role',
  effect: 'kuma.io/effect',
  environment: 'kuma.io/env',
  displayName: 'kuma.io/display-name',
  managedBy: 'kuma.io/managed-by',
  injection: 'kuma.io/sidecar-injection',
  service: 'kuma.io/service',
  protocol: 'kuma.io/protocol',
  instance: 'kuma.io/instance',
  proxyType: 'kuma.io/proxy-type',
  namespace: 'k8s.kuma.io/namespace',
  serviceName: 'k8s.kuma.io/service-name',
  servicePort: 'k8s.kuma.io/service-port',
  serviceAccount: 'k8s.kuma.io/service-account',
  workload: 'kuma.io/workload',
  headless: 'k8s.kuma.io/is-headless-service',
  zoneProxyType: 'k8s.kuma.io/zone-proxy-type',
} as const;

/** Annotation keys of Kuma. */
export const annotation = {
  gateway: 'kuma.io/gateway',
  ignore: 'kuma.io/ignore',
  reachableBackends: 'kuma.io/reachable-backends',
} as const;
