/** Names that commands are filled with. */
export const nameWords = {
  service: 'service',
  namespace: 'namespace',
  mesh: 'mesh',
  zone: 'zone',
  system: 'system-namespace',
  pod: 'pod',
} as const;
export type NameKey = keyof typeof nameWords;

export interface TaskCommand {
  /** A line for a shell; `{service}` and the like are names of the estate, `<…>` is for the reader to fill. */
  readonly text: string;
  /** Versions of Kong Mesh for which it is right; all where absent. */
  readonly only?: readonly string[];
}

/** Something that people do with a mesh, in both of them. */
export interface Task {
  readonly id: string;
  readonly title: string;
  readonly group: string;
  /** Empty where Istio has nothing for it. */
  readonly istio: readonly TaskCommand[];
  /** Empty where Kong Mesh has nothing for it; the note then says what to do. */
  readonly kong: readonly TaskCommand[];
  readonly note?: string;
}

const lines = (...texts: readonly string[]): TaskCommand[] => texts.map((text) => ({ text }));

const looking: readonly Omit<Task, 'group'>[] = [
  {
    id: 'find-pod',
    title: 'Find a pod of a service',
    istio: lines(
      "kubectl -n {namespace} get endpointslices -l kubernetes.io/service-name={service} -o jsonpath='{.items[*].endpoints[*].targetRef.name}'",
    ),
    kong: lines('kubectl -n {namespace} get dataplanes'),
    note: 'A Dataplane on Kubernetes is called `<pod>.<namespace>` by kumactl. Fill in the pod above, and the other commands name it.',
  },
  {
    id: 'list-proxies',
    title: 'List proxies and whether they are in step',
    istio: lines('istioctl proxy-status'),
    kong: lines('kumactl inspect dataplanes -m {mesh}'),
  },
  {
    id: 'list-services',
    title: 'List services',
    istio: lines('kubectl get services -A', 'istioctl x describe service {service}.{namespace}'),
    kong: lines('kumactl get meshservices -m {mesh}', 'kubectl -n {namespace} get meshservices'),
    note: '3.0 has no `kumactl inspect services` any more.',
  },
  {
    id: 'policies-of-proxy',
    title: 'See which policies act on a proxy',
    istio: lines('istioctl x describe pod {pod}.{namespace}'),
    kong: lines('kumactl inspect dataplane {pod}.{namespace} -m {mesh}'),
  },
  {
    id: 'affected-by-policy',
    title: 'See on whom a permission acts',
    istio: lines('istioctl x authz check {pod}.{namespace}'),
    kong: lines('kumactl inspect meshtrafficpermission <name> -m {mesh}'),
    note: 'Istio answers for a proxy, Kong Mesh for a policy.',
  },
  {
    id: 'list-policies',
    title: 'List policies',
    istio: lines('kubectl get virtualservices,destinationrules,authorizationpolicies,peerauthentications -A'),
    kong: lines(
      'kumactl get meshhttproutes -m {mesh}',
      'kumactl get meshtrafficpermissions -m {mesh} -o yaml',
      'kubectl -n {system} get meshtimeouts,meshretries,meshcircuitbreakers,meshtrafficpermissions',
    ),
  },
  {
    id: 'list-meshes',
    title: 'List meshes',
    istio: [],
    kong: lines('kumactl get meshes', 'kumactl inspect meshes'),
    note: 'One installation of Istio is one mesh; Kong Mesh can hold several.',
  },
];

const proxy: readonly Omit<Task, 'group'>[] = [
  {
    id: 'envoy-config',
    title: 'Read all of the configuration of Envoy',
    istio: lines('istioctl proxy-config all {pod}.{namespace} -o json'),
    kong: lines('kumactl inspect dataplane {pod}.{namespace} -m {mesh} --type=config-dump --include-eds'),
    note: '`--type` belongs to `inspect dataplane` with a name, not to the list `inspect dataplanes`.',
  },
  {
    id: 'listeners-routes',
    title: 'Read listeners and routes',
    istio: lines(
      'istioctl proxy-config listener {pod}.{namespace}',
      'istioctl proxy-config route {pod}.{namespace} -o json',
    ),
    kong: lines(
      'kumactl inspect dataplane {pod}.{namespace} -m {mesh} --type=config-dump | jq \'.. | objects | select(has("route_config")) | .route_config\'',
    ),
    note: 'kumactl has no command for one type. In Kong Mesh routes stand within their listeners.',
  },
  {
    id: 'clusters-endpoints',
    title: 'Read clusters and endpoints',
    istio: lines('istioctl proxy-config cluster {pod}.{namespace}', 'istioctl proxy-config endpoint {pod}.{namespace}'),
    kong: lines('kumactl inspect dataplane {pod}.{namespace} -m {mesh} --type=clusters'),
  },
  {
    id: 'preview-policy',
    title: 'See what a policy would change before it acts',
    istio: [],
    kong: lines('kumactl inspect dataplane {pod}.{namespace} -m {mesh} --type=config --shadow --include=diff'),
    note: 'Give the policy the label `kuma.io/effect: shadow`: it is left out of the configuration and shown here. Istio has a dry run for AuthorizationPolicies only.',
  },
  {
    id: 'stats',
    title: 'Read counters of a proxy',
    istio: lines('istioctl proxy-config envoy-stats {pod}.{namespace}'),
    kong: lines('kumactl inspect dataplane {pod}.{namespace} -m {mesh} --type=stats'),
  },
  {
    id: 'certificates',
    title: 'Look at the certificate of a workload',
    istio: lines('istioctl proxy-config secret {pod}.{namespace} -o json'),
    kong: lines('kumactl inspect dataplanes -m {mesh} -o yaml'),
    note: 'Kong Mesh shows the identity and when its certificate ends.',
  },
  {
    id: 'roots',
    title: 'Compare what proxies trust',
    istio: lines('istioctl proxy-config rootca-compare pod/{pod}.{namespace} pod/<other-pod>.<namespace>'),
    kong: lines('kubectl -n {system} get meshtrusts -o yaml'),
  },
  {
    id: 'log-level',
    title: 'Turn up the log of a proxy',
    istio: lines('istioctl proxy-config log {pod}.{namespace} --level debug'),
    kong: lines(
      `kubectl -n {namespace} patch deployment <deployment> -p '{"spec":{"template":{"metadata":{"annotations":{"kuma.io/envoy-log-level":"debug"}}}}}'`,
    ),
    note: 'The annotation restarts the pods.',
  },
  {
    id: 'envoy-admin',
    title: 'Open the admin page of Envoy',
    istio: lines('istioctl dashboard envoy {pod}.{namespace}'),
    kong: [{ text: 'kubectl -n {namespace} port-forward {pod} 9901', only: ['2.13'] }],
    note: 'From 2.14 on it is a Unix socket within the pod: use `kumactl inspect dataplane`.',
  },
];

const checking: readonly Omit<Task, 'group'>[] = [
  {
    id: 'analyze',
    title: 'Look for mistakes in what is applied',
    istio: lines('istioctl analyze -n {namespace}', 'istioctl analyze -A'),
    kong: lines('kubectl apply --dry-run=server -f <file>'),
    note: 'Kong Mesh has no analyzer. Admission answers what is invalid, not what is without effect; pre-flight looks for that.',
  },
  {
    id: 'validate',
    title: 'Check a file without a cluster',
    istio: lines('istioctl validate -f <file>'),
    kong: lines('kumactl apply --dry-run -f <file>'),
    note: '`kumactl apply --dry-run` fills in variables and prints; it does not validate. The bundle of Isthmus has passed the admission rules of its version.',
  },
  {
    id: 'who-injects',
    title: 'See who injects a pod',
    istio: lines('istioctl x injector list', 'istioctl x check-inject {pod}.{namespace}'),
    kong: lines(
      'kubectl get mutatingwebhookconfigurations',
      'kubectl -n {namespace} get pods -o custom-columns=NAME:.metadata.name,INJECTED:.metadata.annotations.kuma\\.io/sidecar-injected',
    ),
  },
  {
    id: 'move-namespace',
    title: 'Have a namespace injected',
    istio: lines('kubectl label namespace {namespace} istio-injection=enabled'),
    kong: lines(
      'kubectl label namespace {namespace} istio-injection- istio.io/rev- kuma.io/sidecar-injection=enabled',
      'kubectl -n {namespace} rollout restart deployment',
    ),
    note: 'One command, so that no pod starts with both labels. The stages of a wave do it in their own order: use those for the migration.',
  },
  {
    id: 'inject-file',
    title: 'Inject a manifest by hand',
    istio: lines('istioctl kube-inject -f <file>'),
    kong: [],
    note: 'Kong Mesh injects by its webhook only.',
  },
  {
    id: 'bug-report',
    title: 'Collect what support asks for',
    istio: lines('istioctl bug-report'),
    kong: lines(
      'kubectl -n {system} logs deployment/kong-mesh-control-plane --since=1h',
      'kumactl inspect dataplanes -m {mesh} -o yaml',
    ),
    note: 'There is no single command; add the configuration of the proxies concerned.',
  },
];

const operating: readonly Omit<Task, 'group'>[] = [
  {
    id: 'connect',
    title: 'Connect the command line',
    istio: lines('kubectl config use-context <context>'),
    kong: lines(
      'kumactl config control-planes add --name {zone} --address https://<control-plane>:5682 --ca-cert-file ca.pem --auth-type tokens --auth-conf token=<token>',
    ),
    note: 'istioctl goes through the API server, kumactl speaks to the control plane itself.',
  },
  {
    id: 'dashboard',
    title: 'Open the page of the control plane',
    istio: lines('istioctl dashboard kiali'),
    kong: lines('kubectl -n {system} port-forward svc/kong-mesh-control-plane 5681'),
    note: 'Then open http://localhost:5681/gui.',
  },
  {
    id: 'install',
    title: 'Install a control plane',
    istio: lines('istioctl install -f <operator-file>'),
    kong: lines('kumactl install control-plane --mode zone --zone {zone} --values <values-file> | kubectl apply -f -'),
    note: 'A global control plane does not keep its state in Kubernetes any more from 3.0 on: it needs PostgreSQL.',
  },
  {
    id: 'render',
    title: 'See what would be installed',
    istio: lines('istioctl manifest generate -f <operator-file>'),
    kong: lines('kumactl install control-plane --dump-values', 'kumactl install crds --only-missing'),
  },
  {
    id: 'cni',
    title: 'Install with the CNI plug-in',
    istio: lines('istioctl install --set components.cni.enabled=true'),
    kong: lines(
      'kumactl install control-plane --mode zone --zone {zone} --cni-enabled --cni-chained --cni-net-dir /etc/cni/net.d --cni-bin-dir /opt/cni/bin --cni-conf-name <conflist> | kubectl apply -f -',
    ),
    note: 'Name the files of your own CNI: the defaults fit few clusters.',
  },
  {
    id: 'upgrade',
    title: 'Check before an upgrade',
    istio: lines('istioctl x precheck'),
    kong: [],
    note: 'Read UPGRADE.md of the version. With 3.0, Isthmus names what your resources hold that it has no more.',
  },
  {
    id: 'revisions',
    title: 'Move namespaces between revisions',
    istio: lines('istioctl tag list'),
    kong: [],
    note: 'Kong Mesh has no revisions of its control plane; proxies are renewed as pods restart.',
  },
  {
    id: 'zones',
    title: 'Join another cluster',
    istio: lines('istioctl create-remote-secret --context=<context> --name=<cluster>', 'istioctl remote-clusters'),
    kong: lines('kumactl generate zone-token --zone {zone} --valid-for 720h', 'kumactl inspect zones'),
  },
  {
    id: 'machine',
    title: 'Join a machine',
    istio: lines('istioctl x workload entry configure --name <group> --namespace {namespace} -o <folder>'),
    kong: lines(
      'kumactl generate dataplane-token --mesh {mesh} --name <machine> --workload <workload> --valid-for 720h',
      'kumactl install transparent-proxy --kuma-dp-user kuma-dp',
      'kuma-dp run --cp-address=https://<control-plane>:5678 --dataplane-file=<dataplane-file> --dataplane-token-file=<token-file>',
    ),
  },
  {
    id: 'backup',
    title: 'Keep what is configured',
    istio: lines(
      'kubectl get virtualservices,destinationrules,serviceentries,sidecars,peerauthentications,authorizationpolicies,requestauthentications -A -o yaml > istio.yaml',
    ),
    kong: lines('kumactl export --profile federation --format kubernetes > kong-mesh.yaml'),
  },
  {
    id: 'delete',
    title: 'Delete a resource',
    istio: lines('kubectl -n {namespace} delete virtualservice <name>'),
    kong: lines('kubectl -n {namespace} delete meshhttproute <name>', 'kumactl delete meshhttproute <name> -m {mesh}'),
    note: '`kumactl delete` works on Universal and on a global control plane.',
  },
  {
    id: 'metrics',
    title: 'Read metrics of a workload',
    istio: lines('istioctl x metrics <workload>.{namespace}'),
    kong: lines('kubectl -n {namespace} port-forward {pod} 5670', 'curl -s http://localhost:5670/metrics'),
    note: 'With a MeshMetric of Prometheus on its default port. Metrics have other names than in Istio.',
  },
  {
    id: 'uninstall',
    title: 'Remove the mesh',
    istio: lines('istioctl uninstall --purge'),
    kong: lines('helm -n {system} uninstall <release>'),
    note: 'On machines `kumactl uninstall transparent-proxy` removes the rules. Remove Istio once every service is retired.',
  },
];

const grouped = (group: string, tasks: readonly Omit<Task, 'group'>[]): Task[] =>
  tasks.map((task) => ({ ...task, group }));

export const tasks: readonly Task[] = [
  ...grouped('Looking around', looking),
  ...grouped('Inside a proxy', proxy),
  ...grouped('Checking', checking),
  ...grouped('Running the mesh', operating),
];
