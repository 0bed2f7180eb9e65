#!/usr/bin/env node
// Plain JavaScript for any Node from 18 on: finds a Node that runs the sources (24.5 or newer) and hands over to it.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);

/** The Node 24 that the lockfile pins; undefined on platforms without a package. */
function packagedNode() {
  const system = process.platform === 'win32' ? 'win' : process.platform;
  try {
    const manifest = createRequire(import.meta.url).resolve(`node-${system}-${process.arch}/package.json`);
    const binary = join(dirname(manifest), 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
    return existsSync(binary) ? binary : undefined;
  } catch {
    return undefined;
  }
}

const here = dirname(fileURLToPath(import.meta.url));

/** Whether a file is what a bundle was made of: by its time, or where another checkout gave it a new one, by its content. */
function isSame([path, size, changed, digest]) {
  const file = join(here, '..', path);
  const about = statSync(file);
  if (about.size !== size || about.mtimeMs === changed) return about.size === size;
  return process.getBuiltinModule('node:crypto').hash('sha256', readFileSync(file)) === digest;
}

/**
 * Whether `npm run build` has made one bundle of the sources as they stand, which loads in a fraction of the time. A bundle of
 * other sources, such as before a `git pull`, is never run.
 */
function hasBundle() {
  try {
    return JSON.parse(readFileSync(join(here, '../dist/inputs.json'), 'utf8')).every(isSame);
  } catch {
    return false;
  }
}

if (major > 24 || (major === 24 && minor >= 5)) {
  const { enableCompileCache, getCompileCacheDir } = await import('node:module');
  enableCompileCache();
  // Threads use it only where they find it in their environment.
  const folder = getCompileCacheDir();
  if (folder !== undefined) process.env.NODE_COMPILE_CACHE ??= folder;
  // A command ends before most of what V8 optimises last (TurboFan) has paid for its compilation, by default after 3,000 calls or
  // within a long loop: a seventh of all processor time of a translation (bench/translate.ts). A V8 that does not know the
  // flags would say so on the terminal.
  if (major === 24) {
    const { setFlagsFromString } = await import('node:v8');
    setFlagsFromString('--invocation-count-for-turbofan=300000');
    setFlagsFromString('--no-osr-from-maglev');
  }
  await import(hasBundle() ? '../dist/main.js' : '../src/main.ts');
} else {
  const node = packagedNode();
  if (node === undefined) {
    console.error(
      `isthmus needs Node 24.5 or newer (this is ${process.versions.node}) and no packaged one fits this platform: install it from https://nodejs.org.`,
    );
    process.exit(2);
  }
  const { status, signal } = spawnSync(node, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], {
    stdio: 'inherit',
  });
  process.exit(signal ? 1 : (status ?? 1));
}
