import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readManifest } from '@isthmus/kubernetes';
import { type ApiServer, startApiServer } from '@isthmus/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const launcher = fileURLToPath(new URL('../bin/isthmus.js', import.meta.url));
const server: ApiServer | undefined = await startApiServer();
const live = server as ApiServer;
if (server === undefined) console.warn('Skipped: the API server was not built, or etcd is missing.');
afterAll(async () => server?.stop());

const isthmus = (args: readonly string[], environment: Record<string, string> = {}, input = '') =>
  new Promise<{ status: number | null; stdout: string; stderr: string }>((resolve) => {
    const child = spawn(process.execPath, [launcher, ...args], {
      env: { ...process.env, KUBECONFIG: '/nowhere/at/all', ...environment },
    });
    const texts = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr'] as const)
      child[name].on('data', (data: Buffer) => {
        texts[name] += data.toString();
      });
    child.on('close', (status) => resolve({ status, ...texts }));
    child.stdin.end(input);
  });

describe.skipIf(server === undefined)('isthmus snapshot', () => {
  let KUBECONFIG = '';
  beforeAll(async () => {
    const printed = await isthmus(['rbac', '--account', 'default/reader']);
    expect(printed.stderr).toBe('');
    const [role] = readManifest('rbac.yaml', new TextEncoder().encode(printed.stdout)).resources;
    const rules = role?.object.rules as unknown as unknown[];
    KUBECONFIG = live.kubeconfig('east', await live.account('reader', rules));
    const metadata = { namespace: 'default', name: 'seats' };
    await live.create([
      { apiVersion: 'v1', kind: 'Service', metadata, spec: { selector: { app: 'seats' }, ports: [{ port: 80 }] } },
      { apiVersion: 'v1', kind: 'Secret', metadata, stringData: { key: 'sesame' } },
    ]);
  });

  test('writes what the other commands read, with the rights that isthmus rbac prints', async () => {
    const out = join(live.folder, 'east.zip');
    const first = await isthmus(['snapshot', '--context', 'east', '--out', out], { KUBECONFIG });
    expect(first.stderr).toContain('written to east.zip');
    expect(first.stderr).not.toContain('Not read');
    expect(first.status).toBe(0);
    const bytes = readFileSync(out);
    await isthmus(['snapshot', '--context', 'east', '--out', out], { KUBECONFIG });
    expect(readFileSync(out).equals(bytes)).toBe(true);
    const checked = await isthmus(['check', out, '--report', '-']);
    expect(JSON.parse(checked.stdout)).toHaveProperty('checks');
  });

  test('writes a stream that names the cluster on each resource, and no value of a Secret', async () => {
    const { stdout, status } = await isthmus(['snapshot', '--context', 'east', '--name', 'shop'], { KUBECONFIG });
    expect(status).toBe(0);
    expect(stdout).not.toContain(Buffer.from('sesame').toString('base64'));
    const { resources } = readManifest('-', new TextEncoder().encode(stdout));
    expect(resources.find(({ kind }) => kind === 'Service')?.annotations).toEqual({ 'isthmus/cluster': 'shop' });
    expect(
      resources.every(
        ({ kind, annotations }) => kind === 'ClusterSnapshot' || annotations['isthmus/cluster'] === 'shop',
      ),
    ).toBe(true);
  });

  test('names what is forbidden with the command that grants it', async () => {
    const rules = [{ apiGroups: [''], resources: ['services'], verbs: ['list'] }];
    const few = live.kubeconfig('few', await live.account('few', rules));
    const { status, stderr, stdout } = await isthmus(['snapshot', '--context', 'few'], { KUBECONFIG: few });
    expect(status).toBe(1);
    expect(stderr).toContain(
      '  deployments.apps: The API server forbids it.\n    kubectl create clusterrole isthmus-deployments.apps',
    );
    const checked = await isthmus(['check', '-', '--verbose'], {}, stdout);
    expect(checked.stderr).toContain('could not be read');
  });

  test('says which contexts there are, and repeats no credential', async () => {
    const none = await isthmus(['snapshot'], { KUBECONFIG });
    expect(none).toMatchObject({ status: 2, stderr: 'isthmus: name a context with --context; there are east\n' });
    const wrong = live.kubeconfig('wrong', 'sesame-token');
    const refused = await isthmus(['snapshot', '--context', 'wrong'], { KUBECONFIG: wrong });
    expect(refused.status).toBe(2);
    expect(refused.stderr).toContain('does not accept the credentials');
    expect(refused.stderr + refused.stdout).not.toContain('sesame-token');
    expect(existsSync('/nowhere/at/all')).toBe(false);
    expect((await isthmus(['snapshot'])).stderr).toContain('there is no kubeconfig with a context');
  });
});
