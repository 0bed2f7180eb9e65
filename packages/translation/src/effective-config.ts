import { type EffectiveConfig, type Estate, effectiveConfig, type RegistryService } from '@isthmus/istio';
import type { Resource } from '@isthmus/kubernetes';
import type { Context } from './context.ts';
import type { EmittedRole, Stage } from './emitted.ts';
import { detoursOf } from './from/egress-gateway/detours.ts';
import { oncePerContext } from './once.ts';

interface Reading {
  readonly config: EffectiveConfig;
  /** Services that stand in for ones that the import does not hold. */
  readonly guessed: ReadonlySet<Resource>;
}

/** What is known of a Service that the import does not hold. */
interface Guess {
  readonly namespace: string;
  readonly name: string;
  readonly ports: Set<number>;
  readonly protocols: Set<string>;
}

/**
 * Services of the cluster that VirtualServices and DestinationRules are for, but that are not in an import of a part of the
 * estate: with the ports that are spoken of, so that what is said about them can be drafted.
 */
function guess({ virtualServices, destinationRules, registry, mesh }: EffectiveConfig, context: Context): Guess[] {
  const suffix = `.svc.${mesh.clusterDomain}`;
  const guesses = new Map<string, Guess>();
  const note = (host: string, ports: readonly (number | undefined)[], protocol?: string): boolean => {
    if (registry.withHost(host).length > 0) return false;
    const [name, namespace, ...rest] = host.endsWith(suffix) ? host.slice(0, -suffix.length).split('.') : [];
    if (!name || !namespace || rest.length > 0 || !/^[a-z0-9-]+$/.test(name)) return false;
    // What Istio does not read is not missing from the import.
    if (context.discovery?.of(namespace) === 'left out') return false;
    const known = guesses.get(host) ?? { namespace, name, ports: new Set(), protocols: new Set() };
    guesses.set(host, known);
    for (const port of ports) if (port !== undefined) known.ports.add(port);
    if (protocol !== undefined) known.protocols.add(protocol);
    return true;
  };
  for (const { hosts, http, tcp, tls, inMesh } of virtualServices.all) {
    // Most imports hold every Service that they speak of.
    if (!inMesh || hosts.every(({ host }) => registry.withHost(host).length > 0)) continue;
    const ports = [...http.flatMap((rule) => rule.matches), ...[...tcp, ...tls].flatMap((rule) => rule.matches)].map(
      ({ port }) => port?.value,
    );
    const protocol = http.length > 0 ? 'http' : tls.length > 0 ? 'tls' : 'tcp';
    const found = hosts.map(({ host }) => note(host, ports, protocol));
    if (!found.includes(true)) continue;
    const routes = [
      ...http.flatMap(({ route, mirrors }) => [...route, ...mirrors]),
      ...[...tcp, ...tls].flatMap(({ route }) => route),
    ];
    for (const { destination } of routes) note(destination.host.host, [destination.port?.value], protocol);
  }
  for (const { host } of destinationRules.all) note(host.host, []);
  return [...guesses.values()];
}

function standIn({ namespace, name, ports, protocols }: Guess): Resource {
  const protocol = protocols.has('http') || protocols.size === 0 ? 'http' : protocols.has('tls') ? 'tls' : 'tcp';
  const numbers = ports.size === 0 ? [80] : [...ports].sort((a, b) => a - b);
  return {
    apiVersion: 'v1',
    group: '',
    kind: 'Service',
    namespace,
    name,
    labels: {},
    annotations: {},
    object: {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name, namespace },
      spec: {
        selector: { app: name },
        ports: numbers.map((port) => ({ name: `${protocol}-${port}`, port })),
      },
    },
    source: { file: '', line: 0, document: 0 },
  };
}

function read(context: Context): Reading {
  const { settings } = context;
  // What a MeshExternalService makes needless routes nothing any more.
  const { replaced } = detoursOf(context);
  const estate =
    replaced.size === 0
      ? context.estate
      : { ...context.estate, istio: context.estate.istio.filter((resource) => !replaced.has(resource)) };
  const { clusterDomain, rootNamespace } = settings;
  const config = effectiveConfig(estate, { clusterDomain, rootNamespace });
  const guesses = settings.complete ? [] : guess(config, context).map(standIn);
  if (guesses.length === 0) return { config, guessed: new Set() };
  const completed: Estate = { ...estate, context: [...estate.context, ...guesses] };
  return { config: effectiveConfig(completed, { clusterDomain, rootNamespace }), guessed: new Set(guesses) };
}

const readingOf = oncePerContext(read);

/**
 * Istio's effective configuration of the estate that is translated; read once for all translators. Services that a part of an
 * estate speaks of without holding them are stood in for.
 */
export const configOf = (context: Context): EffectiveConfig => readingOf(context).config;

/** Whether a service stands in for one that is not in the import. */
export const isGuessed = (context: Context, { resource }: Pick<RegistryService, 'resource'>): boolean =>
  readingOf(context).guessed.has(resource);

/** The role of what is emitted about a service: a draft where the import does not hold the service. */
export function roleFor(
  context: Context,
  service: Pick<RegistryService, 'resource' | 'namespace'>,
  stage: Stage,
): EmittedRole {
  if (!isGuessed(context, service)) return { role: 'resource', stage };
  const name = `${service.namespace}/${service.resource.name}`;
  return {
    role: 'draft',
    stage,
    why: `Service ${name} is not in the import: its ports, their protocols and its selector are guesses.`,
  };
}
