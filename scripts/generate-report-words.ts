// Writes packages/bundle/src/pseudonyms/words.ts: `node scripts/generate-report-words.ts`. A word that is missing is replaced
// by a pseudonym where it stands in a report under pseudonyms, so that an old list hides too much and never too little.
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../', import.meta.url));
const from = [
  'behavior',
  'diagnostics',
  'equivalence',
  'istio',
  'kong-gateway',
  'kong-mesh',
  'kubernetes',
  'translation',
];
const fields = ['packages/testkit/src/generated/istio-fields.ts'];

const sources = from.flatMap((name) =>
  readdirSync(`${root}packages/${name}/src`, { recursive: true, encoding: 'utf8' })
    .map((path) => `packages/${name}/src/${path.replaceAll('\\', '/')}`)
    .filter((path) => /\.ts$/.test(path) && !/\.test(-support)?\.ts$|\/(traps|fixtures|preflight)\//.test(path)),
);

/** The texts in a source: neither its comments nor manifests, which are examples with names of their own. */
const textsOf = (source: string): string[] =>
  (
    source.replace(/^\s*(?:\/\/|\/?\*).*$/gm, '').match(/'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\])*`/g) ??
    []
  ).filter((text) => !/apiVersion:|\bkind: [A-Z]|metadata:|^.@?[./]/.test(text));

// What examples call their services: no words of reports.
const sampleNames = new Set(['cart', 'ratings', 'reviews', 'sales', 'seats', 'shop']);

const words = new Set<string>();
for (const path of [...sources, ...fields])
  for (const text of textsOf(readFileSync(root + path, 'utf8')))
    for (const [word] of text.replace(/\$\{[^}]*\}/g, ' ').matchAll(/[A-Za-z][A-Za-z_]*(?:-[A-Za-z]+)*/g)) {
      if (word.length <= 40) words.add(/^[A-Z]?[a-z]+$/.test(word) ? word.toLowerCase() : word);
      for (const part of word.split(/[-_]/)) if (/^[a-z]{2,20}$/.test(part)) words.add(part);
    }

const file = `${root}packages/bundle/src/pseudonyms/words.ts`;
const lines: string[] = [];
let line = '';
for (const word of [...words].filter((one) => !sampleNames.has(one)).sort()) {
  if (line.length + word.length > 110) {
    lines.push(line);
    line = '';
  }
  line += `${line === '' ? '' : ' '}${word}`;
}
writeFileSync(
  file,
  `// Written by scripts/generate-report-words.ts.\n/** The words that Isthmus itself uses, and the names of fields of both meshes. */\nexport const words: string = \`${[...lines, line].join('\n')}\`;\n`,
);
spawnSync('biome', ['format', '--write', file], { stdio: 'inherit' });
console.log(`${words.size} words`);
