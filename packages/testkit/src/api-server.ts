import { type ChildProcess, spawn } from 'node:child_process';
import { createSign, generateKeyPairSync, randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, request as httpsRequest } from 'node:https';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { apiServerBinary, etcdProgram } from './api-server-binary.ts';

/** One line of the API server's audit log, as far as tests ask. */
export interface AuditEntry {
  readonly verb: string;
  readonly user: { readonly username: string };
  readonly requestURI: string;
  readonly userAgent?: string;
  readonly responseStatus?: { readonly code?: number };
  /** Of Secrets alone: what was answered. */
  readonly responseObject?: { readonly kind?: string };
}

export interface Answer {
  readonly status: number;
  readonly body: unknown;
}

/** A real kube-apiserver with its etcd, on loopback. */
export interface ApiServer {
  readonly url: string;
  /** The folder that everything lies in. */
  readonly folder: string;
  /** Sends a request as an administrator. */
  send(method: string, path: string, body?: unknown, type?: string): Promise<Answer>;
  /** Creates objects, each at the path of its kind; throws where one is refused. A status is set as well. */
  create(objects: readonly Written[]): Promise<void>;
  /** Creates CustomResourceDefinitions and waits until they are served. */
  define(definitions: readonly Written[]): Promise<void>;
  /** A kubeconfig for a token of this server, or of another address in front of it; returns its path. */
  kubeconfig(name: string, token: string, server?: string): string;
  /** A service account with rights of its own, and a token that is valid for some seconds. */
  account(name: string, rules: readonly unknown[], seconds?: number): Promise<string>;
  audit(): AuditEntry[];
  /** Forgets what was there before, so that lists and watches cannot go on from it. */
  compact(): Promise<void>;
  /** Ends the API server at once, without a word; etcd stays. */
  kill(): Promise<void>;
  /** Starts it again where it was. */
  start(): Promise<void>;
  /** Ends everything and removes what it left. */
  stop(): Promise<void>;
}

// biome-ignore lint/suspicious/noExplicitAny: tests write objects of every kind
export type Written = Record<string, any>;

const administrator = 'test-administrator';

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));

function run(program: string, args: readonly string[], log: string): ChildProcess {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const lines: string[] = [];
  const take = (data: Buffer): void => {
    lines.push(data.toString());
    if (lines.length > 200) lines.shift();
  };
  child.stdout.on('data', take);
  child.stderr.on('data', take);
  child.on('exit', () => writeFileSync(log, lines.join('')));
  return child;
}

async function end(child: ChildProcess | undefined): Promise<void> {
  if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await ended;
}

const base64 = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** The path of a kind's list, by the rules of names that hold for what tests create. */
export function pathOf({ apiVersion, kind, metadata }: Written, resource?: string): string {
  const name = String(kind).toLowerCase();
  const plural =
    resource ??
    (/(?:s|x|ch|sh)$/.test(name) ? `${name}es` : /[^aeiou]y$/.test(name) ? `${name.slice(0, -1)}ies` : `${name}s`);
  const root = apiVersion === 'v1' ? '/api/v1' : `/apis/${apiVersion}`;
  const scope = metadata.namespace === undefined ? '' : `/namespaces/${metadata.namespace}`;
  return `${root}${scope}/${plural}`;
}

/**
 * Starts etcd and kube-apiserver; undefined where the binary or etcd is missing (`apiServerBinary` says why).
 * @param flags of the API server besides
 */
export async function startApiServer(flags: readonly string[] = []): Promise<ApiServer | undefined> {
  const binary = apiServerBinary();
  const etcd = etcdProgram();
  if (binary === undefined || etcd === undefined) return undefined;
  const folder = mkdtempSync(join(tmpdir(), 'isthmus-api-server-'));
  const [port, clientPort, peerPort] = [await freePort(), await freePort(), await freePort()];
  const url = `https://127.0.0.1:${port}`;
  const keys = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const keyFile = join(folder, 'accounts.key');
  writeFileSync(keyFile, keys.privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 });
  writeFileSync(join(folder, 'tokens.csv'), `${administrator},administrator,1,"system:masters"\n`);
  writeFileSync(
    join(folder, 'audit.yaml'),
    'apiVersion: audit.k8s.io/v1\nkind: Policy\nomitStages: [RequestReceived]\nrules:\n' +
      '- level: RequestResponse\n  resources: [{group: "", resources: [secrets]}]\n- level: Metadata\n',
  );
  mkdirSync(join(folder, 'certificates'));
  const etcdProcess = run(
    etcd,
    [
      '--data-dir',
      join(folder, 'etcd'),
      '--listen-client-urls',
      `http://127.0.0.1:${clientPort}`,
      '--advertise-client-urls',
      `http://127.0.0.1:${clientPort}`,
      '--listen-peer-urls',
      `http://127.0.0.1:${peerPort}`,
      '--initial-advertise-peer-urls',
      `http://127.0.0.1:${peerPort}`,
      '--initial-cluster',
      `default=http://127.0.0.1:${peerPort}`,
      '--unsafe-no-fsync',
    ],
    join(folder, 'etcd.log'),
  );
  let server: ChildProcess | undefined;
  // Whoever started them may end without a word.
  const leave = (): void => {
    server?.kill('SIGKILL');
    etcdProcess.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  };
  process.once('exit', leave);
  const agent = new Agent({ rejectUnauthorized: false, keepAlive: true, maxSockets: 32 });
  const send: ApiServer['send'] = (method, path, body, type = 'application/json') =>
    new Promise((resolve, reject) => {
      const sent = httpsRequest(
        url + path,
        {
          method,
          agent,
          headers: { authorization: `Bearer ${administrator}`, 'content-type': type, 'user-agent': 'administrator' },
        },
        (answer) => {
          const parts: Buffer[] = [];
          answer.on('data', (part: Buffer) => parts.push(part));
          answer.on('error', reject);
          answer.on('end', () => {
            const text = Buffer.concat(parts).toString();
            let read: unknown = text;
            try {
              read = JSON.parse(text);
            } catch {
              // Health checks answer with plain text.
            }
            resolve({ status: answer.statusCode ?? 0, body: read });
          });
        },
      );
      sent.on('error', reject);
      sent.end(body === undefined ? undefined : JSON.stringify(body));
    });
  async function start(): Promise<void> {
    server = run(
      binary as string,
      [
        `--etcd-servers=http://127.0.0.1:${clientPort}`,
        '--bind-address=127.0.0.1',
        `--secure-port=${port}`,
        `--cert-dir=${join(folder, 'certificates')}`,
        `--token-auth-file=${join(folder, 'tokens.csv')}`,
        '--service-account-issuer=https://kubernetes.default.svc',
        `--service-account-key-file=${keyFile}`,
        `--service-account-signing-key-file=${keyFile}`,
        '--service-cluster-ip-range=10.0.0.0/16',
        '--authorization-mode=RBAC',
        // Nobody makes service accounts or their tokens here.
        '--disable-admission-plugins=ServiceAccount',
        `--audit-policy-file=${join(folder, 'audit.yaml')}`,
        `--audit-log-path=${join(folder, 'audit.log')}`,
        ...flags,
      ],
      join(folder, 'api-server.log'),
    );
    for (const until = Date.now() + 90_000; ; await pause(100)) {
      const answer = await send('GET', '/readyz').catch(() => undefined);
      if (answer?.status === 200) return;
      if (Date.now() > until || server.exitCode !== null) {
        await end(server);
        await pause(50);
        const log = join(folder, 'api-server.log');
        throw new Error(
          `The API server does not start:\n${existsSync(log) ? readFileSync(log, 'utf8').slice(-3000) : ''}`,
        );
      }
    }
  }
  const expect = async (method: string, path: string, body: unknown): Promise<Answer> => {
    const answer = await send(method, path, body);
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer;
  };
  const create: ApiServer['create'] = async (objects) => {
    for (const object of objects) {
      const path = pathOf(object);
      const { body } = await expect('POST', path, object);
      if (object.status !== undefined && object.kind !== 'CustomResourceDefinition')
        await expect('PUT', `${path}/${object.metadata.name}/status`, { ...(body as Written), status: object.status });
    }
  };
  const compaction = async (path: string, body: unknown): Promise<Written> =>
    (
      await fetch(`http://127.0.0.1:${clientPort}${path}`, { method: 'POST', body: JSON.stringify(body) })
    ).json() as Promise<Written>;
  const instance: ApiServer = {
    url,
    folder,
    send,
    create,
    async define(definitions) {
      for (const definition of definitions) {
        const { status: _, ...rest } = definition;
        await expect('POST', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions', rest);
      }
      for (const { metadata, spec } of definitions) {
        const version = spec.versions.find(({ served }: Written) => served).name;
        const path = `/apis/${spec.group}/${version}/${spec.names.plural}`;
        for (const until = Date.now() + 30_000; ; await pause(50)) {
          if ((await send('GET', path)).status === 200) break;
          if (Date.now() > until) throw new Error(`${metadata.name} is not served`);
        }
      }
    },
    kubeconfig(name, token, at = url) {
      const path = join(folder, `${name}.kubeconfig`);
      const authority = at.startsWith('https:')
        ? `, certificate-authority: ${join(folder, 'certificates', 'apiserver.crt')}`
        : ', insecure-skip-tls-verify: true';
      writeFileSync(
        path,
        [
          'apiVersion: v1',
          'kind: Config',
          `current-context: ${name}`,
          `clusters: [{name: ${name}, cluster: {server: "${at}"${authority}}}]`,
          `users: [{name: ${name}, user: {token: "${token}"}}]`,
          `contexts: [{name: ${name}, context: {cluster: ${name}, user: ${name}}}]`,
          '',
        ].join('\n'),
        { mode: 0o600 },
      );
      return path;
    },
    async account(name, rules, seconds = 3600) {
      const metadata = { name, namespace: 'default' };
      const { body } = await expect('POST', '/api/v1/namespaces/default/serviceaccounts', {
        apiVersion: 'v1',
        kind: 'ServiceAccount',
        metadata,
      });
      const rights = 'rbac.authorization.k8s.io/v1';
      await create([
        { apiVersion: rights, kind: 'ClusterRole', metadata: { name }, rules },
        {
          apiVersion: rights,
          kind: 'ClusterRoleBinding',
          metadata: { name },
          roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name },
          subjects: [{ kind: 'ServiceAccount', name, namespace: 'default' }],
        },
      ]);
      const now = Math.floor(Date.now() / 1000);
      const claims = {
        iss: 'https://kubernetes.default.svc',
        aud: ['https://kubernetes.default.svc'],
        sub: `system:serviceaccount:default:${name}`,
        iat: now - 5,
        nbf: now - 5,
        // The API server grants a minute more (go-jose, jwt.DefaultLeeway).
        exp: now + seconds - 60,
        jti: randomUUID(),
        'kubernetes.io': {
          namespace: 'default',
          serviceaccount: { name, uid: (body as Written).metadata.uid },
        },
      };
      const signed = `${base64({ alg: 'RS256', typ: 'JWT', kid: '' })}.${base64(claims)}`;
      const signature = createSign('RSA-SHA256').update(signed).sign(keys.privateKey).toString('base64url');
      return `${signed}.${signature}`;
    },
    audit: () =>
      readFileSync(join(folder, 'audit.log'), 'utf8')
        .split('\n')
        .filter((line) => line.startsWith('{') && line.endsWith('}'))
        .map((line) => JSON.parse(line) as AuditEntry),
    async compact() {
      const { header } = await compaction('/v3/kv/range', { key: Buffer.from('x').toString('base64') });
      await compaction('/v3/kv/compaction', { revision: header.revision, physical: true });
    },
    async kill() {
      await end(server);
    },
    start,
    async stop() {
      process.off('exit', leave);
      await end(server);
      await end(etcdProcess);
      agent.destroy();
      rmSync(folder, { recursive: true, force: true });
    },
  };
  try {
    await start();
  } catch (error) {
    await instance.stop();
    throw error;
  }
  return instance;
}
