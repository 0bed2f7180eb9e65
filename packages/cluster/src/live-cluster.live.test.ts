import type { ApiServer } from '@isthmus/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
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
      token = await live.account('live', sufficientRules());
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

    test('asks for nothing but metadata, lists and watches, and for no Secret', () => {
      const mine = live.audit().filter(({ user }) => user.username === 'system:serviceaccount:default:live');
      expect([...new Set(mine.map(({ verb }) => verb))].sort()).toEqual(['get', 'list', 'watch']);
      expect(mine.filter(({ requestURI }) => requestURI.includes('/secrets'))).toEqual([]);
    });
  },
);
