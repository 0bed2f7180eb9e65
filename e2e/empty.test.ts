import { expect, expectAccessible, keepPicture, test } from './support/test.ts';

const pages = ['', '/services', '/workbench', '/behaviour', '/access', '/simulator', '/preflight', '/plan', '/bridge'];

test('every page that needs an import invites to one while there is none', async ({ page, request }) => {
  test.setTimeout(120_000);
  const made = await request.post('/api/v1/migrations', { data: { name: 'Empty' } });
  const { id } = (await made.json()) as { id: string };
  for (const path of pages) {
    await page.goto(`/migrations/${id}${path}`);
    await expect(page.getByRole('heading', { level: 1, name: 'Nothing imported yet' }), path).toBeVisible();
    await expect(page.getByRole('button', { name: 'Choose files' }), path).toBeVisible();
  }
  await expectAccessible(page);
  await page.goto(`/migrations/${id}/import/changes`);
  await expect(page.getByText(/^Nothing has been imported yet/)).toBeVisible();
});

test('an estate without a service has a sentence where the progress would be, and a way to one', async ({
  page,
  request,
}) => {
  const made = await request.post('/api/v1/migrations', { data: { name: 'No services' } });
  const { id } = (await made.json()) as { id: string };
  const text =
    'apiVersion: networking.istio.io/v1\nkind: Sidecar\nmetadata: {name: all, namespace: sales}\nspec: {egress: [{hosts: ["./*"]}]}\n';
  const files = { name: 'mesh.yaml', mimeType: 'text/yaml', buffer: Buffer.from(text) };
  const job = (await (await request.post(`/api/v1/migrations/${id}/snapshots`, { multipart: { files } })).json()) as {
    id: string;
  };
  await (await request.get(`/api/v1/imports/${job.id}/events`)).text();
  await page.goto(`/migrations/${id}`);
  const progress = page.getByRole('region', { name: 'Progress' });
  await expect(progress).toContainText('There is no service whose progress could be shown.');
  await expect(page.getByRole('img', { name: /^Progress by day/ })).toHaveCount(0);
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    await expectAccessible(page);
    await progress.scrollIntoViewIfNeeded();
    await keepPicture(page, `no-progress-${colorScheme}`);
  }
  await progress.getByRole('link', { name: 'Import manifests that hold them' }).click();
  await expect(page).toHaveURL(/\/import$/);
});
