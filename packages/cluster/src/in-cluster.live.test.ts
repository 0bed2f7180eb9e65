import { copyFileSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ApiServer } from '@isthmus/testkit';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { type ConnectionSettings, connectionSettings } from './connection.ts';
import { bare, hasty, namespace, startOrSkip, sufficientRules } from './live.test-support.ts';
import { type LiveCluster, openLive } from './live-cluster.ts';
import { readCluster } from './read-cluster.ts';
import { openReader } from './reader.ts';

const server: ApiServer | undefined = await startOrSkip();
const live = server as ApiServer;
afterAll(async () => {
  vi.unstubAllEnvs();
  await server?.stop();
});

describe.skipIf(server === undefined)('a pod with a service account', () => {
  // As the kubelet lays the files out in a pod, below a folder of the test.
  let files = '';
  let settings: ConnectionSettings = bare;
  /** Replaces the token as the kubelet does: whole, by another file of the same name. */
  const rotate = (token: string): void => {
    writeFileSync(join(files, '..token'), token, { mode: 0o600 });
    renameSync(join(files, '..token'), join(files, 'token'));
  };
  const usersSince = (entries: number): string[] => [
    ...new Set(
      live
        .audit()
        .slice(entries)
        .map(({ user }) => String(user.username))
        .filter((name) => name.startsWith('system:serviceaccount:')),
    ),
  ];

  beforeAll(async () => {
    files = join(live.folder, 'var/run/secrets/kubernetes.io/serviceaccount');
    mkdirSync(files, { recursive: true });
    copyFileSync(join(live.folder, 'certificates', 'apiserver.crt'), join(files, 'ca.crt'));
    writeFileSync(join(files, 'namespace'), 'default');
    const { hostname, port } = new URL(live.url);
    vi.stubEnv('KUBERNETES_SERVICE_HOST', hostname);
    vi.stubEnv('KUBERNETES_SERVICE_PORT', port);
    settings = { ...connectionSettings(process.env, ':'), accountRoot: live.folder };
    await live.create([namespace('sales')]);
  });

  test('reads the cluster that it runs in, with the certificate authority that lies there', async () => {
    expect(settings.inCluster).toBe(true);
    rotate(await live.account('pod', sufficientRules()));
    const before = live.audit().length;
    const { kinds, unread } = await readCluster(openReader({ kind: 'in-cluster' }, settings, hasty));
    expect(unread).toEqual([]);
    expect(kinds.find(({ kind }) => kind.resource === 'namespaces')?.objects.length).toBeGreaterThan(1);
    expect(usersSince(before)).toEqual(['system:serviceaccount:default:pod']);
  });

  test('takes the token that replaced one which is no longer valid, in the same connection', async () => {
    rotate(await live.account('old', sufficientRules()));
    const reader = openReader({ kind: 'in-cluster' }, settings, hasty);
    await expect(reader.get('/apis')).resolves.toHaveProperty('groups');
    await live.send('DELETE', '/api/v1/namespaces/default/serviceaccounts/old');
    // The API server remembers for ten seconds that a token was valid.
    await new Promise((resolve) => setTimeout(resolve, 12_500));
    rotate(await live.account('new', sufficientRules()));
    const before = live.audit().length;
    await expect(reader.get('/apis')).resolves.toHaveProperty('groups');
    expect(usersSince(before)).toEqual(['system:serviceaccount:default:new']);
  });

  test('goes on watching with the token that replaced one which is no longer valid', async () => {
    rotate(await live.account('watching', sufficientRules()));
    const cluster: LiveCluster = openLive(openReader({ kind: 'in-cluster' }, settings, hasty));
    const until = (holds: () => boolean): Promise<void> => vi.waitFor(() => expect(holds()).toBe(true), 60_000);
    const namespaces = (): number => [...cluster.current().objects('', 'Namespace')].length;
    await until(() => cluster.current().state === 'watching');
    const first = namespaces();
    await live.send('DELETE', '/api/v1/namespaces/default/serviceaccounts/watching');
    rotate(await live.account('following', sufficientRules()));
    await new Promise((resolve) => setTimeout(resolve, 12_500));
    // Watches are made anew, as every five minutes.
    await live.kill();
    await live.start();
    await live.create([namespace('later')]);
    await until(() => namespaces() === first + 1);
    expect(cluster.current().kinds.filter(({ lost }) => lost !== undefined)).toEqual([]);
    cluster.close();
  });

  test('whose token is not valid, or is gone, is told so without a word of it', async () => {
    rotate('sesame');
    const reader = openReader({ kind: 'in-cluster' }, settings, hasty);
    const refused = await reader.get('/apis').catch((error: unknown) => error);
    expect(refused).toMatchObject({ failure: 'credentials' });
    expect(String(refused)).not.toContain('sesame');
    rmSync(join(files, 'token'));
    await expect(openReader({ kind: 'in-cluster' }, settings, hasty).get('/apis')).rejects.toMatchObject({
      failure: 'connection',
      message: 'A file that the kubeconfig names cannot be read.',
    });
  });
});
