// The baseline, in a process of its own: `node parse.ts all|split FOLDER` merely parses the files of a folder with js-yaml.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { load, loadAll } from 'js-yaml';

const [how, folder = ''] = process.argv.slice(2);
let documents = 0;
for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
  if (!entry.isFile()) continue;
  const text = readFileSync(join(entry.parentPath, entry.name), 'utf8');
  const values = how === 'all' ? loadAll(text) : text.split(/^---$/m).map((part) => load(part));
  documents += values.length;
}
console.log(documents);
