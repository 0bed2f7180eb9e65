import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, renameSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const source = fileURLToPath(new URL('../../cluster/test-server/', import.meta.url));

/** Whether a program can be run. */
const canRun = (program: string, argument: string): boolean =>
  spawnSync(program, [argument], { stdio: 'ignore' }).error === undefined;

/** etcd's program; undefined where there is none. */
export const etcdProgram = (): string | undefined => (canRun('etcd', '--version') ? 'etcd' : undefined);

/** Where the API server's program lies or will lie: in the user's cache, by its version. */
function binaryPath(): string {
  const version = /k8s\.io\/kubernetes v(\S+)/.exec(readFileSync(join(source, 'go.mod'), 'utf8'))?.[1] ?? '';
  return join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'isthmus', `kube-apiserver-${version}`);
}

/** The API server's program; undefined where it was not built. */
export function apiServerBinary(): string | undefined {
  const path = binaryPath();
  return existsSync(path) ? path : undefined;
}

/**
 * Builds the API server unless that was done before; takes some minutes and memory the first time.
 * @returns why it could not be built
 */
export function buildApiServer(): string | undefined {
  const path = binaryPath();
  if (existsSync(path)) return undefined;
  if (!canRun('go', 'version')) return 'Go is not installed';
  mkdirSync(join(path, '..'), { recursive: true });
  const unfinished = `${path}.${process.pid}`;
  const args = ['build', '-trimpath', '-ldflags=-s -w', '-o', unfinished, '.'];
  const { status, stderr } = spawnSync('go', args, {
    cwd: source,
    stdio: ['ignore', 'inherit', 'pipe'],
    // Two builds at once take what four would need.
    env: { ...process.env, GOFLAGS: `${process.env.GOFLAGS ?? ''} -p=2`.trim() },
  });
  if (status !== 0) return `Go could not build it: ${String(stderr).slice(-2000)}`;
  renameSync(unfinished, path);
  return undefined;
}
