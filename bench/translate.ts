import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { least, type Run, runOnce } from './command.ts';
import { writeEstate } from './estate.ts';
import { type Held, hold } from './held.ts';

const cli = new URL('../apps/cli/bin/isthmus.js', import.meta.url);
const parse = new URL('./parse.ts', import.meta.url);
const gibibyte = 1024 ** 3;
// Of fewer, too often none is undisturbed.
const rounds = 5;

interface Measured {
  readonly translate: Run;
  readonly parse: Run;
}

/** Parsing and translating in turn, so that a slower moment of the machine hits both. */
function measure(folder: string, input: string): Measured {
  const runs = { translate: [] as Run[], all: [] as Run[], split: [] as Run[] };
  for (let round = 0; round < rounds; round++) {
    runs.all.push(runOnce(parse, ['all', input]));
    runs.split.push(runOnce(parse, ['split', input]));
    // A folder of its own: ext4 takes long to make files for five minutes after many were removed (recently_deleted), which is
    // why a second bench right behind the first says less.
    const files = ['--out', `${input}-out-${round}`, '--report', join(folder, 'report.json')];
    runs.translate.push(runOnce(cli, ['translate', input, ...files], [0, 1]));
  }
  return { translate: least(runs.translate), parse: least([least(runs.all), least(runs.split)]) };
}

/** The command line end to end, from the start of the process to the bundle and the report on disk. */
export function benchTranslate(): boolean {
  const folder = mkdtempSync(join(tmpdir(), 'isthmus-bench-'));
  try {
    const [start, small, large] = [1, 1667, 10_000].map((services) => {
      const input = join(folder, `estate-${services}`);
      const bytes = writeEstate(input, services);
      const measured = measure(folder, input);
      console.log(
        `  ${services * 3} resources, ${(bytes / 1e6).toFixed(1)} MB: translate ${measured.translate.seconds.toFixed(2)} s, parse ${measured.parse.seconds.toFixed(2)} s, peak ${(measured.translate.peak / gibibyte).toFixed(2)} GiB`,
      );
      return measured;
    }) as [Measured, Measured, Measured];
    const each = ({ translate }: Measured, resources: number): number =>
      (translate.seconds - start.translate.seconds) / resources;
    const held: Held[] = [
      {
        what: '30,000 resources against merely parsing them with js-yaml',
        measured: large.translate.seconds / large.parse.seconds,
        limit: 6,
        unit: '×',
      },
      { what: 'peak memory', measured: large.translate.peak / gibibyte, limit: 1.5, unit: 'GiB' },
      {
        what: 'cost of a resource among 30,000 against one among 5,000',
        measured: each(large, 30_000) / each(small, 5001),
        limit: 1.2,
        unit: '×',
      },
    ];
    return held.map(hold).every(Boolean);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
