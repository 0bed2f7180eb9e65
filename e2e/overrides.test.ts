import type { Workbench } from '@isthmus/contract';
import type { APIRequestContext, Locator, Page } from '@playwright/test';
import { hands, keyboard, mouse, tabTo } from './support/hand.ts';
import { expect, expectAccessible, keepPicture, test } from './support/test.ts';

const mesh = (timeout: string): string => `apiVersion: v1
kind: Service
metadata: {name: seats, namespace: sales}
spec: {selector: {app: seats}, ports: [{port: 80, name: http, appProtocol: http}]}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: seats, namespace: sales}
spec: {hosts: [seats], http: [{timeout: ${timeout}, route: [{destination: {host: seats}}]}]}
`;

async function bring(request: APIRequestContext, id: string, text: string): Promise<void> {
  const files = { name: 'mesh.yaml', mimeType: 'text/yaml', buffer: Buffer.from(text) };
  const job = (await (await request.post(`/api/v1/migrations/${id}/snapshots`, { multipart: { files } })).json()) as {
    id: string;
  };
  await (await request.get(`/api/v1/imports/${job.id}/events`)).text();
}

/** A migration of one service; the address of its timeout in the workbench. */
async function open(page: Page, request: APIRequestContext): Promise<string> {
  const made = await request.post('/api/v1/migrations', { data: { name: 'Edits' } });
  const { id } = (await made.json()) as { id: string };
  await bring(request, id, mesh('3s'));
  await page.goto(`/migrations/${id}/workbench?service=sales/seats&tab=MeshTimeout/sales/seats`);
  return id;
}

const after = (page: Page): Locator => page.getByRole('region', { name: 'After: Kong Mesh' });
const editor = (page: Page): Locator => after(page).getByRole('textbox', { name: /^Edit MeshTimeout/ });

/** Goes to the value of the timeout with the keys and writes another one. */
async function write(page: Page, timeout: string): Promise<void> {
  await expect(editor(page)).toBeAttached();
  await editor(page).focus();
  await page.keyboard.press('Control+f');
  await page.keyboard.type('requestTimeout');
  await page.keyboard.press('Escape');
  await page.keyboard.press('End');
  await page.keyboard.press('Control+Shift+ArrowLeft');
  await page.keyboard.type(timeout);
  await page.keyboard.press('Escape');
}

const timeoutOf = async (request: APIRequestContext, id: string): Promise<string | undefined> => {
  const shown = (await (
    await request.get(`/api/v1/migrations/${id}/workbench?service=sales/seats`)
  ).json()) as Workbench;
  const text = shown.after.find(({ resource }) => resource.kind === 'MeshTimeout' && resource.name === 'seats')?.text;
  return /requestTimeout: (\S+)/.exec(text ?? '')?.[1];
};

test('an edit is kept, conflicts with a new import, is resolved and taken back', async ({ page, request }) => {
  test.setTimeout(120_000);
  const loaded: string[] = [];
  page.on('request', (one) => loaded.push(one.url()));
  const id = await open(page, request);
  const edit = after(page).getByRole('button', { name: /^Edit/ });
  await expect(edit).toBeVisible();
  expect(loaded.filter((url) => /yaml\.worker|\/editing-/.test(url))).toEqual([]);
  await edit.click();
  await write(page, 'soon');
  const bar = page.getByRole('form', { name: 'Keep the edit' });
  await expect(bar.getByText('1 problem for the target version')).toBeVisible();
  await expect(bar.getByRole('button', { name: /^Line \d+, column \d+$/ })).toBeVisible();
  await expect(bar.getByRole('button', { name: 'Keep the edit' })).toBeDisabled();
  await expectAccessible(page);
  await write(page, '30s');
  await page.keyboard.press('Enter');
  await page.keyboard.type('stream', { delay: 60 });
  await expect(page.getByRole('option', { name: /streamIdleTimeout|maxStreamDuration/ }).first()).toBeVisible();
  await keepPicture(page, 'override-completion');
  await page.keyboard.press('Escape');
  await page.keyboard.press('Control+Shift+k');
  await expect(bar.getByText('Admitted by the target version')).toBeVisible();
  await bar.getByLabel('Why is it changed?').fill('measured in production');
  await bar.getByRole('button', { name: 'Keep the edit' }).click();
  await expect(after(page).getByText('Changed by anonymous: measured in production')).toBeVisible();
  expect(await timeoutOf(request, id)).toBe('30s');
  await keepPicture(page, 'override-applied');

  // A new import brings another ground.
  await bring(request, id, mesh('5s'));
  await expect(after(page).getByText('Override, conflict.')).toBeVisible();
  expect(await timeoutOf(request, id)).toBe('5s');
  await after(page).getByRole('button', { name: 'Resolve …' }).click();
  const dialog = page.getByRole('dialog');
  await expect(dialog.getByRole('row', { name: /requestTimeout/ })).toContainText('3s5s30s');
  for (const scheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme: scheme });
    await expectAccessible(page);
    await keepPicture(page, `override-conflict-${scheme}`);
  }
  await dialog.getByRole('button', { name: 'Put the edit on what is emitted now …' }).click();
  await expect(bar.getByText('Admitted by the target version')).toBeVisible();
  await bar.getByRole('button', { name: 'Keep the edit' }).click();
  await expect(after(page).getByText('Override, applied.')).toBeVisible();
  expect(await timeoutOf(request, id)).toBe('30s');

  // Taken back, and brought back again.
  await after(page).getByRole('button', { name: 'Remove the override' }).click();
  await expect.poll(() => timeoutOf(request, id)).toBe('5s');
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect.poll(() => timeoutOf(request, id)).toBe('30s');
});

/** Reloads the page, which asks before it loses what is not kept. */
async function reload(page: Page): Promise<void> {
  const asked = page.waitForEvent('dialog').then(async (dialog) => {
    await dialog.accept();
    return dialog.type();
  });
  await page.reload();
  expect(await asked).toBe('beforeunload');
}

for (const hand of hands)
  test(`of two who edit one resource the second one sees both, ${hand.name}`, async ({ page, request, context }) => {
    test.setTimeout(120_000);
    const id = await open(page, request);
    await hand.press(after(page).getByRole('button', { name: /^Edit/ }));
    await write(page, '9s');
    const shown = (await (
      await request.get(`/api/v1/migrations/${id}/workbench?service=sales/seats`)
    ).json()) as Workbench;
    const theirs = shown.after.find(({ resource }) => resource.kind === 'MeshTimeout' && resource.name === 'seats');
    await request.post(`/api/v1/migrations/${id}/overrides`, {
      data: {
        subject: theirs?.resource,
        change: 'edit',
        text: theirs?.text.replace('requestTimeout: 3s', 'requestTimeout: 7s'),
        reason: 'quicker',
        revision: 0,
        emitted: theirs?.emitted,
      },
      headers: { cookie: 'isthmus_name=Bob' },
    });
    const bar = page.getByRole('form', { name: 'Keep the edit' });
    await hand.write(bar.getByLabel('Why is it changed?'), 'slower');
    // What is not kept outlives a reload with what it began from, so that nobody is overwritten.
    await reload(page);
    await expect(after(page).getByText('Changed by Bob: quicker')).toBeVisible();
    await expect(after(page).getByText('Your edit is not kept yet.')).toBeVisible();
    await page.getByRole('button', { name: /^Overrides \d/ }).click();
    await expect(page.getByText('○ not kept yet')).toBeVisible();
    for (const scheme of hand === mouse ? (['light', 'dark'] as const) : []) {
      await page.emulateMedia({ colorScheme: scheme });
      await expectAccessible(page);
      await keepPicture(page, `override-not-kept-${scheme}`);
    }
    await hand.press(after(page).getByRole('button', { name: 'Go on editing' }));
    await expect(bar.getByLabel('Why is it changed?')).toHaveValue('slower');
    await hand.press(bar.getByRole('button', { name: 'Keep the edit' }));
    const dialog = page.getByRole('dialog', { name: 'Somebody was faster' });
    await expect(dialog).toContainText('Bob changed this resource first: quicker');
    await expect(dialog.getByRole('region', { name: 'Bob’s edit' })).toContainText('requestTimeout: 7s');
    await expect(dialog.getByRole('region', { name: 'Your edit' })).toContainText('requestTimeout: 9s');
    if (hand === mouse) await expectAccessible(page);
    await hand.press(dialog.getByRole('button', { name: 'Keep yours instead' }));
    await expect.poll(() => timeoutOf(request, id)).toBe('9s');
    await context.close();
  });

test('without a mouse: edited, kept, compared, put on what a new import brings, and removed', async ({
  page,
  request,
}) => {
  test.setTimeout(120_000);
  const id = await open(page, request);
  await keyboard.press(after(page).getByRole('button', { name: /^Edit/ }));
  // The editor takes the focus, and Tab leads out of it.
  await expect(editor(page)).toBeFocused();
  await write(page, '12s');
  const reason = page.getByLabel('Why is it changed?');
  await tabTo(reason);
  await page.keyboard.type('tried by hand');
  await reload(page);
  await keyboard.press(after(page).getByRole('button', { name: 'Go on editing' }));
  await expect(editor(page)).toBeFocused();
  await tabTo(reason);
  await expect(reason).toHaveValue('tried by hand');
  await expect(page.getByText('Admitted by the target version')).toBeVisible();
  await page.keyboard.press('Enter');
  await expect(after(page).getByText('Override, applied.')).toBeVisible();
  expect(await timeoutOf(request, id)).toBe('12s');
  const compare = after(page).getByRole('button', { name: 'Compare' });
  await keyboard.press(compare);
  await expect(page.getByRole('dialog')).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(compare).toBeFocused();

  // A new import brings another ground.
  await bring(request, id, mesh('5s'));
  await keyboard.press(after(page).getByRole('button', { name: 'Resolve …' }));
  const dialog = page.getByRole('dialog');
  await expect(dialog.getByRole('row', { name: /requestTimeout/ })).toContainText('3s5s12s');
  await keyboard.press(dialog.getByRole('button', { name: 'Put the edit on what is emitted now …' }));
  await expect(page.getByText('Admitted by the target version')).toBeVisible();
  await keyboard.press(page.getByRole('button', { name: 'Keep the edit' }));
  await expect(after(page).getByText('Override, applied.')).toBeVisible();
  expect(await timeoutOf(request, id)).toBe('12s');
  await keyboard.press(after(page).getByRole('button', { name: 'Remove the override' }));
  await expect.poll(() => timeoutOf(request, id)).toBe('5s');
  await keyboard.press(page.getByRole('button', { name: 'Undo' }));
  await expect.poll(() => timeoutOf(request, id)).toBe('12s');
});

test('what is overridden is marked in every list, with who did it and why, and each mark leads to it', async ({
  page,
  request,
}) => {
  test.setTimeout(180_000);
  const id = await open(page, request);
  const shown = (await (
    await request.get(`/api/v1/migrations/${id}/workbench?service=sales/seats`)
  ).json()) as Workbench;
  for (const [kind, change] of [
    ['MeshTimeout', 'edit'],
    ['MeshHTTPRoute', 'leave-out'],
  ] as const) {
    const one = shown.after.find(({ resource }) => resource.kind === kind);
    const text = one?.text.replace('requestTimeout: 3s', 'requestTimeout: 7s');
    const saved = await request.post(`/api/v1/migrations/${id}/overrides`, {
      data: {
        subject: one?.resource,
        change,
        ...(change === 'edit' ? { text } : {}),
        reason: `measured for ${kind}`,
        revision: 0,
        emitted: one?.emitted,
      },
      headers: { cookie: 'isthmus_name=Bob' },
    });
    expect(saved.status()).toBe(201);
  }
  const address = (): string => decodeURIComponent(page.url());
  // Another timeout in Istio: one of both is to be decided again.
  await bring(request, id, mesh('5s'));
  const look = async (name: string): Promise<void> => {
    for (const scheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme: scheme });
      await expectAccessible(page);
      await keepPicture(page, `overridden-${name}-${scheme}`);
    }
  };
  await page.goto(`/migrations/${id}`);
  await page.getByRole('link', { name: '2 overrides by people, 1 to be decided again' }).click();

  await expect(page).toHaveURL(/resources\?overrides=some/);
  const line = page.getByText('Put the cursor on a row with this mark');
  await expect(line).toBeVisible();
  await look('resources');
  await page.getByRole('grid', { name: 'Istio resources' }).focus();
  await page.keyboard.press('ArrowDown');
  await expect(line).toBeHidden();
  await expect(
    page.getByRole('listitem').filter({ hasText: 'Changed by Bob: measured for MeshTimeout' }),
  ).toBeVisible();

  await page.goto(`/migrations/${id}/services?overrides=some`);
  await expect(page.getByText('1 of 1 service', { exact: true })).toBeVisible();
  await expect(
    page.getByRole('row', { name: /seats/ }).getByTitle(/Left out by Bob: measured for MeshHTTPRoute/),
  ).toBeVisible();
  await page.getByRole('grid', { name: 'Services' }).focus();
  await page.keyboard.press('ArrowDown');
  await look('services');
  // Without a mouse: the line below the table has the ways.
  await tabTo(page.getByRole('link', { name: 'MeshTimeout sales/seats', exact: true }));
  await page.keyboard.press('Enter');
  await expect.poll(address).toContain('workbench?service=sales/seats&tab=MeshTimeout/sales/seats&list=overrides');
  await expect(page.getByRole('tab', { name: /^MeshTimeout seats/, selected: true })).toBeVisible();

  // The list of overrides, with one that waits.
  const list = page.getByRole('region', { name: /^Findings, fields without/ });
  await expect(list.getByText('conflict')).toBeVisible();
  await expect(list.getByText('Left out by Bob: measured for MeshHTTPRoute')).toBeVisible();
  await look('list');

  await page.goto(`/migrations/${id}/services/sales/seats`);
  await expect(page.getByRole('region', { name: 'Overrides' })).toContainText('measured for MeshTimeout');
  await page.getByRole('region', { name: 'Overrides' }).scrollIntoViewIfNeeded();
  await look('service');

  await page.goto(`/migrations/${id}/findings?overrides=some`);
  const grid = page.getByRole('grid', { name: 'Findings' });
  // The header is the first row; until there is another, the cursor has nowhere to go.
  await expect(grid.getByRole('row').nth(1)).toBeVisible();
  await grid.focus();
  await page.keyboard.press('Home');
  await expect(page.getByRole('heading', { name: 'Overridden' })).toBeVisible();
  await look('findings');
  await page
    .getByRole('region', { name: /^Finding / })
    .getByRole('link', { name: /^MeshTimeout sales/ })
    .click();
  await expect.poll(address).toMatch(/workbench\?resource=[\w/-]+&tab=MeshTimeout\/sales\/seats/);
});
