import { readFile } from 'node:fs/promises';
import { expect, expectAccessible, openSample, test } from './support/test.ts';

test('a wave comes in Universal form: its commands, its manifests, its bundle and that of the plan', async ({
  page,
}) => {
  const address = await openSample(page);
  await page.goto(`${address}/services/operations/weather?stages=apply`);
  const steps = page.getByRole('region', { name: 'What to run' });
  await expect(steps.getByText('kubectl apply -f wave-01/20-apply/apply.yaml', { exact: true })).toBeVisible();
  await steps.getByText('Universal', { exact: true }).click();
  await expect(page).toHaveURL(/form=universal/);
  await expect(steps.getByText(/^kumactl apply -f wave-01\/20-apply\/apply-\d-kumactl\.yaml$/).first()).toBeVisible();
  await expect(steps.getByText('kumactl applies what is Kong Mesh’s own')).toBeVisible();
  await expectAccessible(page);
  const wave = page.waitForEvent('download');
  await steps.getByRole('link', { name: 'Download the bundle of wave 1' }).click();
  expect((await wave).suggestedFilename()).toBe('migration-plan-universal-wave-1.tar.gz');

  await page.goto(`${address}/bridge?wave=1&stage=apply&form=universal`);
  const added = page.getByRole('list', { name: 'Added' });
  const policy = added.getByRole('listitem').filter({ hasText: 'MeshTrafficPermission' }).first();
  await policy.locator('summary').click();
  await expect(policy.locator('pre')).toContainText('type: MeshTrafficPermission\nmesh: default\nname: ');
  await expectAccessible(page);
  // The other form is another text of the same object.
  await page.getByRole('region', { name: 'Manifests' }).getByText('Kubernetes', { exact: true }).click();
  await expect(page).not.toHaveURL(/form=/);
  await expect(policy.locator('pre')).toContainText('apiVersion: kuma.io/v1alpha1\nkind: MeshTrafficPermission');

  await page.goto(`${address}/plan`);
  await page.getByRole('button', { name: 'Download', exact: true }).click();
  await expectAccessible(page);
  const plan = page.waitForEvent('download');
  await page.getByRole('menuitem', { name: 'All waves for kumactl as .zip' }).click();
  const file = await plan;
  expect(file.suggestedFilename()).toBe('migration-plan-universal.zip');
  expect((await readFile(await file.path())).includes('-kumactl.yaml')).toBe(true);
});
