import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readManifest } from '@isthmus/kubernetes';
import type { ApiServer } from '@isthmus/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ClusterError } from './cluster-error.ts';
import { startFaults } from './faults.test-support.ts';
import {
  bare,
  definitionsOf,
  nameOf,
  namespace,
  pod,
  readerOf,
  service,
  someDefinitions,
  startOrSkip,
  sufficientRules,
  virtualService,
} from './live.test-support.ts';
import { type ClusterReading, type KindProgress, readCluster } from './read-cluster.ts';
import { openReader } from './reader.ts';
import { snapshotFiles } from './snapshot.ts';

const server: ApiServer | undefined = await startOrSkip();
const live = server as ApiServer;
const hasDefinitions = definitionsOf('schemas/istio').length > 0;

const names = (reading: ClusterReading, resource: string): string[] =>
  (reading.kinds.find(({ kind }) => kind.resource === resource)?.objects ?? []).map(nameOf);

afterAll(async () => server?.stop());

describe.skipIf(server === undefined || !hasDefinitions)('a real API server', () => {
  let token = '';
  beforeAll(async () => {
    await live.define(someDefinitions());
    await live.create([
      namespace('istio-system'),
      namespace('sales', { 'istio-injection': 'enabled' }),
      {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: { namespace: 'istio-system', name: 'istiod', labels: { app: 'istiod', 'istio.io/rev': 'default' } },
        spec: {
          selector: { matchLabels: { app: 'istiod' } },
          template: {
            metadata: { labels: { app: 'istiod' } },
            spec: { containers: [{ name: 'discovery', image: 'istio/pilot:1.29.1' }] },
          },
        },
      },
      {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { namespace: 'istio-system', name: 'istio' },
        data: { mesh: 'trustDomain: example.org\n', other: 'not needed' },
      },
      {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { namespace: 'sales', name: 'passwords' },
        data: { a: 'hidden-1' },
      },
      {
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: {
          namespace: 'sales',
          name: 'tls',
          labels: { team: 'sales' },
          annotations: { 'kubectl.kubernetes.io/last-applied-configuration': '{"data":{"key":"aGlkZGVuLTI="}}' },
        },
        data: { key: Buffer.from('hidden-2').toString('base64') },
      },
      service('sales', 'seats'),
      pod('sales', 'seats-1', 'seats', { app: 'seats:1', 'istio-proxy': 'istio/proxyv2:1.29.1' }),
      virtualService('sales', 'seats'),
      ...Array.from({ length: 1203 }, (_, index) => virtualService('sales', `many-${String(index).padStart(4, '0')}`)),
    ]);
    token = await live.account('reader', sufficientRules());
  }, 180_000);

  test('is read in pages with progress by kind', async () => {
    const progress: KindProgress[] = [];
    const reading = await readCluster(readerOf(live, 'pages', token), { onProgress: (one) => void progress.push(one) });
    expect(reading.unread).toEqual([]);
    expect(names(reading, 'virtualservices')).toHaveLength(1204);
    expect(names(reading, 'namespaces')).toContain('sales');
    expect(reading.meshConfigs).toMatchObject([{ kind: 'ConfigMap', data: { mesh: 'trustDomain: example.org\n' } }]);
    expect(reading.meshConfigs[0]?.data).not.toHaveProperty('other');
    const pages = progress.filter(({ kind, state }) => kind.resource === 'virtualservices' && state === 'reading');
    expect(pages.map(({ read, total }) => [read, total])).toEqual([
      [500, 1204],
      [1000, 1204],
      [1204, 1204],
    ]);
  });

  test('serves kinds in versions, of which the preferred one is read', async () => {
    const reading = await readCluster(readerOf(live, 'versions', token), {
      wants: ({ resource }) => resource === 'virtualservices' || resource === 'meshtimeouts',
    });
    expect(reading.kinds.map(({ kind }) => `${kind.group} ${kind.version} of ${kind.versions.join(' ')}`)).toEqual([
      'kuma.io v1alpha1 of v1alpha1',
      'networking.istio.io v1 of v1 v1beta1 v1alpha3',
    ]);
  });

  test('gets nothing but get, list and watch, and gives no value of a Secret', async () => {
    const reading = await readCluster(readerOf(live, 'audited', token));
    const files = [...snapshotFiles('east', reading)];
    const text = files.map((file) => file.text).join('');
    for (const hidden of ['hidden-1', 'hidden-2', 'aGlkZGVuLTI', Buffer.from('hidden-2').toString('base64'), token])
      expect(text).not.toContain(hidden);
    const secret = reading.kinds.find(({ kind }) => kind.resource === 'secrets')?.objects[0];
    expect(secret).toEqual({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { namespace: 'sales', name: 'tls', labels: { team: 'sales' } },
    });
    const mine = live.audit().filter(({ user }) => user.username === 'system:serviceaccount:default:reader');
    expect(mine.length).toBeGreaterThan(50);
    expect([...new Set(mine.map(({ verb }) => verb))].sort()).toEqual(['get', 'list']);
    expect(mine.filter(({ responseStatus }) => responseStatus?.code !== 200)).toEqual([]);
    const secrets = mine.filter(({ requestURI }) => requestURI.includes('/secrets'));
    expect(secrets.length).toBeGreaterThan(0);
    expect(new Set(secrets.map(({ responseObject }) => responseObject?.kind))).toEqual(
      new Set(['PartialObjectMetadataList']),
    );
    // Of ConfigMaps only the one of Istio's configuration.
    const configs = mine.filter(({ requestURI }) => requestURI.includes('/configmaps'));
    expect(new Set(configs.map(({ requestURI }) => requestURI))).toEqual(
      new Set(['/api/v1/namespaces/istio-system/configmaps?limit=500&fieldSelector=metadata.name%3Distio']),
    );
  });

  test('gives the same snapshot each time, which the import reads', async () => {
    const snapshot = async (name: string) => [...snapshotFiles('east', await readCluster(readerOf(live, name, token)))];
    const [first, second] = [await snapshot('first'), await snapshot('second')];
    expect(second).toEqual(first);
    expect(first.map(({ path }) => path)).toEqual(
      expect.arrayContaining([
        'east/snapshot.yaml',
        'east/secrets.yaml',
        'east/virtualservices.networking.istio.io-003.yaml',
      ]),
    );
    const resources = first.flatMap(({ path, text }) => {
      const reading = readManifest(path, new TextEncoder().encode(text));
      expect(reading.diagnostics.filter(({ severity }) => severity !== 'info')).toEqual([]);
      return reading.resources;
    });
    const seats = resources.find(({ kind, name }) => kind === 'VirtualService' && name === 'seats');
    expect(seats?.object).toEqual({
      ...virtualService('sales', 'seats'),
      metadata: {
        namespace: 'sales',
        name: 'seats',
        annotations: { 'isthmus/cluster': 'east' },
        // Of two that contradict each other Istio takes the older one.
        creationTimestamp: expect.any(String),
      },
    });
    expect(resources.find(({ kind }) => kind === 'Pod')?.object).toMatchObject({ status: { phase: 'Running' } });
  });

  test('forbids some kinds: they are named with the command that grants them, and the rest is read', async () => {
    const few = await live.account('few', [
      { apiGroups: [''], resources: ['services', 'namespaces'], verbs: ['get', 'list', 'watch'] },
    ]);
    const reading = await readCluster(readerOf(live, 'few', few));
    expect(names(reading, 'services')).toContain('seats');
    const missing = reading.unread.find(({ resource }) => resource === 'authorizationpolicies');
    expect(missing).toEqual({
      group: 'security.istio.io',
      kind: 'AuthorizationPolicy',
      resource: 'authorizationpolicies',
      verb: 'list',
      failure: 'forbidden',
      reason: 'The API server forbids it.',
      grant:
        'kubectl create clusterrole isthmus-authorizationpolicies.security.istio.io --verb=get,list,watch --resource=authorizationpolicies.security.istio.io && kubectl create clusterrolebinding isthmus-authorizationpolicies.security.istio.io --clusterrole=isthmus-authorizationpolicies.security.istio.io --serviceaccount=default:few',
    });
  });

  test('is reached with what an allowed program prints; what it says otherwise is never repeated', async () => {
    const program = join(live.folder, 'credentials.sh');
    const credential = { apiVersion: 'client.authentication.k8s.io/v1', kind: 'ExecCredential', status: { token } };
    const path = live.kubeconfig('exec', 'unused');
    const text = readFileSync(path, 'utf8').replace(
      'user: {token: "unused"}',
      `user: {exec: {apiVersion: client.authentication.k8s.io/v1, command: ${program}}}`,
    );
    writeFileSync(path, text);
    const settings = { ...bare, programs: [program] };
    writeFileSync(program, `#!/bin/sh\necho '${JSON.stringify(credential)}'\n`, { mode: 0o700 });
    await expect(openReader({ kind: 'file', path }, settings).get('/apis')).resolves.toHaveProperty('groups');
    writeFileSync(program, '#!/bin/sh\necho sesame >&2\nexit 1\n', { mode: 0o700 });
    await expect(openReader({ kind: 'file', path }, settings).get('/apis')).rejects.toThrow(
      /^The program or file that gives the credentials failed\.$/,
    );
    expect(() => openReader({ kind: 'file', path }, bare)).toThrow('is not allowed here');
  });

  test('no longer takes a token that has expired', async () => {
    const short = await live.account('short', sufficientRules(), 2);
    const reader = readerOf(live, 'short', short);
    await expect(reader.get('/version')).resolves.toMatchObject({ major: '1' });
    // The API server remembers for ten seconds that a token was valid.
    await new Promise((resolve) => setTimeout(resolve, 12_500));
    const error = await readCluster(reader).then(
      () => undefined,
      (caught) => caught,
    );
    expect(error).toBeInstanceOf(ClusterError);
    expect(error).toMatchObject({ failure: 'credentials' });
    expect(String(error)).not.toContain(short);
  });

  test('asks for patience now and then, and is asked again', async () => {
    const faults = await startFaults(live.url, (path, count) =>
      path.includes('/virtualservices') && count % 2 === 1 ? { status: 429, retryAfter: 1 } : undefined,
    );
    const reading = await readCluster(readerOf(live, 'busy', token, faults.url));
    expect(names(reading, 'virtualservices')).toHaveLength(1204);
    expect(reading.unread).toEqual([]);
    expect(faults.refused()).toBeGreaterThanOrEqual(3);
    await faults.stop();
  });

  test('never stops asking for patience: that kind is named and the rest is read', async () => {
    const faults = await startFaults(live.url, (path) =>
      path.includes('/virtualservices') ? { status: 429, retryAfter: 1 } : undefined,
    );
    const reading = await readCluster(readerOf(live, 'overloaded', token, faults.url));
    expect(reading.unread).toMatchObject([{ resource: 'virtualservices', failure: 'throttled' }]);
    expect(names(reading, 'services')).toContain('seats');
    await faults.stop();
  });

  test('forgets the pages of a list (410): the list begins anew', async () => {
    const faults = await startFaults(live.url, (path, count) =>
      path.includes('/virtualservices') && path.includes('continue=') && count === 2 ? { status: 410 } : undefined,
    );
    const reading = await readCluster(readerOf(live, 'forgetful', token, faults.url));
    expect(names(reading, 'virtualservices')).toHaveLength(1204);
    expect(new Set(names(reading, 'virtualservices')).size).toBe(1204);
    expect(faults.refused()).toBe(1);
    await faults.stop();
  });

  test('breaks off in the middle of a page, and is asked again', async () => {
    const faults = await startFaults(live.url, (path, count) =>
      path.includes('/virtualservices') && count === 2 ? { cutAfter: 2000 } : undefined,
    );
    const reading = await readCluster(readerOf(live, 'cut', token, faults.url));
    expect(names(reading, 'virtualservices')).toHaveLength(1204);
    await faults.stop();
  });

  test('lacks a kind, or serves it in a version of its own', async () => {
    await live.define(
      definitionsOf('schemas/istio')
        .filter(({ spec }) => spec.names.kind === 'WasmPlugin')
        .map((definition) => ({
          ...definition,
          spec: { ...definition.spec, versions: [{ ...definition.spec.versions[0], name: 'v9' }] },
        })),
    );
    const reading = await readCluster(readerOf(live, 'odd', token));
    const wasm = reading.kinds.find(({ kind }) => kind.kind === 'WasmPlugin');
    expect(wasm?.kind).toMatchObject({ version: 'v9', versions: ['v9'] });
    expect(reading.kinds.some(({ kind }) => kind.kind === 'EnvoyFilter')).toBe(false);
    expect(reading.unread).toEqual([]);
  });

  test('can be left at any time', async () => {
    const abort = new AbortController();
    const reading = readCluster(readerOf(live, 'left', token), {
      signal: abort.signal,
      onProgress: ({ state }) => state === 'reading' && abort.abort(),
    });
    await expect(reading).rejects.toMatchObject({ failure: 'cancelled' });
  });

  test('is killed during a list: what was read stays, what was not is named; nobody there is one failure', async () => {
    let killed: Promise<void> | undefined;
    const reader = readerOf(live, 'killed', token);
    const reading = await readCluster(reader, {
      onKind: () => {
        killed ??= live.kill();
      },
    });
    await killed;
    expect(reading.kinds.length).toBeGreaterThan(0);
    expect(reading.unread.length).toBeGreaterThan(0);
    expect(new Set(reading.unread.map(({ failure }) => failure))).toEqual(new Set(['unreachable']));
    await expect(readCluster(reader)).rejects.toMatchObject({
      failure: 'unreachable',
      message: 'The API server cannot be reached: nobody listens there.',
    });
    await live.start();
    expect((await readCluster(reader)).unread).toEqual([]);
  });
});
