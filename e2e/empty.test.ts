import { expect, expectAccessible, test } from './support/test.ts';

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
