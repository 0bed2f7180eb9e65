import { hands } from './support/hand.ts';
import { expect, expectAccessible, test } from './support/test.ts';

const yaml = (text: string) => Buffer.from(text, 'utf8');

const service = `apiVersion: v1
kind: Service
metadata: {name: api, namespace: shop}
spec: {selector: {app: api}, ports: [{name: http, port: 80, appProtocol: http}]}
`;
const broken = `apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: fine, namespace: shop}
spec: {hosts: [api], http: [{route: [{destination: {host: api}}]}]}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata:
  name: broken
 namespace: shop
`;
const template = 'apiVersion: v1\nkind: Service\nmetadata: {name: {{ .Values.name }}}\n';
const hostile = `apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata:
  name: "<img src=x onerror=alert(1)>"
  namespace: shop
spec: {host: "\\"><script>alert(1)</script>"}
`;
const secret = `apiVersion: v1
kind: Secret
metadata: {name: tls, namespace: shop}
data: {password: c2VjcmV0LXRoYXQtbXVzdC1nbw==}
`;

for (const hand of hands)
  test(`broken, hostile and unrendered files give findings with their places, and the rest goes on, ${hand.name}`, async ({
    page,
    request,
  }) => {
    page.on('dialog', () => expect('no script of a manifest').toBe('run'));
    await page.goto('/');
    const chooser = page.waitForEvent('filechooser');
    await hand.press(page.getByRole('button', { name: 'Choose files' }));
    await (await chooser).setFiles([
      { name: 'service.yaml', mimeType: 'text/yaml', buffer: yaml(service) },
      { name: 'broken.yaml', mimeType: 'text/yaml', buffer: yaml(broken) },
      { name: 'template.yaml', mimeType: 'text/yaml', buffer: yaml(template) },
      { name: 'hostile.yaml', mimeType: 'text/yaml', buffer: yaml(hostile) },
      { name: 'secret.yaml', mimeType: 'text/yaml', buffer: yaml(secret) },
    ]);
    await page.waitForURL(/\/migrations\/[^/]+\/?$/);
    const id = new URL(page.url()).pathname.split('/')[2];
    await expect(page.getByText(/of 2 resources carry over/)).toBeVisible();
    await expectAccessible(page);

    await hand.goTo(page, 'Findings', 'f');
    await expect(page.getByText('broken.yaml:10').first()).toBeVisible();
    await expect(page.getByText(/template\.yaml/).first()).toBeVisible();
    await expectAccessible(page);

    await hand.goTo(page, 'Resources', 'r');
    await expect(page.getByText('<img src=x onerror=alert(1)>').first()).toBeVisible();
    await expectAccessible(page);

    const report = await (await request.get(`/api/v1/migrations/${id}/report`)).text();
    expect(report).not.toContain('c2VjcmV0LXRoYXQtbXVzdC1nbw');
    const page2 = await (await request.get(`/api/v1/migrations/${id}/report.html`)).text();
    expect(page2).not.toContain('<script>alert');
  });

for (const hand of hands)
  test(`text can be pasted, ${hand.name}`, async ({ page }) => {
    await page.goto('/');
    await hand.press(page.getByRole('button', { name: 'Paste text' }));
    await hand.write(page.getByLabel('Manifests as text'), service);
    await hand.press(page.getByRole('button', { name: 'Import this text' }));
    await page.waitForURL(/\/migrations\/[^/]+\/?$/);
    await expect(page.getByRole('heading', { level: 1, name: 'Overview' })).toBeVisible();
  });
