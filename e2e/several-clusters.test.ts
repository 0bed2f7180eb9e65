import type { ImportJob, Migration } from '@isthmus/contract';
import { calledWorkload } from '@isthmus/testkit';
import { hands, mouse } from './support/hand.ts';
import { expect, expectAccessible, keepPicture, test } from './support/test.ts';

const clusterOf = (
  caller: string,
): string => `${calledWorkload('seats')}${calledWorkload(caller)}apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: {name: seats, namespace: sales}
spec:
  selector: {matchLabels: {app: seats}}
  rules: [{from: [{source: {principals: [cluster.local/ns/sales/sa/${caller}]}}]}]
`;

for (const hand of hands)
  test(`of several clusters each is compared by itself, or the one that the address names, ${hand.name}`, async ({
    page,
    server,
  }) => {
    const at = (path: string): string => `${server.url}/api/v1${path}`;
    const created = await page.request.post(at('/migrations'), { data: { name: 'Two clusters' } });
    const { id, revision } = (await created.json()) as Migration;
    await page.request.patch(at(`/migrations/${id}`), { data: { revision, settings: { complete: true } } });
    const form = new FormData();
    form.append('files', new File([clusterOf('web')], 'cluster=east/sales.yaml'));
    form.append('files', new File([clusterOf('shop')], 'cluster=west/sales.yaml'));
    const started = await page.request.post(at(`/migrations/${id}/snapshots`), { multipart: form });
    const job = (await started.json()) as ImportJob;
    await expect
      .poll(async () => ((await (await page.request.get(at(`/imports/${job.id}`))).json()) as ImportJob).state)
      .toBe('done');

    await page.goto(`/migrations/${id}/access?same=shown`);
    await expect(
      page.getByText(/^Each cluster is compared by itself; calls from one to another are not\.$/),
    ).toBeVisible();
    const grid = page.getByRole('treegrid', { name: 'Who may call whom' });
    await expect(grid.getByRole('columnheader', { name: 'Cluster' })).toBeVisible();
    await expect(grid.getByRole('row', { name: /^sales\/shop west/ }).first()).toBeVisible();
    await keepPicture(page, 'access-of-two-clusters');
    await hand.choose(page.getByLabel('Cluster', { exact: true }), 'east');
    await expect(page).toHaveURL(/cluster=east/);
    await expect(grid.getByRole('row', { name: /^sales\/web/ }).first()).toBeVisible();
    await expect(grid.getByRole('row', { name: /^sales\/shop/ })).toHaveCount(0);
    await hand.openRow(grid, /^sales\/seats/);
    await expect(page.getByRole('region', { name: 'Access to sales/seats' })).toContainText('sales/seats in east');
    await page.reload();
    await expect(page.getByLabel('Cluster', { exact: true })).toHaveValue('east');
    if (hand === mouse) {
      await expectAccessible(page);
      await keepPicture(page, 'access-of-one-cluster');
    }

    await page.goto(`/migrations/${id}/behaviour?cluster=west`);
    await expect(page.getByText(/Only what cluster west holds is compared\.$/)).toBeVisible();
    await expect(page.getByRole('row', { name: /^sales\/web/ })).toHaveCount(0);
    await hand.choose(page.getByLabel('Cluster', { exact: true }), '');
    await expect(page).not.toHaveURL(/cluster=/);
    await expect(page.getByText(/Each cluster is compared by itself\.$/)).toBeVisible();
    await expect(page.getByRole('row', { name: /^sales\/web/ })).toBeVisible();
    if (hand === mouse) await expectAccessible(page);

    await page.goto(`/migrations/${id}/bridge?wave=1&stage=apply`);
    const cluster = page.getByLabel('Cluster of stages and paths');
    await expect(page.getByText(/The bundle of wave 1 has them in cluster=east\/wave-01\//)).toBeVisible();
    await hand.choose(cluster, 'west');
    await expect(page).toHaveURL(/cluster=west/);
    await expect(page.getByText(/The bundle of wave 1 has them in cluster=west\/wave-01\//)).toBeVisible();
    await page.goto(`/migrations/${id}/services/sales/seats?cluster=west&tab=steps`);
    await expect(page.getByText('For kubectl’s context of west')).toBeVisible();
    if (hand === mouse) {
      await expectAccessible(page);
      await keepPicture(page, 'steps-in-one-cluster');
    }
  });
