// Plain JavaScript for any Node from 18 on: it runs before anything is installed.
import { spawnSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The project's root folder. */
export const root = fileURLToPath(new URL('..', import.meta.url));

/** The environment in which `node` is the Node 24 that the lockfile pins. */
export const environment = {
  ...process.env,
  // Nothing reports on what is done here.
  TURBO_TELEMETRY_DISABLED: '1',
  DO_NOT_TRACK: '1',
  // What the sources were compiled to: each thread of the server would compile them again.
  NODE_COMPILE_CACHE: join(root, 'node_modules', '.cache', 'node'),
  PATH: `${join(root, 'node_modules', '.bin')}${delimiter}${process.env.PATH ?? ''}`,
};

/** Installs what the lockfile names unless that is done already; ends the process where it cannot. */
export function install() {
  const lock = join(root, 'package-lock.json');
  const installed = join(root, 'node_modules', '.package-lock.json');
  if (existsSync(installed) && statSync(installed).mtimeMs >= statSync(lock).mtimeMs) return;
  console.error('Installing dependencies (npm ci) …');
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  const { status } = spawnSync(npm, ['ci', '--no-audit', '--no-fund'], {
    cwd: root,
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32',
  });
  if (status !== 0) {
    console.error('npm ci failed; see above. Nothing else was done.');
    process.exit(1);
  }
}
