import {
  child,
  descend,
  effectiveNamespace,
  items,
  matchesLabels,
  type Resource,
  rootField,
  text,
} from '@isthmus/kubernetes';
import type { EffectiveConfig } from '../effective/config.ts';
import { textItems } from '../effective/fields.ts';
import { effectiveMtls, readPeerAuthentication } from '../effective/peer-authentication.ts';
import type { RegistryService } from '../effective/registry.ts';
import { type Workload, workloadsOf } from '../effective/workloads.ts';

/** What Istio knows about the workloads of services. */
export interface ServiceWorkloads {
  /** SPIFFE identities of a service's workloads, and the names that a ServiceEntry says its servers have, sorted. */
  identities(service: RegistryService): readonly string[];
  /** Whether every workload has a sidecar; false where none is known. */
  allHaveSidecars(service: RegistryService): boolean;
  /** Whether the service's namespace takes mutual TLS, as far as PeerAuthentications without a selector say. */
  takesMutualTls(service: RegistryService): boolean;
}

const annotationAccounts = 'alpha.istio.io/kubernetes-serviceaccounts';
const annotationCanonicalAccounts = 'alpha.istio.io/canonical-serviceaccounts';

const isOn = (value: string | undefined): boolean => value === 'true' || value === 'enabled';

/** Running Pods say by a label whether a sidecar was injected; of templates it is told by who would be injected. */
function hasSidecar(workload: Workload, namespaces: ReadonlyMap<string, Resource>): boolean {
  const { labels, resource, namespace } = workload;
  if (labels['security.istio.io/tlsMode'] !== undefined) return labels['security.istio.io/tlsMode'] === 'istio';
  if (resource.kind === 'Pod' || !workload.inCluster) return false;
  const own = labels['sidecar.istio.io/inject'];
  if (own !== undefined) return isOn(own);
  const around = namespaces.get(namespace)?.labels ?? {};
  return isOn(around['istio-injection']) || around['istio.io/rev'] !== undefined;
}

/** Whether a workload has an account: a WorkloadEntry has none unless it names one. */
const hasAccount = ({ resource }: Workload): boolean =>
  resource.kind !== 'WorkloadEntry' ||
  text(descend(rootField(resource), 'spec', 'serviceAccount'))?.value !== undefined;

/**
 * What a ServiceEntry says of its servers: their names, and the accounts of the endpoints that it lists
 * (istio/pilot/pkg/model/push_context.go addServiceAccounts, pilot/pkg/serviceregistry/serviceentry/conversion.go, 1.32).
 */
function namesOfEntry(
  { resource, namespace }: RegistryService,
  spiffe: (namespace: string, account: string) => string,
): string[] {
  const spec = child(rootField(resource), 'spec');
  const accounts = items(child(spec, 'endpoints')).flatMap((item) => text(child(item, 'serviceAccount'))?.value || []);
  return [
    ...textItems(child(spec, 'subjectAltNames')).map(({ value }) => value),
    ...accounts.map((account) => spiffe(namespace, account)),
  ];
}

/** Reads the workloads of an estate once for all services. */
export function readServiceWorkloads({ estate, mesh }: EffectiveConfig): ServiceWorkloads {
  const pairIn = (namespace: string, [key, value]: readonly [string, string]): string => `${namespace}/${key}=${value}`;
  const byLabel = new Map<string, Workload[]>();
  for (const workload of workloadsOf(estate))
    for (const label of Object.entries(workload.labels)) {
      const pair = pairIn(workload.namespace, label);
      const others = byLabel.get(pair);
      if (others === undefined) byLabel.set(pair, [workload]);
      else others.push(workload);
    }
  const namespaces = new Map(
    estate.context.filter(({ kind, group }) => kind === 'Namespace' && group === '').map((one) => [one.name, one]),
  );
  const policies = estate.istio
    .filter(({ kind, group }) => kind === 'PeerAuthentication' && group === 'security.istio.io')
    .map((resource) => readPeerAuthentication(resource, mesh.rootNamespace));
  const of = ({ namespace, selector = {} }: RegistryService): readonly Workload[] => {
    const [label] = Object.entries(selector);
    const candidates = label === undefined ? [] : (byLabel.get(pairIn(namespace, label)) ?? []);
    return candidates.filter(({ labels }) => matchesLabels(selector, labels));
  };
  const spiffe = (namespace: string, account: string): string =>
    `spiffe://${mesh.trustDomain}/ns/${namespace}/sa/${account}`;
  const identitiesOf = (service: RegistryService): readonly string[] => {
    const { annotations } = service.resource;
    const listed = (key: string): string[] => (annotations[key] ? annotations[key].split(',') : []);
    const written = service.registry === 'kubernetes' ? listed(annotationAccounts) : [];
    const canonical = service.registry === 'kubernetes' ? listed(annotationCanonicalAccounts) : [];
    return [
      ...new Set([
        ...canonical,
        ...written.map((account) => spiffe(effectiveNamespace(service.resource), account)),
        ...of(service)
          .filter(hasAccount)
          .map(({ namespace, serviceAccount }) => spiffe(namespace, serviceAccount)),
        ...(service.registry === 'external' ? namesOfEntry(service, spiffe) : []),
      ]),
    ].sort();
  };
  const modes = new Map<string, boolean>();
  const identities = new WeakMap<RegistryService, readonly string[]>();
  return {
    identities(service) {
      const known = identities.get(service) ?? identitiesOf(service);
      identities.set(service, known);
      return known;
    },
    allHaveSidecars(service) {
      const workloads = of(service);
      return workloads.length > 0 && workloads.every((workload) => hasSidecar(workload, namespaces));
    },
    takesMutualTls({ namespace }) {
      const known = modes.get(namespace);
      if (known !== undefined) return known;
      const takes = effectiveMtls(policies, { namespace, labels: {} }).mode !== 'DISABLE';
      modes.set(namespace, takes);
      return takes;
    },
  };
}
