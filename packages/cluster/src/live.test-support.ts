import { readdirSync, readFileSync } from 'node:fs';
import { type JsonObject, readManifest } from '@isthmus/kubernetes';
import { type ApiServer, sharedPath, startApiServer, type Written } from '@isthmus/testkit';
import type { ConnectionSettings } from './connection.ts';
import { openReader, type Reader } from './reader.ts';
import { readingRights } from './rights.ts';
import type { Timing } from './timing.ts';

/** Nothing is allowed, and there is no kubeconfig of one's own. */
export const bare: ConnectionSettings = { programs: [], kubeconfigs: [], inCluster: false };

/** Waits a hundredth of the time, and draws no lots. */
export const hasty: Timing = {
  random: () => 0.5,
  wait: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds / 100)),
  now: () => performance.now(),
};

/** CustomResourceDefinitions of a folder of the reference data; none where it is absent. */
export function definitionsOf(folder: string): Written[] {
  const path = sharedPath(folder);
  if (path === undefined) return [];
  return readdirSync(path)
    .filter((name) => name.endsWith('.yaml'))
    .flatMap((name) => readManifest(name, readFileSync(`${path}/${name}`)).resources)
    .filter(({ kind }) => kind === 'CustomResourceDefinition')
    .map(({ object }) => object as Written);
}

const kinds = (definitions: readonly Written[], ...names: string[]): Written[] =>
  definitions.filter(({ spec }) => names.includes(spec.names.kind));

/** The kinds that the tests write objects of; all would take a minute. */
export const someDefinitions = (): Written[] => [
  ...kinds(
    definitionsOf('schemas/istio'),
    'VirtualService',
    'DestinationRule',
    'Gateway',
    'ServiceEntry',
    'Sidecar',
    'AuthorizationPolicy',
    'PeerAuthentication',
    'Telemetry',
  ),
  ...kinds(definitionsOf('schemas/kong-mesh-2.14'), 'Mesh', 'MeshTimeout', 'MeshHTTPRoute', 'MeshTrafficPermission'),
];

/** Starts a server, or says why the tests are skipped. */
export async function startOrSkip(flags: readonly string[] = []): Promise<ApiServer | undefined> {
  const server = await startApiServer(flags);
  if (server === undefined) console.warn('Skipped: the API server was not built, or etcd is missing.');
  return server;
}

/** The rules of the ClusterRole that `isthmus rbac` prints. */
export const sufficientRules = (revisions: readonly string[] = []): readonly unknown[] =>
  (readingRights('default/isthmus', revisions)[0] as Written).rules;

/** A reader with a token, by a kubeconfig as users have one. */
export function readerOf(server: ApiServer, name: string, token: string, at?: string): Reader {
  return openReader({ kind: 'file', path: server.kubeconfig(name, token, at) }, bare, hasty);
}

export const namespace = (name: string, labels: Record<string, string> = {}): Written => ({
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name, labels },
});

export const service = (space: string, name: string, port = 8080): Written => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { namespace: space, name },
  spec: { selector: { app: name }, ports: [{ name: 'http', port, appProtocol: 'http' }] },
});

export const virtualService = (space: string, name: string, destination = name): Written => ({
  apiVersion: 'networking.istio.io/v1',
  kind: 'VirtualService',
  metadata: { namespace: space, name },
  spec: { hosts: [name], http: [{ route: [{ destination: { host: destination } }] }] },
});

export function pod(
  space: string,
  name: string,
  app: string,
  images: Record<string, string>,
  extra: Written = {},
): Written {
  const { labels = {}, annotations = {}, init = {}, ready = true, owner } = extra;
  const containers = Object.entries(images).map(([container, image]) => ({ name: container, image }));
  const initContainers = Object.entries(init).map(([container, image]) => ({
    name: container,
    image,
    restartPolicy: 'Always',
  }));
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      namespace: space,
      name,
      labels: { app, ...labels },
      annotations,
      ...(owner === undefined ? {} : { ownerReferences: [owner] }),
    },
    spec: { containers, initContainers, serviceAccountName: app, terminationGracePeriodSeconds: 0 },
    status: {
      phase: 'Running',
      podIP: '10.1.0.7',
      conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }],
    },
  };
}

export const nameOf = (object: JsonObject): string => String((object.metadata as JsonObject).name);
