import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Migration } from '@isthmus/contract';
import { afterAll, expect, test } from 'vitest';
import { startServer } from './index.ts';
import { sessionOf } from './plugins/security.ts';

const folder = mkdtempSync(join(tmpdir(), 'isthmus-log-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const secrets = {
  token: 'token-of-the-server',
  mistyped: 'token-with-a-typo',
  bearer: 'another-wrong-token',
  cluster: 'token-of-a-cluster',
  password: 'password-in-an-address',
  value: Buffer.from('value-of-a-secret').toString('base64'),
  key: 'MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg',
};

/** A cluster whose API server fails in a way of its own, repeating what it was asked with. */
async function startBroken(): Promise<{ url: string; stop: () => void }> {
  const broken = createServer((request, answer) =>
    answer.writeHead(500, { 'x-asked': request.headers.authorization ?? '' }).end(request.headers.authorization),
  );
  await new Promise<void>((resolve) => broken.listen(0, '127.0.0.1', resolve));
  return { url: `127.0.0.1:${(broken.address() as AddressInfo).port}`, stop: () => broken.close() };
}

const kubeconfig = (server: string): string => `apiVersion: v1
kind: Config
current-context: broken
clusters: [{name: broken, cluster: {server: "http://admin:${secrets.password}@${server}"}}]
users: [{name: me, user: {token: ${secrets.cluster}}}]
contexts: [{name: broken, context: {cluster: broken, user: me}}]
`;

const manifests = `apiVersion: v1
kind: Secret
metadata: {name: cacerts, namespace: istio-system}
data: {ca-key.pem: ${secrets.value}}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: key}
data:
  key.pem: |
    -----BEGIN PRIVATE KEY-----
    ${secrets.key}
    -----END PRIVATE KEY-----
`;

test('no credential and no value of a Secret is ever logged, whatever goes wrong', async () => {
  const cluster = await startBroken();
  const path = join(folder, 'kubeconfig');
  writeFileSync(path, kubeconfig(cluster.url));
  const data = join(folder, 'data');
  mkdirSync(data);
  let log = '';
  const server = await startServer({
    host: '127.0.0.1',
    port: 0,
    data,
    token: secrets.token,
    clusters: { programs: [], kubeconfigs: [path], inCluster: false },
    log: { level: 'debug', to: { write: (line) => (log += line) } },
  });
  const statuses: number[] = [];
  const ask = async (
    method: string,
    at: string,
    headers: Record<string, string>,
    body?: string | FormData,
  ): Promise<Response> => {
    const answer = await fetch(server.url + at, { method, headers, ...(body === undefined ? {} : { body }) });
    statuses.push(answer.status);
    return answer;
  };
  const json = { 'content-type': 'application/json' };
  const bearer = { authorization: `Bearer ${secrets.token}` };
  try {
    await ask('POST', '/api/v1/session', json, JSON.stringify({ token: secrets.mistyped }));
    await ask('POST', '/api/v1/session', json, JSON.stringify({ token: secrets.token, name: 'Ann' }));
    await ask('GET', '/api/v1/migrations', { authorization: `Bearer ${secrets.bearer}` });
    await ask('GET', '/api/v1/migrations', { cookie: `isthmus_session=${sessionOf(secrets.token)}` });
    const created = await ask('POST', '/api/v1/migrations', { ...json, ...bearer }, JSON.stringify({ name: 'Test' }));
    const at = `/api/v1/migrations/${((await created.json()) as Migration).id}`;
    const form = new FormData();
    form.append('files', new File([manifests], 'secrets.yaml'));
    const job = (await (await ask('POST', `${at}/snapshots`, bearer, form)).json()) as { id: string };
    await (await ask('GET', `/api/v1/imports/${job.id}/events`, bearer)).text();
    const connection = { kind: 'file', path, context: 'broken' };
    await ask('POST', `${at}/clusters`, { ...json, ...bearer }, JSON.stringify({ name: 'broken', connection }));
    await ask('GET', `${at}/clusters/broken/inventory`, bearer);
    await ask('POST', `${at}/clusters/snapshot`, bearer);
    for (const end of ['', '; boundary=b', `; boundary=${'b'.repeat(300)}`])
      await ask('POST', `${at}/snapshots`, { ...bearer, 'content-type': `multipart/form-data${end}` }, '--b\r\n\r\n');
  } finally {
    await server.close();
    cluster.stop();
  }
  expect(statuses).toEqual([401, 200, 401, 200, 201, 202, 200, 422, 404, 409, 400, 400, 400]);
  // Each request has its line, so that what is not found below would have been there.
  expect(log.match(/"url":"\/api\/v1\/session"/g)?.length).toBeGreaterThanOrEqual(2);
  expect(log).toContain('/clusters/snapshot');
  for (const secret of [...Object.values(secrets), sessionOf(secrets.token)]) expect(log).not.toContain(secret);
});
