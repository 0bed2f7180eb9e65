import { type Decision, noHeaderChanges, type Route, type RouteTable, type Rule } from '@isthmus/behavior';
import type { JsonObject } from '@isthmus/kubernetes';
import type { ClientView } from './client-view.ts';
import type { DestinationPort } from './destination.ts';
import { millisecondsOf } from './duration.ts';
import type { Subject } from './entry-index.ts';
import { mergeConfs } from './merge.ts';
import { confOf, type Mesh } from './mesh.ts';
import type { Policy, ToEntry } from './policy.ts';
import { ownSplit, type Split, splitOf, weightedOf } from './split.ts';
import { tcpIdleTimeout } from './timeouts.ts';
import { listOf, mapOf } from './value.ts';

/** Protocols that connections can be passed on to; 3.0 has no kafka. */
const passedOn = (mesh: Mesh) => (protocol: string) =>
  ['tcp', 'http', 'http2', 'grpc'].includes(protocol) || (protocol === 'kafka' && mesh.options.version !== '3.0');

/** The only rule of an entry; none at all means the destination that the entry names (meshtcproute `GetDefault`). */
function defaultOf({ item }: ToEntry): JsonObject {
  const [rule] = listOf(item.rules);
  return rule === undefined ? { backendRefs: [{ ...mapOf(item.targetRef), weight: 1 }] } : mapOf(mapOf(rule).default);
}

/** What MeshTCPRoutes say about a port. */
export interface TcpRule {
  /** The strongest policy: names are read from where it stands. */
  readonly policy: Policy;
  readonly path: string;
  readonly split: Split;
}

/** The merged MeshTCPRoute rule for a port; undefined where no policy has an entry for it. */
export function tcpRule(mesh: Mesh, client: ClientView, subject: Subject): TcpRule | undefined {
  const entries = mesh.entries.MeshTCPRoute.rule(client, subject);
  const strongest = entries?.at(-1);
  if (entries === undefined || strongest === undefined) return undefined;
  const refs = listOf(mergeConfs(entries.map(defaultOf)).backendRefs).map(mapOf);
  const { policy, index } = strongest;
  return { policy, path: `spec.to[${index}].rules[0]`, split: splitOf(refs, policy, mesh, passedOn(mesh), false) };
}

/** Whether nothing is left of the references of a rule (`getBackendRefs`). */
const vanishes = ({ split }: TcpRule): boolean => split.kind === 'destination';

function tableOf(subject: Subject, decision: Decision, rule?: Rule): RouteTable {
  const route: Route = {
    predicate: { headers: [], queryParameters: [] },
    decision,
    ...(rule === undefined ? {} : { rule }),
  };
  const name = `${subject.destination.name}.${subject.destination.namespace}`;
  return { virtualHosts: [{ name, domains: ['*'], routes: [route] }], otherwise: decision, opaque: true };
}

function passOn(mesh: Mesh, client: ClientView, subject: Subject, split: Split, rule?: Rule): RouteTable {
  if (split.kind !== 'backends')
    return tableOf(subject, { kind: 'closed', reason: 'no backend of the route exists and has a weight' }, rule);
  const decision: Decision = {
    kind: 'forward',
    destinations: weightedOf(mesh, split, 503),
    requestHeaders: noHeaderChanges,
    responseHeaders: noHeaderChanges,
    timeout: 0,
    idleTimeout: millisecondsOf(tcpIdleTimeout(confOf(mesh, 'MeshTimeout', client, subject) ?? {})) ?? 0,
    mirrors: [],
    hash: [],
  };
  return tableOf(subject, decision, rule);
}

/**
 * The table of a port whose bytes are passed on unread (routing.md 5.2 F). For a port whose requests could be read:
 * undefined where no MeshTCPRoute says so.
 */
export function tcpTable(
  mesh: Mesh,
  client: ClientView,
  subject: Subject,
  port: DestinationPort,
  readable: boolean,
): RouteTable | undefined {
  const found = tcpRule(mesh, client, subject);
  if (found === undefined) {
    if (readable) return undefined;
    if (passedOn(mesh)(port.protocol)) return passOn(mesh, client, subject, ownSplit(subject.destination, port));
    return tableOf(subject, { kind: 'closed', reason: `the protocol ${port.protocol} is not known` });
  }
  const { policy, path } = found;
  const rule = { kind: policy.kind, namespace: policy.namespace, name: policy.name, path };
  if (!vanishes(found)) return passOn(mesh, client, subject, found.split, rule);
  return readable ? undefined : { virtualHosts: [], otherwise: { kind: 'no listener' } };
}
