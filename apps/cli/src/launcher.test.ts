import { spawnSync } from 'node:child_process';
import { hash } from 'node:crypto';
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeEach, expect, test } from 'vitest';

const scratch = mkdtempSync(join(tmpdir(), 'isthmus-launcher-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const at = (path: string): string => join(scratch, 'apps', 'cli', path);
const shared = join(scratch, 'packages', 'shared.ts');
const launcher = at('bin/isthmus.js');

const run = (): string => spawnSync(process.execPath, [launcher], { encoding: 'utf8' }).stdout.trim();

/** The bundle, and that it was made of the sources as they are now. */
function build(): void {
  writeFileSync(at('dist/main.js'), "console.log('bundle');\n");
  const inputs = [at('src/main.ts'), shared].map((path, index) => {
    const { size, mtimeMs } = statSync(path);
    const digest = hash('sha256', readFileSync(path));
    return [index === 0 ? 'src/main.ts' : '../../packages/shared.ts', size, mtimeMs, digest];
  });
  writeFileSync(at('dist/inputs.json'), JSON.stringify(inputs));
}

beforeEach(() => {
  rmSync(join(scratch, 'apps'), { recursive: true, force: true });
  for (const folder of [at('bin'), at('src'), at('dist'), join(scratch, 'packages')])
    mkdirSync(folder, { recursive: true });
  copyFileSync(fileURLToPath(new URL('../bin/isthmus.js', import.meta.url)), launcher);
  writeFileSync(at('package.json'), '{ "type": "module" }\n');
  writeFileSync(at('src/main.ts'), "const what: string = 'sources';\nconsole.log(what);\n");
  writeFileSync(shared, 'export const shared = 1;\n');
});

test('sources are run where nothing was built', () => {
  expect(run()).toBe('sources');
});

test('the bundle is run where it was made of the sources as they are', () => {
  build();
  expect(run()).toBe('bundle');
});

test('the bundle is run where a checkout wrote the same sources once more', () => {
  build();
  utimesSync(shared, new Date(), new Date());
  utimesSync(at('src/main.ts'), 1, 1);
  expect(run()).toBe('bundle');
});

test.each<[string, () => void]>([
  ['changed', () => writeFileSync(shared, 'export const shared = 2;\n')],
  ['made longer', () => writeFileSync(shared, 'export const shared = 10;\n')],
  ['removed', () => rmSync(shared)],
])('a bundle of a source that was %s since is not run', (_, change) => {
  build();
  change();
  expect(run()).toBe('sources');
});

test('a bundle that is not whole is not run', () => {
  build();
  writeFileSync(at('dist/inputs.json'), '[["src/main.ts", 5');
  expect(run()).toBe('sources');
});
