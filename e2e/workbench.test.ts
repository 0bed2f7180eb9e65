import type { Workbench } from '@isthmus/contract';
import type { Page } from '@playwright/test';
import { hands, mouse, tabTo } from './support/hand.ts';
import { expect, expectAccessible, keepPicture, openSample, test } from './support/test.ts';

const before = (page: Page) => page.getByRole('region', { name: 'Before: Istio' });
const after = (page: Page) => page.getByRole('region', { name: 'After: Kong Mesh' });
const fieldBar = (page: Page) =>
  page.getByRole('status').filter({ hasText: /carried over|not translated|comes from|cursor/ });

/** The workbench of the sample's seats, with the cursor on a field. */
async function openSeats(page: Page, query: string): Promise<void> {
  const address = await openSample(page);
  await page.goto(`${address}/workbench?service=sales/seats${query}`);
  await expect(before(page).getByText('networking.istio.io/v1').first()).toBeVisible();
}

for (const hand of hands)
  test(`a link to a field opens its tab and names its counterpart, and back again from there, ${hand.name}`, async ({
    page,
  }) => {
    await openSeats(page, '&field=spec.trafficPolicy.loadBalancer.simple');
    await expect(page.getByRole('tab', { name: /MeshLoadBalancingStrategy seats/ })).toHaveAttribute(
      'aria-selected',
      'true',
    );
    await expect(after(page).getByText('LeastRequest')).toBeVisible();
    await expect(fieldBar(page)).toContainText('carried over exactly');
    await hand.press(page.getByRole('button', { name: /MeshLoadBalancingStrategy seats\S* spec\.to\[0\]/ }));
    await expect(page).toHaveURL(/at=after:MeshLoadBalancingStrategy\/sales\/seats[^:]*:\d+/);
    await expect(fieldBar(page)).toContainText('DestinationRule seats spec.trafficPolicy.loadBalancer.simple');
    // The address holds all of it.
    await page.reload();
    await expect(fieldBar(page)).toContainText('DestinationRule seats spec.trafficPolicy.loadBalancer.simple');
    if (hand === mouse) await expectAccessible(page);
  });

test('one field with several counterparts is told of in each of their tabs', async ({ page, request }) => {
  const address = await openSample(page);
  const id = address.split('/').at(-1);
  const { fields } = (await (
    await request.get(`/api/v1/migrations/${id}/workbench?namespace=sales`)
  ).json()) as Workbench;
  const documentsOf = ({ targets }: Workbench['fields'][number]) =>
    new Set(targets.map(({ document }) => document)).size;
  const field = fields.find((one) => documentsOf(one) > 1);
  expect(field, 'the sample has a field that becomes several').toBeDefined();
  if (field === undefined) return;
  await page.goto(`${address}/workbench?namespace=sales`);
  await page.getByLabel('Go to resource').selectOption({ index: field.document });
  await expect(page).toHaveURL(/at=before:/);
  const there = page.url().replace(/:\d+:\d+(?=$|&)/, `:${field.span?.line}:${field.span?.keyColumn}`);
  await page.goto(there.replace(/&tab=[^&]*/, ''));
  const linked = page.getByRole('tab', { name: /holds a counterpart/ });
  await expect(linked).toHaveCount(documentsOf(field));
  await expect(linked.first()).toHaveAttribute('aria-selected', 'true');
  await linked.nth(1).click();
  await expect(linked.nth(1)).toHaveAttribute('aria-selected', 'true');
  await expect(page).toHaveURL(/tab=/);
});

test('without a mouse: into a pane, over to the other one, through the findings and out again', async ({ page }) => {
  await openSeats(page, '');
  await tabTo(before(page).getByRole('textbox'));
  await page.keyboard.press('Control+f');
  await page.keyboard.type('baseEjectionTime');
  await page.keyboard.press('Escape');
  await expect(fieldBar(page)).toContainText('outlierDetection.baseEjectionTime');
  await page.keyboard.press('Enter');
  await expect(after(page).getByRole('textbox')).toBeFocused();
  await expect(page).toHaveURL(/at=after:MeshCircuitBreaker/);
  await page.keyboard.press('Enter');
  await expect(before(page).getByRole('textbox')).toBeFocused();
  await page.keyboard.press('n');
  const open = page.getByRole('button', { expanded: true }).filter({ hasText: /ISTHMUS-/ });
  await expect(open).toHaveCount(1);
  const first = await open.textContent();
  await page.keyboard.press('n');
  await expect(open).not.toHaveText(first ?? '');
  await page.keyboard.press('p');
  await expect(open).toHaveText(first ?? '');
  await expect(page.getByRole('link', { name: /^About ISTHMUS-/ })).toBeVisible();
  // The page's own keys work within the editor, and Tab leads on.
  await page.keyboard.press('?');
  await expect(page.getByRole('dialog')).toBeVisible();
  await page.keyboard.press('Escape');
  await tabTo(before(page).getByRole('textbox'));
  await page.keyboard.press('Tab');
  await expect(page.getByLabel('Go to emitted resource')).toBeFocused();
  await page.keyboard.press('Tab');
  await expect(page.getByRole('tab', { selected: true })).toBeFocused();
});

for (const hand of hands)
  test(`the counts filter documents and lines, and the address says so, ${hand.name}`, async ({ page }) => {
    const address = await openSample(page);
    await page.goto(`${address}/workbench?namespace=sales`);
    await hand.press(page.getByRole('button', { name: /\d+ approximate/ }));
    await expect(page).toHaveURL(/show=approximate/);
    await expect(before(page).getByText(/hidden by the filter/)).toBeVisible();
    await hand.press(page.getByRole('button', { name: /Without counterpart/ }));
    await expect(page).toHaveURL(/list=unmatched/);
    await hand.press(page.getByRole('button', { name: 'Show all' }));
    await expect(page).not.toHaveURL(/show=/);
    if (hand === mouse) await expectAccessible(page);
  });

for (const hand of hands)
  test(`narrow panes stand one above the other, and either may be on top, ${hand.name}`, async ({ page }) => {
    await page.setViewportSize({ width: 800, height: 900 });
    await openSeats(page, '');
    const isAbove = async () =>
      ((await before(page).boundingBox())?.y ?? 0) < ((await after(page).boundingBox())?.y ?? 0);
    expect(await isAbove()).toBe(true);
    await hand.choose(page.getByRole('radiogroup', { name: 'Which side is on top' }), 'After on top');
    await expect.poll(isAbove).toBe(false);
    if (hand === mouse) await expectAccessible(page);
  });

const hostile = `apiVersion: v1
kind: Service
metadata:
  name: "<img src=x onerror=alert(1)>"
  namespace: "<script>alert(2)</script>"
spec: {selector: {app: a}, ports: [{port: 80}]}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata:
  name: "x\\"]; click n0 call alert(3) <b>"
  namespace: shop
spec:
  hosts: ["<img src=x onerror=alert(4)>"]
  http:
    - route: [{destination: {host: a}}]
---
kind: VirtualService
spec: {hosts: [broken
`;

test('names that look like markup stay text, and a document that cannot be read shows where', async ({
  page,
  request,
}) => {
  const dialogs: string[] = [];
  page.on('dialog', (dialog) => {
    dialogs.push(dialog.message());
    void dialog.dismiss();
  });
  const made = await (await request.post('/api/v1/migrations', { data: { name: 'Hostile' } })).json();
  const files = { name: 'mesh.yaml', mimeType: 'text/yaml', buffer: Buffer.from(hostile) };
  const job = await (await request.post(`/api/v1/migrations/${made.id}/snapshots`, { multipart: { files } })).json();
  await (await request.get(`/api/v1/imports/${job.id}/events`)).text();
  await page.goto(`/migrations/${made.id}/workbench?namespace=shop`);
  await expect(before(page).getByText('<img src=x onerror=alert(4)>').first()).toBeVisible();
  await page.getByRole('button', { name: /ISTHMUS-READ-001/ }).click();
  await expect(page.getByText('spec: {hosts: [broken')).toBeVisible();
  await expectAccessible(page);
  await page.goto(`/migrations/${made.id}/bridge`);
  await expect(page.getByRole('img').getByText('onerror=alert(1)')).toBeVisible();
  expect(dialogs).toEqual([]);
});

test('a line that came from settings of the mesh says so, and leads there', async ({ page, request }) => {
  const migration = await openSample(page);
  const answer = await request.get(`/api/v1${new URL(migration).pathname}/workbench?service=sales/web`);
  const shown = (await answer.json()) as Workbench;
  const field = shown.elsewhere.find(({ path }) => path === 'defaultConfig.terminationDrainDuration');
  const [target] = field?.targets ?? [];
  const { kind, namespace, name } = shown.after[target?.document ?? -1]?.resource ?? {};
  const key = `${kind}/${namespace}/${name}`;
  await page.goto(`${migration}/workbench?service=sales/web&tab=${key}&at=after:${key}:${target?.span?.line}:9`);
  const link = page.getByRole('link', { name: 'MeshConfig istio defaultConfig.terminationDrainDuration' });
  await expect(link).toBeVisible();
  await expect(page.getByText('No field of an Istio resource went into this line.')).toHaveCount(0);
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    await expectAccessible(page);
    await keepPicture(page, `workbench-elsewhere-${colorScheme}`);
  }
  await link.focus();
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/resource=MeshConfig\/[\w/-]+&field=defaultConfig\.terminationDrainDuration/);
  await expect(page.getByRole('heading', { level: 1, name: /^MeshConfig/ })).toBeVisible();
});
