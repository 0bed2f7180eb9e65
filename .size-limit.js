// What browsers load before the first screen, and what each other page adds to it, from Vite's manifest. Parts that are
// imported when they are first shown (the editor, the diagrams, dialogs) are not in these graphs.
import { readFileSync } from 'node:fs';

const dist = 'apps/web/dist';
const manifest = JSON.parse(readFileSync(`${dist}/.vite/manifest.json`, 'utf8'));

/** The chunks that a module needs before it runs. */
function graph(name, into = new Set()) {
  const { file, imports = [] } = manifest[name];
  if (into.has(file)) return into;
  into.add(file);
  for (const next of imports) graph(next, into);
  return into;
}

const entry = graph('index.html');
const first = new Set([...entry, ...graph('src/features/start/page.tsx')]);
const paths = (files) => [...files].map((file) => `${dist}/${file}`);
const pages = manifest['index.html'].dynamicImports.filter((name) => /^src\/features\/.*page\.tsx$/.test(name));

export default [
  { name: 'First screen, JavaScript', path: paths(first), limit: '210 KB', gzip: true },
  ...pages.map((name) => ({
    name: `Beyond the entry: ${name.slice('src/features/'.length)}`,
    path: paths([...graph(name)].filter((file) => !entry.has(file))),
    limit: '60 KB',
    gzip: true,
  })),
];
