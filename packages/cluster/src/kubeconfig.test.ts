import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { ClusterError } from './cluster-error.ts';
import { type Connection, type ConnectionSettings, connectionSettings } from './connection.ts';
import { listContexts, openKubeconfig } from './kubeconfig.ts';

const folder = mkdtempSync(join(tmpdir(), 'isthmus-kubeconfig-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const bare: ConnectionSettings = { programs: [], kubeconfigs: [], inCluster: false };
let files = 0;
function write(text: string): string {
  const path = join(folder, `${files++}.yaml`);
  writeFileSync(path, text);
  return path;
}

const kubeconfig = (user: string, server = 'https://east.example:6443'): string => `apiVersion: v1
kind: Config
current-context: east
clusters: [{name: east, cluster: {server: "${server}"}}]
users: [{name: someone, user: ${user}}]
contexts: [{name: east, context: {cluster: east, user: someone}}]
`;

function errorOf(connection: Connection, settings = bare): ClusterError {
  try {
    openKubeconfig(connection, settings);
  } catch (error) {
    return error as ClusterError;
  }
  throw new Error('it was opened');
}
const open = (text: string, settings: ConnectionSettings = bare) =>
  openKubeconfig({ kind: 'file', path: write(text) }, settings);

describe('programs', () => {
  const exec = (command: string, env = '[]'): string =>
    kubeconfig(
      `{exec: {apiVersion: client.authentication.k8s.io/v1, command: "${command}", args: [token], env: ${env}}}`,
    );

  test('are refused unless the operator allowed exactly this one', () => {
    const error = errorOf({ kind: 'file', path: write(exec('aws')) });
    expect(error.failure).toBe('program');
    expect(error.message).toBe(
      'The kubeconfig runs the program "aws", which is not allowed here. Add it to ISTHMUS_CLUSTER_PROGRAMS, as it is written, to allow it.',
    );
    expect(open(exec('aws'), { ...bare, programs: ['aws'] }).currentContext).toBe('east');
    expect(errorOf({ kind: 'file', path: write(exec('/tmp/aws')) }, { ...bare, programs: ['aws'] }).failure).toBe(
      'program',
    );
  });

  test.each(['PATH', 'LD_PRELOAD', 'NODE_OPTIONS', 'path'])('cannot be made another by %s', (name) => {
    const path = write(exec('aws', `[{name: ${name}, value: /tmp}]`));
    expect(errorOf({ kind: 'file', path }, { ...bare, programs: ['aws'] }).failure).toBe('program');
  });

  test('may be given what does not steer them', () => {
    const text = exec('aws', '[{name: AWS_PROFILE, value: shop}]');
    expect(open(text, { ...bare, programs: ['aws'] }).currentContext).toBe('east');
  });

  test.each([
    '{auth-provider: {name: gcp, config: {cmd-path: /bin/sh, cmd-args: "-c id"}}}',
    '{auth-provider: {name: azure, config: {access-token: a}}}',
    '{auth-provider: {name: exec, config: {exec: {command: /bin/sh}}}}',
    '{auth-provider: {name: oidc, config: {exec: {command: /bin/sh}}}}',
    '{auth-provider: {name: other, config: {tokenFile: /etc/passwd}}}',
  ])('of auth-providers are never run: %s', (user) => {
    const path = write(kubeconfig(user));
    expect(errorOf({ kind: 'file', path }, { ...bare, programs: ['/bin/sh'] }).failure).toBe('program');
  });

  test('are named where contexts are listed', () => {
    expect(listContexts({ ...bare, kubeconfigs: [write(exec('aws'))] })).toMatchObject([
      { name: 'east', server: 'https://east.example:6443', isCurrent: true, refused: expect.stringContaining('"aws"') },
    ]);
  });
});

describe('contexts', () => {
  test('of several files count once, the first of a name', () => {
    const first = write(kubeconfig('{token: first}'));
    const second = write(
      `${kubeconfig('{token: second}', 'https://other.example').replace('[{name: east, context', '[{name: west, context: {cluster: east, user: someone}}, {name: east, context')}`,
    );
    const settings = connectionSettings(
      { KUBECONFIG: [first, join(folder, 'absent'), second].join(delimiter) },
      delimiter,
    );
    expect(listContexts(settings).map(({ name, server }) => `${name} ${server}`)).toEqual([
      'east https://east.example:6443',
      'west https://east.example:6443',
    ]);
    expect(openKubeconfig({ kind: 'context', context: 'west' }, settings).getCurrentUser()?.token).toBe('first');
  });

  test('that are not there are an error that names them', () => {
    const path = write(kubeconfig('{token: a}'));
    expect(errorOf({ kind: 'file', path, context: 'north' }).message).toBe(`${path} has no context "north".`);
    expect(errorOf({ kind: 'context', context: 'north' }).message).toBe('The kubeconfig has no context "north".');
  });

  test('show no password of an address', () => {
    const path = write(kubeconfig('{token: a}', 'https://me:geheim@east.example'));
    expect(JSON.stringify(listContexts({ ...bare, kubeconfigs: [path] }))).not.toContain('geheim');
  });

  test('in a pod need one', () => {
    expect(errorOf({ kind: 'in-cluster' }).message).toBe('This process does not run in a pod of a cluster.');
  });
});

test.each([
  ['no YAML', 'users: [{name: a, user: {token: "sesame-open"\n  - ]'],
  ['a user without a name', kubeconfig('{token: sesame-open}').replace('name: someone, user: {', 'user: {')],
  ['a list', '- sesame-open'],
  ['nothing', ''],
])('a file that is %s is an error that quotes nothing of it', (_, text) => {
  const path = write(text);
  const error = errorOf({ kind: 'file', path });
  expect(error.failure).toBe('connection');
  expect(error.message).not.toContain('sesame');
  expect(error.message).toContain(path);
});

test.each(['tokenFile', 'token-file'])('a token in a file of its own is refused rather than left out: %s', (key) => {
  const path = write(kubeconfig(`{${key}: ${write('sesame-open')}}`));
  const error = errorOf({ kind: 'file', path });
  expect(error.failure).toBe('connection');
  expect(error.message).toContain('"someone" has its token in a file of its own');
  expect(listContexts(bare, path)).toMatchObject([{ name: 'east', refused: error.message }]);
});

test('a server without TLS is refused unless the kubeconfig says so', () => {
  const text = kubeconfig('{token: a}', 'http://127.0.0.1:8001');
  expect(errorOf({ kind: 'file', path: write(text) }).message).toContain('insecure-skip-tls-verify');
  expect(open(text.replace('8001"', '8001", insecure-skip-tls-verify: true')).currentContext).toBe('east');
});

test('settings come from the environment', () => {
  expect(
    connectionSettings(
      {
        HOME: '/home/me',
        ISTHMUS_CLUSTER_PROGRAMS: 'aws, /opt/gke-auth,',
        KUBERNETES_SERVICE_HOST: '10.0.0.1',
        KUBERNETES_SERVICE_PORT: '443',
      },
      ':',
    ),
  ).toEqual({ programs: ['aws', '/opt/gke-auth'], kubeconfigs: ['/home/me/.kube/config'], inCluster: true });
});
