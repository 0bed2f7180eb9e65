import type { Workload } from '@isthmus/istio';
import { child, descend, type Field, items, rootField, text } from '@isthmus/kubernetes';
import { isHeadless, type MigratingService } from '../services.ts';
import type { Evidence, Found } from './edge.ts';
import type { Surroundings } from './surroundings.ts';

// A longer text is a script or data, not an address.
const longestText = 4096;
const longestPassword = 80;

// What injectors add names the workload itself.
const injected = new Set(['istio-proxy', 'istio-init', 'istio-validation']);

/** The containers of a workload in the cluster that are the user's own. */
function containersOf({ resource }: Workload): Field[] {
  const root = rootField(resource);
  const spec =
    resource.kind === 'Pod'
      ? descend(root, 'spec')
      : resource.kind === 'CronJob'
        ? descend(root, 'spec', 'jobTemplate', 'spec', 'template', 'spec')
        : descend(root, 'spec', 'template', 'spec');
  return ['initContainers', 'containers']
    .flatMap((list) => items(child(spec, list)))
    .filter((container) => !injected.has(text(child(container, 'name'))?.value ?? ''));
}

/** Texts of a container that may name a host. */
function textsOf(container: Field): { kind: 'environment' | 'argument'; field: Field<string>; name: string }[] {
  const environment = items(child(container, 'env')).flatMap((variable) => {
    const field = text(child(variable, 'value'));
    const name = text(child(variable, 'name'))?.value ?? '';
    return field === undefined ? [] : [{ kind: 'environment' as const, field, name }];
  });
  const words = ['command', 'args'].flatMap((list) =>
    items(child(container, list)).flatMap((item) => {
      const field = text(item);
      return field === undefined ? [] : [{ kind: 'argument' as const, field, name: list }];
    }),
  );
  return [...environment, ...words];
}

/** A host in a text; `isAddress` where it stands as one does: behind `//` or `@`, or before a port. */
interface Host {
  readonly host: string;
  readonly isAddress: boolean;
  /** The port behind it, or that of its scheme. */
  readonly port?: number;
}

const portsOfSchemes: Readonly<Record<string, number>> = { http: 80, https: 443 };

/** The port that is called where a host stands in a text. */
function portOf(before: string, after: string): number | undefined {
  const written = /^:(\d{1,5})(?!\d)/.exec(after)?.[1];
  if (written !== undefined) return Number(written);
  const scheme = /([a-z][a-z0-9+.-]*):\/\/(?:[^\s/@]*@)?$/i.exec(before)?.[1];
  return scheme === undefined ? undefined : portsOfSchemes[scheme.toLowerCase()];
}

/** Words of a text that may be hosts. Looks at each character a fixed number of times. */
export function* hostsIn(value: string): Generator<Host> {
  for (const match of value.slice(0, longestText).matchAll(/[a-z0-9][a-z0-9.-]*/gi)) {
    const host = match[0].toLowerCase().replace(/\.+$/, '');
    const before = value.slice(Math.max(match.index - 2, 0), match.index);
    const after = value.slice(match.index + match[0].length, match.index + match[0].length + longestPassword);
    // `user:password@` before a host.
    if (/^(?::[^\s/@]*)?@/.test(after)) continue;
    const isAddress = before === '//' || before.endsWith('@') || /^:\d/.test(after);
    if (!host.includes('.') && !isAddress && match[0].length !== value.length) continue;
    const port = portOf(value.slice(Math.max(match.index - longestPassword, 0), match.index), after);
    yield { host, isAddress, ...(port === undefined ? {} : { port }) };
  }
}

/** A service that is named, or one Pod of it. */
interface Resolved {
  readonly id: string;
  readonly pod: boolean;
}

/**
 * The service that an application's resolver finds under a name: of its own namespace, `name.namespace`, and with
 * `.svc` and the cluster's domain; before that of a headless one may stand the name of a Pod (Kubernetes' DNS specification 1.1).
 */
function resolve(
  host: string,
  namespace: string,
  clusterDomain: string,
  services: ReadonlyMap<string, MigratingService>,
): Resolved | undefined {
  const find = (id: string, pod = false): Resolved | undefined => {
    const found = services.get(id);
    return found === undefined || (pod && !isHeadless(found)) ? undefined : { id, pod };
  };
  const isLong = host.endsWith(`.svc.${clusterDomain}`) || host.endsWith('.svc');
  const [first = '', second, third, ...rest] = (isLong ? host.slice(0, host.lastIndexOf('.svc')) : host).split('.');
  if (rest.length > 0) return undefined;
  if (third !== undefined) return find(`${third}/${second}`, true);
  if (second === undefined) return isLong ? undefined : find(`${namespace}/${first}`);
  return find(`${second}/${first}`) ?? (isLong ? undefined : find(`${namespace}/${second}`, true));
}

/** What a workload names in its environment and arguments: a service, or a host outside of the mesh. */
export interface Named {
  readonly between: 'services' | 'external';
  readonly to: string;
  readonly evidence: Evidence;
}

/** The services and hosts that each workload of a cluster names, whether or not a service stands before it. */
export function* namedByWorkloads(around: Surroundings): Generator<readonly [Workload, Named]> {
  const services = new Map(around.services.map((service) => [service.id, service]));
  for (const workload of around.workloads) {
    if (!workload.inCluster) continue;
    for (const container of containersOf(workload))
      for (const { kind, field, name } of textsOf(container))
        for (const { host, isAddress, port } of hostsIn(field.value)) {
          const resolved = resolve(host, workload.namespace, around.clusterDomain, services);
          const to =
            resolved?.id ??
            around.finder.named(host, workload.namespace).find((id) => services.has(id) && host.includes('.'));
          const outside = to === undefined ? around.external(host) : undefined;
          const target = to ?? outside;
          if (target === undefined) continue;
          const evidence: Evidence = {
            kind,
            confidence: host.includes('.') || isAddress ? 0.7 : 0.4,
            detail: `${name} names ${host}`,
            ...(port === undefined ? {} : { port }),
            ...(resolved?.pod ? { pod: true } : {}),
            resource: workload.resource,
            path: field.path,
          };
          yield [workload, { between: to === undefined ? 'external' : 'services', to: target, evidence }];
        }
  }
}

/** Names of services, and of hosts outside of the mesh, in the environment and the arguments of workloads. */
export function* referenceEvidence(around: Surroundings): Generator<Found> {
  for (const [workload, named] of namedByWorkloads(around))
    for (const from of around.servicesOf(workload)) yield { ...named, from };
}
