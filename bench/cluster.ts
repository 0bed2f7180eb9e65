import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readingRights } from '@isthmus/cluster/model';
import type { ImportJob, LiveInventory, Migration } from '@isthmus/contract';
import { readManifest } from '@isthmus/kubernetes';
import { type ApiServer, sharedPath, startApiServer, type Written } from '@isthmus/testkit';
import { hold } from './held.ts';
import { start } from './server.ts';

const services = 5000;
const podsPerService = 4;

const namespaces = 50;

/** Writes objects with many at once; what times out on a busy machine is written again. */
async function writeAll(api: ApiServer, objects: Iterable<Written>): Promise<void> {
  const rest = objects[Symbol.iterator]();
  const worker = async (): Promise<void> => {
    for (let next = rest.next(); !next.done; next = rest.next())
      try {
        await api.create([next.value]);
      } catch (error) {
        if (!/: 504 /.test(String(error))) throw error;
        // It may have been written all the same.
        await api.create([next.value]).catch((again) => {
          if (!/: 409 /.test(String(again))) throw again;
        });
      }
  };
  await Promise.all(Array.from({ length: 24 }, worker));
}

/** A pod as large as pods of injected workloads are: some ten kilobytes. */
function pod(namespace: string, app: string, number: number): Written {
  const env = Array.from({ length: 40 }, (_, index) => ({ name: `SETTING_${index}`, value: `value-${app}-${index}` }));
  const container = (name: string, image: string) => ({
    name,
    image,
    env,
    ports: [{ containerPort: 8080 }],
    resources: { requests: { cpu: '10m', memory: '64Mi' } },
    readinessProbe: { httpGet: { path: '/healthz', port: 8080 } },
  });
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      namespace,
      name: `${app}-${number}`,
      labels: { app, version: `v${number}` },
      ownerReferences: [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name: `${app}-7d`, uid: `uid-of-${app}` }],
    },
    spec: {
      containers: [container('app', 'registry.example/app:1.0.0'), container('istio-proxy', 'istio/proxyv2:1.29.1')],
    },
  };
}

function* estate(): Generator<Written> {
  for (let index = 0; index < services; index++) {
    const namespace = `space-${index % namespaces}`;
    const app = `service-${index}`;
    const metadata = { namespace, name: app };
    yield {
      apiVersion: 'v1',
      kind: 'Service',
      metadata,
      spec: { selector: { app }, ports: [{ name: 'http', port: 80, appProtocol: 'http' }] },
    };
    yield {
      apiVersion: 'networking.istio.io/v1',
      kind: 'VirtualService',
      metadata,
      spec: { hosts: [app], http: [{ timeout: '3s', route: [{ destination: { host: app } }] }] },
    };
    yield {
      apiVersion: 'networking.istio.io/v1',
      kind: 'DestinationRule',
      metadata,
      spec: { host: app, trafficPolicy: { connectionPool: { tcp: { maxConnections: 100 } } } },
    };
    for (let number = 0; number < podsPerService; number++) yield pod(namespace, app, number);
  }
}

/** The longest that the server's event loop was late since this was last asked, in milliseconds. */
const latenessOf = async (url: string): Promise<number> =>
  Number(/^nodejs_eventloop_lag_max_seconds (\S+)/m.exec(await (await fetch(`${url}/metrics`)).text())?.[1]) * 1000;

const rssOf = async (url: string): Promise<number> =>
  Number(/^process_resident_memory_bytes (\S+)/m.exec(await (await fetch(`${url}/metrics`)).text())?.[1]);

/** A cluster of 5,000 Services, 20,000 Pods and 10,000 Istio resources: read, watched, and taken into a snapshot. */
export async function benchCluster(): Promise<boolean> {
  const crds = sharedPath('schemas/istio/crds.yaml');
  const api = crds === undefined ? undefined : await startApiServer();
  if (crds === undefined || api === undefined) {
    console.log('  skipped: no API server was built, or etcd or the reference data is missing');
    return true;
  }
  const data = mkdtempSync(join(tmpdir(), 'isthmus-bench-'));
  const definitions = readManifest(crds, readFileSync(crds)).resources.map(({ object }) => object as Written);
  await api.define(definitions.filter(({ spec }) => ['VirtualService', 'DestinationRule'].includes(spec?.names?.kind)));
  const begin = performance.now();
  const spaces = Array.from({ length: namespaces }, (_, index) => ({
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: `space-${index}`, labels: { 'istio-injection': 'enabled' } },
  }));
  await writeAll(api, spaces);
  await writeAll(api, estate());
  console.log(`  written in ${((performance.now() - begin) / 1000).toFixed(0)} s`);
  const [role] = readingRights('default/reader') as [Written];
  const kubeconfig = api.kubeconfig('bench', await api.account('reader', role.rules));
  const { url, stop } = await start(data, { KUBECONFIG: kubeconfig });
  const ask = async <Value>(method: string, path: string, body?: unknown): Promise<Value> =>
    (await (
      await fetch(`${url}/api/v1${path}`, {
        method,
        headers: body === undefined ? {} : { 'content-type': 'application/json' },
        body: body === undefined ? null : JSON.stringify(body),
      })
    ).json()) as Value;
  const seconds = async (act: () => Promise<unknown>): Promise<number> => {
    const from = performance.now();
    await act();
    return (performance.now() - from) / 1000;
  };
  const until = async (holds: () => Promise<boolean>): Promise<void> => {
    while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 250));
  };
  const { id } = await ask<Migration>('POST', '/migrations', { name: 'Bench' });
  await ask('POST', `/migrations/${id}/clusters`, { name: 'bench', connection: { kind: 'context', context: 'bench' } });
  const inventory = (): Promise<LiveInventory> => ask('GET', `/migrations/${id}/clusters/bench/inventory`);
  let largest = 0;
  let late = 0;
  const look = async (): Promise<void> => {
    largest = Math.max(largest, await rssOf(url));
    late = Math.max(late, await latenessOf(url));
  };
  await latenessOf(url);
  const reading = await seconds(() =>
    until(async () => {
      const { state } = await inventory();
      await look();
      return state === 'watching';
    }),
  );
  const { podsTotal, services: found } = await inventory();
  if (podsTotal !== services * podsPerService || found.length !== services + 1)
    throw new Error(`${podsTotal} pods and ${found.length} Services were read`);
  const page = await seconds(inventory);
  const held = await rssOf(url);
  const snapshot = await seconds(async () => {
    const job = await ask<ImportJob>('POST', `/migrations/${id}/clusters/snapshot`);
    await until(async () => {
      const { state, detail } = await ask<ImportJob>('GET', `/imports/${job.id}`);
      await look();
      if (state === 'failed') throw new Error(detail);
      return state === 'done';
    });
  });
  await stop();
  await api.stop();
  rmSync(data, { recursive: true, force: true });
  const numbers = [
    { what: '35,000 objects of a cluster read', measured: reading, limit: 60, unit: 's' },
    { what: 'its inventory answered', measured: page, limit: 2, unit: 's' },
    { what: 'held while it is watched', measured: held / 1e6, limit: 600, unit: 'MB' },
    { what: 'a snapshot of it on disk', measured: snapshot, limit: 60, unit: 's' },
    { what: 'event loop late at most', measured: late, limit: 100, unit: 'ms' },
    { what: 'held at most while a snapshot is taken', measured: largest / 1e6, limit: 1500, unit: 'MB' },
  ];
  return numbers.map(hold).every((holds) => holds);
}
