import type { JsonObject } from '@isthmus/kubernetes';
import { type Backend, resolveBackend } from './backend-ref.ts';
import type { ClientView } from './client-view.ts';
import { type Destination, type DestinationPort, isHttp, isRead } from './destination.ts';
import type { Subject } from './entry-index.ts';
import { flatten, routeRules } from './http-routes.ts';
import type { Mesh } from './mesh.ts';
import type { Policy } from './policy.ts';
import { splitOf } from './split.ts';
import { tcpRule } from './tcp-routes.ts';
import { mapOf } from './value.ts';

/** A port that the routes of a listener refer to. */
interface Reference {
  readonly destination: Destination;
  readonly port: DestinationPort;
  readonly byNumber: boolean;
}

/** What a plugin generates listeners for: requests that are read, or connections that are passed on. */
type Pass = 'http' | 'tcp';

const referencesOf = (backends: readonly Backend[]): Reference[] => backends.filter((one) => one.kind === 'backend');

function mirrorsOf(mesh: Mesh, filters: readonly JsonObject[], policy: Policy): Reference[] {
  const { catalog, options } = mesh;
  return filters
    .filter(({ type }) => type === 'RequestMirror')
    .flatMap(({ requestMirror }) => {
      const ref = mapOf(mapOf(requestMirror).backendRef);
      return referencesOf([resolveBackend(ref, policy, catalog, options.version, isHttp)]);
    });
}

function httpReferences(mesh: Mesh, client: ClientView, subject: Subject, port: DestinationPort): Reference[] {
  const own: Reference = { destination: subject.destination, port, byNumber: false };
  return flatten(routeRules(mesh, client, subject) ?? []).flatMap(({ rule }) => {
    if (rule === undefined) return [own];
    const split = splitOf(rule.backendRefs, rule.policy, mesh, isHttp, mesh.options.version === '3.0');
    if (split.kind === 'empty') return [];
    const backends = split.kind === 'destination' ? [own] : referencesOf(split.backends);
    return [...backends, ...mirrorsOf(mesh, rule.filters, rule.policy)];
  });
}

function tcpReferences(mesh: Mesh, client: ClientView, subject: Subject, port: DestinationPort): Reference[] {
  const rule = tcpRule(mesh, client, subject);
  if (isRead(port.protocol) && (rule === undefined || routeRules(mesh, client, subject) !== undefined)) return [];
  if (rule === undefined) return [{ destination: subject.destination, port, byNumber: false }];
  return rule.split.kind === 'backends' ? referencesOf(rule.split.backends) : [];
}

/** All that the listeners of a destination refer to in one pass, in the order in which Kuma meets it. */
function referencesFrom(mesh: Mesh, client: ClientView, destination: Destination, pass: Pass): Reference[] {
  return destination.ports.flatMap((port) => {
    const subject: Subject = { destination, section: port.name };
    if (pass === 'tcp') return tcpReferences(mesh, client, subject, port);
    return isRead(port.protocol) ? httpReferences(mesh, client, subject, port) : [];
  });
}

/**
 * The section by which policies find the cluster of a port. Kuma names a cluster by what refers to it first: the listeners
 * in their order, each with its routes in theirs. Where that is a `backendRefs[].port`, the number is the section, so that a
 * policy with the port's name as `sectionName` does not find the cluster (kuma, pkg/xds/envoy/types.go
 * `ServicesAccumulator.AddBackendRef`, core/xds/meshroute/clusters.go `ResourceOrigin`; read, not run).
 */
export function clusterSection(mesh: Mesh, client: ClientView, { destination, section }: Subject): string {
  const number = destination.ports.find(({ name }) => name === section)?.port;
  if (number === undefined || String(number) === section) return section;
  const sources = [...new Set([destination, ...mesh.referrers(destination)])].sort(
    (a, b) => mesh.catalog.orderOf(a) - mesh.catalog.orderOf(b),
  );
  // The clusters of the TCP routes replace those of the same name.
  for (const pass of ['tcp', 'http'] as const) {
    for (const source of sources) {
      const first = referencesFrom(mesh, client, source, pass).find(
        (one) => one.destination === destination && one.port.name === section,
      );
      if (first !== undefined) return first.byNumber ? String(number) : section;
    }
  }
  return section;
}
