import { hash } from 'node:crypto';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { isAbsolute, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'rolldown';

const folder = fileURLToPath(new URL('.', import.meta.url));
const target = join(folder, 'dist');

/** What tells that a module has changed: the file itself, or the manifest of the installed package that it is a part of. */
const witnessOf = (path: string): string =>
  path.replace(/^(.*[\\/]node_modules[\\/](?:@[^\\/]+[\\/])?[^\\/]+)[\\/].*$/, (_, installed) =>
    join(installed, 'package.json'),
  );

export default defineConfig({
  input: ['src/main.ts', 'src/side-worker.ts'],
  platform: 'node',
  output: { dir: target, cleanDir: true },
  plugins: [
    {
      name: 'inputs',
      // What the bundle was made of, for bin/isthmus.js: path from here, bytes, when it was last changed (ms), SHA-256.
      writeBundle() {
        // Others are Node's own.
        const files = [...this.getModuleIds()].filter((id) => isAbsolute(id));
        const inputs = [...new Set(files.map(witnessOf))].sort().map((path) => {
          const { size, mtimeMs } = statSync(path);
          return [relative(folder, path), size, mtimeMs, hash('sha256', readFileSync(path))];
        });
        writeFileSync(join(target, 'inputs.json'), JSON.stringify(inputs));
      },
    },
  ],
});
