import { expect, test } from '@playwright/test';
import { startServer } from './support/server.ts';

test('what was acknowledged before a power cut is there after it', async ({ playwright }) => {
  let server = await startServer();
  const api = await playwright.request.newContext({ baseURL: server.url });
  const job = await (await api.post('/api/v1/migrations/sample')).json();
  await expect
    .poll(async () => (await (await api.get(`/api/v1/imports/${job.id}`)).json()).state, { timeout: 30_000 })
    .toBe('done');
  const acknowledged: string[] = [];
  const { services } = await (await api.get(`/api/v1/migrations/${job.migration}/services`)).json();
  for (const service of services.slice(0, 8)) {
    const answer = await api.patch(`/api/v1/migrations/${job.migration}/services/${service.id}`, {
      data: { revision: service.revision, owner: `owner of ${service.id}` },
    });
    expect(answer.status()).toBe(200);
    acknowledged.push(service.id);
  }
  await server.kill();
  server = await startServer(server.data);
  const again = await playwright.request.newContext({ baseURL: server.url });
  const after = await (await again.get(`/api/v1/migrations/${job.migration}/services`)).json();
  const owners = new Map(after.services.map((service: { id: string; owner: string }) => [service.id, service.owner]));
  for (const id of acknowledged) expect(owners.get(id)).toBe(`owner of ${id}`);
  await server.stop();
});
