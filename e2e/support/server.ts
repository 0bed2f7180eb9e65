import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** A server process of its own, with a folder of its own. */
export interface ServerProcess {
  readonly url: string;
  readonly data: string;
  /** Ends it as a power cut would. */
  kill(): Promise<void>;
  /** Ends it and removes its folder, unless that was given. */
  stop(): Promise<void>;
}

const main = fileURLToPath(new URL('../../apps/server/src/main.ts', import.meta.url));

/**
 * Starts the real server on a free port; with `data` on the folder of an earlier one. It finds no kubeconfig but one that
 * `environment` names.
 */
export async function startServer(
  data?: string,
  environment: Readonly<Record<string, string>> = {},
): Promise<ServerProcess> {
  const folder = data ?? (await mkdtemp(join(tmpdir(), 'isthmus-e2e-')));
  const child: ChildProcess = spawn(process.execPath, [main, '--port', '0', '--no-open', '--data', folder], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, KUBECONFIG: join(folder, 'no-kubeconfig'), ...environment },
  });
  const url = await new Promise<string>((resolve, reject) => {
    let printed = '';
    child.stdout?.on('data', (chunk: Buffer) => {
      printed += chunk.toString('utf8');
      const found = /Isthmus is at (\S+)/.exec(printed);
      if (found?.[1] !== undefined) resolve(found[1]);
    });
    child.once('exit', (code) => reject(new Error(`The server ended with ${code}: ${printed}`)));
  });
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill(signal);
    await ended;
  };
  return {
    url,
    data: folder,
    kill: () => end('SIGKILL'),
    async stop() {
      await end('SIGTERM');
      if (data === undefined) await rm(folder, { recursive: true, force: true });
    },
  };
}
