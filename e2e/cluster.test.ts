import { readFileSync } from 'node:fs';
import { readingRights } from '@isthmus/cluster/model';
import { readManifest } from '@isthmus/kubernetes';
import { type ApiServer, sharedPath, startApiServer, type Written } from '@isthmus/testkit';
import { hands, keyboard, tabTo } from './support/hand.ts';
import { startServer } from './support/server.ts';
import { test as base, expect, expectAccessible, keepPicture } from './support/test.ts';

const definitions = sharedPath('schemas/istio/crds.yaml');

/** A real API server with one service, and an Isthmus that has credentials for it; undefined where it was not built. */
const test = base.extend<object, { readonly api: ApiServer | undefined }>({
  api: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of the fixtures from this pattern.
    async ({}, use) => {
      const api = definitions === undefined ? undefined : await startApiServer();
      if (api !== undefined) await prepare(api);
      await use(api);
      await api?.stop();
    },
    { scope: 'worker', timeout: 120_000 },
  ],
  server: [
    async ({ api }, use) => {
      const [role] = readingRights('default/reader') as [Written];
      const KUBECONFIG = api === undefined ? '' : api.kubeconfig('east', await api.account('reader', role.rules));
      const server = await startServer(undefined, { KUBECONFIG });
      await use(server);
      await server.stop();
    },
    { scope: 'worker' },
  ],
});

const pod = (name: string, images: Record<string, string>): Written => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { namespace: 'sales', name, labels: { app: 'seats' } },
  spec: { containers: Object.entries(images).map(([container, image]) => ({ name: container, image })) },
  status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] },
});

async function prepare(api: ApiServer): Promise<void> {
  const path = definitions as string;
  const all = readManifest(path, readFileSync(path)).resources.map(({ object }) => object as Written);
  await api.define(all.filter(({ spec }) => spec?.names?.kind === 'VirtualService'));
  await api.create([
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'sales', labels: { 'istio-injection': 'enabled' } } },
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { namespace: 'sales', name: 'seats' },
      spec: { selector: { app: 'seats' }, ports: [{ name: 'http', port: 80, appProtocol: 'http' }] },
    },
    {
      apiVersion: 'networking.istio.io/v1',
      kind: 'VirtualService',
      metadata: { namespace: 'sales', name: 'seats' },
      spec: { hosts: ['seats'], http: [{ timeout: '3s', route: [{ destination: { host: 'seats' } }] }] },
    },
    pod('seats-1', { app: 'seats:1', 'istio-proxy': 'istio/proxyv2:1.29.1' }),
    {
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: { namespace: 'sales', name: 'seats-1', labels: { 'kubernetes.io/service-name': 'seats' } },
      addressType: 'IPv4',
      endpoints: [
        { addresses: ['10.1.0.9'], conditions: { ready: true }, targetRef: { kind: 'Pod', name: 'seats-1' } },
        { addresses: ['10.1.0.8'], conditions: { ready: true }, targetRef: { kind: 'Pod', name: 'seats-2' } },
      ],
    },
  ]);
}

test('a cluster is connected, read, and followed: what it shows, what drifts, where a service really stands', async ({
  page,
  api,
}) => {
  test.setTimeout(120_000);
  test.skip(api === undefined, 'The API server was not built, or etcd or the reference data is missing.');
  const live = api as ApiServer;
  await page.goto('/');
  await page.getByRole('button', { name: 'Connect a cluster' }).click();
  const dialog = page.getByRole('dialog', { name: 'Connect a cluster' });
  await expect(dialog.getByRole('radio', { name: /^east/ })).toBeChecked();
  await expect(dialog.getByLabel('Name of the cluster')).toHaveValue('east');
  await expectAccessible(page);
  await dialog.getByRole('button', { name: 'Connect and read it' }).click();
  await page.waitForURL(/\/migrations\/[^/]+\/?$/);
  await expect(page.getByRole('heading', { level: 1, name: 'Overview' })).toBeVisible();

  await page.keyboard.press('g');
  await page.keyboard.press('c');
  await expect(page.getByText('east: Istio serves 1 pod, Kong Mesh 0 pods, of 1 pod.')).toBeVisible();
  await live.create([pod('seats-2', { app: 'seats:1', 'kuma-sidecar': 'kong/kuma-dp:2.14.0' })]);
  await expect(page.getByText('east: Istio serves 1 pod, Kong Mesh 1 pod, of 2 pods.')).toBeVisible({
    timeout: 20_000,
  });
  const namespaces = page.getByRole('grid', { name: 'Namespaces of the cluster' });
  await namespaces.getByText('sales').dblclick();
  const pods = page.getByRole('grid', { name: 'Pods of sales' });
  await expect(pods.getByRole('row', { name: /seats-2.*Istio.*Kong Mesh 2\.14\.0/ })).toBeVisible();
  await expectAccessible(page);

  const path = '/apis/networking.istio.io/v1/namespaces/sales/virtualservices/seats';
  const patch = { spec: { http: [{ timeout: '9s', route: [{ destination: { host: 'seats' } }] }] } };
  await live.send('PATCH', path, patch, 'application/merge-patch+json');
  await page.keyboard.press('g');
  await page.keyboard.press('d');
  const changes = page.getByRole('grid', { name: 'Changes since the snapshot' });
  await expect(
    changes.getByRole('row', { name: /changed VirtualService sales\/seats spec\.http\[0\]\.timeout/ }),
  ).toBeVisible();
  const evidence = page.getByRole('grid', { name: 'Where services stand' });
  const row = evidence.getByRole('row', { name: /sales\/seats.*both meshes.*Kong Mesh serves it in part/ });
  await expect(row).toBeVisible({ timeout: 20_000 });
  await expectAccessible(page);

  await page.getByRole('button', { name: 'Show what follows' }).click();
  await expect(page.getByText(/^From snapshot 1 to the clusters, 2 of \d+ resources are not as before/)).toBeVisible({
    timeout: 30_000,
  });
  await expect(
    page.getByRole('grid', { name: 'Resources' }).getByRole('row', { name: /VirtualService/ }),
  ).toBeVisible();
  await expectAccessible(page);
  await keepPicture(page, 'changes-of-clusters');
  await page.keyboard.press('g');
  await page.keyboard.press('d');

  await page.getByRole('button', { name: 'Take a new snapshot' }).click();
  // A second snapshot opens what it changed.
  await page.waitForURL(/\/migrations\/[^/]+\/import\/changes/);
  await page.keyboard.press('g');
  await page.keyboard.press('d');
  await expect(page.getByText('Nothing changed.')).toBeVisible({ timeout: 20_000 });
});

test('without a mouse: a cluster is connected, and what follows from its drift is shown before it is a snapshot', async ({
  page,
  api,
}) => {
  test.skip(api === undefined, 'The API server was not built, or etcd or the reference data is missing.');
  const live = api as ApiServer;
  await page.goto('/');
  await keyboard.press(page.getByRole('button', { name: 'Connect a cluster' }));
  const dialog = page.getByRole('dialog', { name: 'Connect a cluster' });
  await expect(dialog.getByRole('radio', { name: /^east/ })).toBeChecked();
  await keyboard.write(dialog.getByLabel('Name of the cluster'), 'west');
  await page.keyboard.press('Enter');
  await page.waitForURL(/\/migrations\/[^/]+\/?$/);
  await keyboard.goTo(page, 'Clusters', 'c');
  await keyboard.openRow(page.getByRole('grid', { name: 'Namespaces of the cluster' }), 'sales');
  await expect(page.getByRole('grid', { name: 'Pods of sales' }).getByRole('row', { name: /seats-1/ })).toBeVisible();
  await keyboard.goTo(page, 'Drift', 'd');
  await expect(page.getByText('Nothing changed.')).toBeVisible({ timeout: 20_000 });
  const path = '/apis/networking.istio.io/v1/namespaces/sales/virtualservices/seats';
  const patch = { spec: { http: [{ timeout: '5s', route: [{ destination: { host: 'seats' } }] }] } };
  await live.send('PATCH', path, patch, 'application/merge-patch+json');
  const changed = page.getByRole('grid', { name: 'Changes since the snapshot' });
  await expect(changed.getByRole('row', { name: /changed VirtualService sales\/seats/ })).toBeVisible({
    timeout: 20_000,
  });
  await keyboard.press(page.getByRole('button', { name: 'Show what follows' }));
  const answer = page.getByText(/^From snapshot 1 to the clusters, 1 of \d+ resources is not as before/);
  await expect(answer).toBeVisible({ timeout: 30_000 });
  await tabTo(page.getByRole('grid').first());
});

for (const hand of hands)
  test(`what a cluster does not let in is said in the dialog, and no migration is left behind, ${hand.name}`, async ({
    page,
    api,
  }) => {
    test.skip(api === undefined, 'The API server was not built, or etcd or the reference data is missing.');
    await page.goto('/');
    await hand.press(page.getByRole('button', { name: 'Connect a cluster' }));
    const dialog = page.getByRole('dialog', { name: 'Connect a cluster' });
    await expect(dialog.getByRole('radio', { name: /^east/ })).toBeChecked();
    if (hand === keyboard) await tabTo(dialog.getByRole('radio', { checked: true }));
    if (hand === keyboard) await page.keyboard.press('ArrowUp');
    else await dialog.getByRole('radio', { name: /A kubeconfig on the server/ }).check();
    await hand.write(dialog.getByLabel('Path of the kubeconfig on the server'), '/nowhere/at/all');
    await hand.write(dialog.getByLabel('Name of the cluster'), 'lost-one');
    await hand.press(dialog.getByRole('button', { name: 'Connect and read it' }));
    await expect(dialog.getByRole('alert')).toHaveText('/nowhere/at/all does not exist.');
    await hand.press(dialog.getByRole('button', { name: 'Cancel' }));
    await expect(page.getByText('lost-one')).toBeHidden();
  });
