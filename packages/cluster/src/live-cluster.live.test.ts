import type { ApiServer, Written } from '@isthmus/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startFaults } from './faults.test-support.ts';
import { inventoryOf } from './inventory.ts';
import {
  definitionsOf,
  nameOf,
  namespace,
  pod,
  readerOf,
  service,
  startOrSkip,
  sufficientRules,
  virtualService,
} from './live.test-support.ts';
import { type LiveCluster, openLive } from './live-cluster.ts';

const server: ApiServer | undefined = await startOrSkip();
const live = server as ApiServer;
afterAll(async () => server?.stop());

const istiod = (revision: string): Written => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: {
    namespace: 'istio-system',
    name: `istiod-${revision}`,
    labels: { app: 'istiod', 'istio.io/rev': revision },
  },
  spec: {
    selector: { matchLabels: { app: 'istiod' } },
    template: {
      metadata: { labels: { app: 'istiod' } },
      spec: { containers: [{ name: 'discovery', image: 'istio/pilot:1.29.1' }] },
    },
  },
});

/** Waits until a cluster shows something. */
async function until(cluster: LiveCluster, holds: () => boolean): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const limit = setTimeout(() => reject(new Error('it did not come about')), 60_000);
    const check = (): void => {
      if (!holds()) return;
      clearTimeout(limit);
      stop();
      resolve();
    };
    const stop = cluster.onChange(check);
    check();
  });
}

describe.skipIf(server === undefined || definitionsOf('schemas/istio').length === 0)(
  'a cluster that is watched',
  () => {
    let token = '';
    beforeAll(async () => {
      await live.define(definitionsOf('schemas/istio').filter(({ spec }) => spec.names.kind === 'VirtualService'));
      await live.create([
        namespace('sales', { 'istio-injection': 'enabled' }),
        service('sales', 'seats'),
        virtualService('sales', 'seats'),
        pod('sales', 'seats-1', 'seats', { app: 'seats:1', 'istio-proxy': 'istio/proxyv2:1.29.1' }),
      ]);
      token = await live.account('live', sufficientRules(['canary']));
    });

    test('follows what happens: a pod of the other mesh comes, one goes, a namespace is labelled anew', async () => {
      const cluster = openLive(readerOf(live, 'live', token));
      await until(cluster, () => cluster.current().state === 'watching');
      expect(inventoryOf(cluster.current()).pods).toMatchObject([{ name: 'seats-1', injected: 'istio' }]);
      await live.create([pod('sales', 'seats-2', 'seats', { app: 'seats:1', 'kuma-sidecar': 'kong/kuma-dp:2.14.0' })]);
      const pods = () => inventoryOf(cluster.current()).pods;
      await until(cluster, () => pods().length === 2 && pods()[1]?.ready === true);
      expect(pods()[1]).toMatchObject({ claim: 'istio', injected: 'kong-mesh', proxies: [{ version: '2.14.0' }] });
      await live.send('DELETE', '/api/v1/namespaces/sales/pods/seats-1');
      await until(cluster, () => pods().length === 1);
      const patch = { metadata: { labels: { 'istio-injection': null, 'kuma.io/sidecar-injection': 'enabled' } } };
      await live.send('PATCH', '/api/v1/namespaces/sales', patch, 'application/merge-patch+json');
      await until(cluster, () => pods()[0]?.claim === 'kong-mesh');
      cluster.close();
    });

    test('says that it is out of date while the API server is away, and goes on by itself', async () => {
      const cluster = openLive(readerOf(live, 'away', token));
      await until(cluster, () => cluster.current().state === 'watching');
      const services = () => cluster.current().kinds.find(({ kind }) => kind.resource === 'services');
      await live.kill();
      await until(cluster, () => services()?.lost !== undefined);
      expect(services()).toMatchObject({ lost: expect.stringContaining('cannot be reached'), state: 'read', read: 2 });
      await live.start();
      await live.create([service('sales', 'later')]);
      await until(cluster, () => services()?.read === 3 && services()?.lost === undefined);
      cluster.close();
    });

    test('finds kinds that are installed while it watches, and what it is granted meanwhile', async () => {
      const rules = [{ apiGroups: [''], resources: ['services', 'namespaces'], verbs: ['get', 'list', 'watch'] }];
      const cluster = openLive(readerOf(live, 'growing', await live.account('growing', rules)));
      await until(cluster, () => cluster.current().state === 'watching');
      const kindOf = (name: string) => cluster.current().kinds.find(({ kind }) => kind.kind === name);
      expect(kindOf('Pod')?.state).toBe('failed');
      expect(cluster.current().unread.map(({ kind }) => kind)).toContain('Pod');
      expect(kindOf('DestinationRule')).toBeUndefined();
      await live.define(definitionsOf('schemas/istio').filter(({ spec }) => spec.names.kind === 'DestinationRule'));
      const role = '/apis/rbac.authorization.k8s.io/v1/clusterroles/growing';
      await live.send('PATCH', role, { rules: sufficientRules() }, 'application/merge-patch+json');
      await until(cluster, () => kindOf('Pod')?.state === 'read' && kindOf('DestinationRule')?.state === 'read');
      await until(cluster, () => cluster.current().unread.length === 0);
      await live.create([service('sales', 'newest')]);
      await until(cluster, () => [...cluster.current().objects('', 'Service')].some((one) => nameOf(one) === 'newest'));
      await live.send(
        'DELETE',
        '/apis/apiextensions.k8s.io/v1/customresourcedefinitions/destinationrules.networking.istio.io',
      );
      await until(cluster, () => kindOf('DestinationRule') === undefined);
      cluster.close();
    });

    test("follows Istio's configuration, also of a revision that comes later, and of Secrets their metadata", async () => {
      const overheard: { path: string; accept: string; text: string }[] = [];
      const faults = await startFaults(
        live.url,
        () => undefined,
        (request, bytes) => overheard.push({ ...request, text: bytes.toString() }),
      );
      const cluster = openLive(readerOf(live, 'configured', token, faults.url));
      await until(cluster, () => cluster.current().state === 'watching');
      const configs = () => [...cluster.current().objects('', 'ConfigMap')];
      expect(configs()).toEqual([]);
      const config = (name: string, mesh: string, other = {}) => ({
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { namespace: 'istio-system', name },
        data: { mesh, ...other },
      });
      await live.create([
        namespace('istio-system'),
        config('istio', 'trustDomain: example.org\n', { values: 'not needed' }),
        config('istio-canary', 'trustDomain: example.net\n'),
        config('passwords', 'hidden-1'),
        istiod('default'),
      ]);
      await until(cluster, () => configs().length === 1);
      expect(configs()[0]?.data).toEqual({ mesh: 'trustDomain: example.org\n' });
      await live.send(
        'PATCH',
        '/api/v1/namespaces/istio-system/configmaps/istio',
        { data: { mesh: 'trustDomain: example.com\n' } },
        'application/merge-patch+json',
      );
      await until(cluster, () => JSON.stringify(configs()).includes('example.com'));
      await live.create([istiod('canary')]);
      await until(cluster, () => configs().length === 2);
      await live.send('DELETE', '/api/v1/namespaces/istio-system/configmaps/istio');
      await until(cluster, () => configs().length === 1 && nameOf(configs()[0] as Written) === 'istio-canary');
      const key = Buffer.from('hidden-2').toString('base64');
      await live.create([
        { apiVersion: 'v1', kind: 'Secret', metadata: { namespace: 'sales', name: 'tls' }, data: { key } },
      ]);
      const secrets = () => [...cluster.current().objects('', 'Secret')];
      await until(cluster, () => secrets().length === 1);
      expect(secrets()[0]).toEqual({
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: { namespace: 'sales', name: 'tls' },
      });
      await live.send('DELETE', '/api/v1/namespaces/sales/secrets/tls');
      await until(cluster, () => secrets().length === 0);
      cluster.close();
      const said = overheard.map(({ text }) => text).join('');
      for (const hidden of ['hidden-1', key]) expect(said).not.toContain(hidden);
      const asked = overheard.filter(({ path }) => path.startsWith('/api/v1/secrets'));
      expect(new Set(asked.map(({ path, accept }) => `${path.includes('watch=true')} ${accept}`))).toEqual(
        new Set([
          'false application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1',
          'true application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1',
        ]),
      );
      await faults.stop();
    });

    test('asks for nothing but what is served, lists and watches; of Secrets for metadata, of ConfigMaps for one', () => {
      const mine = live.audit().filter(({ user }) => user.username === 'system:serviceaccount:default:live');
      expect([...new Set(mine.map(({ verb }) => verb))].sort()).toEqual(['get', 'list', 'watch']);
      expect(mine.filter(({ verb, requestURI }) => verb === 'get' && /secrets|configmaps/.test(requestURI))).toEqual(
        [],
      );
      const listed = mine.filter(({ verb, requestURI }) => verb === 'list' && requestURI.includes('/secrets'));
      expect(new Set(listed.map(({ responseObject }) => responseObject?.kind))).toEqual(
        new Set(['PartialObjectMetadataList']),
      );
      const configs = mine.filter(({ requestURI }) => requestURI.includes('/configmaps'));
      expect(configs.length).toBeGreaterThan(0);
      expect(
        configs.every(({ requestURI }) => /fieldSelector=metadata\.name%3Distio(?:-canary)?(?:&|$)/.test(requestURI)),
      ).toBe(true);
    });
  },
);
