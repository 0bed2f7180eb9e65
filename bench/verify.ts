import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { least, type Run, runOnce } from './command.ts';
import { writeEstate } from './estate.ts';
import { type Held, hold } from './held.ts';

const cli = new URL('../apps/cli/bin/isthmus.js', import.meta.url);
const parse = new URL('./parse.ts', import.meta.url);
const gibibyte = 1024 ** 3;
const rounds = 2;

interface Measured {
  readonly verify: Run;
  readonly parse: Run;
}

/** Parsing and verifying in turn, so that a slower moment of the machine hits both. */
function measure(input: string): Measured {
  const runs = { verify: [] as Run[], parse: [] as Run[] };
  for (let round = 0; round < rounds; round++) {
    runs.parse.push(runOnce(parse, ['all', input]));
    runs.verify.push(runOnce(cli, ['verify', input, '--complete'], [0, 1]));
  }
  return { verify: least(runs.verify), parse: least(runs.parse) };
}

/** `isthmus verify` end to end: services with their routes are read, translated, compiled for both meshes and compared. */
export function benchVerify(): boolean {
  const folder = mkdtempSync(join(tmpdir(), 'isthmus-bench-'));
  try {
    const [start, small, large] = [1, 1667, 10_000].map((services) => {
      const input = join(folder, `estate-${services}`);
      writeEstate(input, services);
      const measured = measure(input);
      console.log(
        `  ${services} services: verify ${measured.verify.seconds.toFixed(2)} s (${measured.verify.processorSeconds.toFixed(2)} s of processors), parse ${measured.parse.seconds.toFixed(2)} s, peak ${(measured.verify.peak / gibibyte).toFixed(2)} GiB`,
      );
      return measured;
    }) as [Measured, Measured, Measured];
    const each = ({ verify }: Measured, services: number): number =>
      (verify.processorSeconds - start.verify.processorSeconds) / services;
    const held: Held[] = [
      { what: '10,000 services translated and verified', measured: large.verify.seconds, limit: 60, unit: 's' },
      { what: 'peak memory', measured: large.verify.peak / gibibyte, limit: 2, unit: 'GiB' },
      {
        what: '10,000 services against merely parsing their 30,000 resources with js-yaml',
        measured: large.verify.processorSeconds / large.parse.processorSeconds,
        limit: 35,
        unit: '×',
      },
      {
        what: 'cost of a service among 10,000 against one among 1,667',
        measured: each(large, 10_000) / each(small, 1667),
        limit: 1.4,
        unit: '×',
      },
    ];
    return held.map(hold).every(Boolean);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
