import type { Client, ClusterSettings, Decision, ListenerSettings, MeshClient, RouteTable } from '@isthmus/behavior';
import type { JsonObject } from '@isthmus/kubernetes';
import type { ClientView } from './client-view.ts';
import { clusterOf } from './cluster.ts';
import { type Destination, type DestinationKind, type DestinationPort, isRead } from './destination.ts';
import type { Subject } from './entry-index.ts';
import { countRoutes, type GeneratedRoutes, httpRoutes, httpTable, routeRules } from './http-routes.ts';
import { confOf, type Mesh, readMesh } from './mesh.ts';
import type { MeshOptions } from './options.ts';
import type { Dialled } from './passthrough.ts';
import { patchedTable } from './patched-table.ts';
import { maxConnectAttempts } from './retries.ts';
import { tcpRule, tcpTable } from './tcp-routes.ts';
import { httpListenerTimeouts, tcpIdleTimeout } from './timeouts.ts';

/** What a client dials: a Kubernetes Service, unless another kind is named. */
export interface ServiceRef {
  readonly namespace: string;
  readonly name: string;
  readonly kind?: DestinationKind;
}

/** How a mesh of Kong Mesh treats outgoing traffic, group by group and port by port. */
export interface KongMeshBehavior {
  /** Everything that has listeners, with its ports. */
  readonly destinations: readonly Destination[];
  /**
   * What a client's proxy does with what is sent to a port of a service. A table without virtual hosts says in `otherwise`
   * why there is none: no listener (the connection bypasses every route) or a configuration that does not come into effect.
   */
  routeTable(client: MeshClient, service: ServiceRef, port: number): RouteTable;
  /** What becomes of what a client sends to a port of a Service for which its proxy has no listener. */
  unlistened(client: Client, dialled: Dialled): Decision;
  /** The ports that a client's proxy has listeners for, where its Pods limit them (`kuma.io/reachable-backends`); else undefined: all. */
  within(client: Client): ReadonlyMap<Destination, readonly DestinationPort[]> | undefined;
  /** Whether the cluster has workloads whose Pods have just a client's labels: others reach what nobody limits for them. */
  hasWorkload(client: Client): boolean;
  /**
   * The routes that the control plane generates for an HTTP port, whether or not the proxy takes them: what a control plane
   * can be compared with. None for another port.
   */
  generatedRoutes(client: Client, service: ServiceRef, port: number): GeneratedRoutes;
  /** How many routes the control plane generates for a port, those left out for lack of a backend among them; 0 for other ports. */
  routeCount(client: Client, service: ServiceRef, port: number): number;
  /** How it treats its connections to the service's endpoints; undefined where there is no such port in the mesh. */
  clusterSettings(client: Client, service: ServiceRef, port: number): ClusterSettings | undefined;
  /** How it treats the connections of its application; undefined where there is no such port in the mesh. */
  listenerSettings(client: Client, service: ServiceRef, port: number): ListenerSettings | undefined;
}

/** What is asked about, found in the mesh. */
interface Question {
  readonly client: ClientView;
  readonly subject: Subject;
  readonly port: DestinationPort;
}

function ask(
  mesh: Mesh,
  client: MeshClient,
  { kind = 'MeshService', namespace, name }: ServiceRef,
  port: number,
): Question | undefined {
  const { catalog, options, viewOf } = mesh;
  const named =
    catalog.find(kind, options.zone, namespace, name) ??
    catalog.find(kind, '', namespace, name) ??
    catalog.headless(namespace, name);
  const found = named?.ports.find((one) => one.port === port);
  if (named === undefined || found === undefined) return undefined;
  return { client: viewOf(client), subject: { destination: named, section: found.name }, port: found };
}

function tableFor(mesh: Mesh, { client, subject, port }: Question): RouteTable {
  const reaches = mesh.reach.reaches(client, subject.destination, port);
  if (reaches === false) return { virtualHosts: [], otherwise: { kind: 'no listener' } };
  if (reaches === undefined)
    return {
      virtualHosts: [],
      otherwise: { kind: 'unknown', reason: 'not all of these clients reach the same backends' },
    };
  const readable = isRead(port.protocol);
  const rules = readable ? routeRules(mesh, client, subject) : undefined;
  // A MeshHTTPRoute for the port keeps MeshTCPRoutes from having a say.
  const passedOn = rules === undefined ? tcpTable(mesh, client, subject, port, readable) : undefined;
  const table = passedOn ?? httpTable(subject, httpRoutes(mesh, client, subject, port, rules ?? []));
  return patchedTable(mesh, client, subject, port, table);
}

function listenerFor(mesh: Mesh, { client, subject, port }: Question): ListenerSettings {
  const conf = confOf(mesh, 'MeshTimeout', client, subject) ?? {};
  const readable = isRead(port.protocol);
  const http =
    readable && (routeRules(mesh, client, subject) !== undefined || tcpRule(mesh, client, subject) === undefined);
  if (http) return httpListenerTimeouts(conf);
  const attempts = readable ? undefined : maxConnectAttempts(confOf(mesh, 'MeshRetry', client, subject) ?? {});
  return {
    kind: 'tcp',
    idleTimeout: tcpIdleTimeout(conf),
    ...(attempts === undefined || port.protocol !== 'tcp' ? {} : { maxConnectAttempts: attempts }),
  };
}

/**
 * Compiles what a mesh of Kong Mesh does with outgoing traffic from its policies and from the Services, Pods and Namespaces
 * of the cluster (`meshServices.mode: Exclusive`, one zone). The default policies of the mesh are resources like others: see
 * `defaultPolicies`. What is compiled is read from the sources of Kuma 2.13, 2.14 and 3.0-preview, and for 2.14 held against
 * its recorded answers (conformance/).
 *
 * Objects are plain Kubernetes objects, in any order. Nothing is reported: what admission refuses is not expected here, and
 * counts, as far as it can be read, as if it were stored.
 */
export function compileKongMesh(objects: readonly JsonObject[], options: MeshOptions): KongMeshBehavior {
  const mesh = readMesh(objects, options);
  return {
    destinations: mesh.catalog.all,
    routeTable(client, service, port) {
      const question = ask(mesh, client, service, port);
      if (question === undefined) return { virtualHosts: [], otherwise: { kind: 'no listener' } };
      return tableFor(mesh, question);
    },
    unlistened: (client, dialled) => mesh.unlistenedOf(mesh.viewOf(client), dialled),
    within: mesh.reach.within,
    hasWorkload: mesh.reach.hasWorkload,
    generatedRoutes(client, service, port) {
      const question = ask(mesh, client, service, port);
      if (question === undefined || !isRead(question.port.protocol)) return { routes: [], refusals: [] };
      const { client: view, subject } = question;
      return httpRoutes(mesh, view, subject, question.port, routeRules(mesh, view, subject) ?? []);
    },
    routeCount(client, service, port) {
      const question = ask(mesh, client, service, port);
      if (question === undefined || !isRead(question.port.protocol)) return 0;
      return countRoutes(routeRules(mesh, question.client, question.subject) ?? []);
    },
    clusterSettings(client, service, port) {
      const question = ask(mesh, client, service, port);
      return question === undefined ? undefined : clusterOf(mesh, question.client, question.subject, question.port);
    },
    listenerSettings(client, service, port) {
      const question = ask(mesh, client, service, port);
      return question === undefined ? undefined : listenerFor(mesh, question);
    },
  };
}
