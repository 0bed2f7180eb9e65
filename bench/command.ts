import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** What one command took as a whole process, start and end included. */
export interface Run {
  readonly seconds: number;
  /** Of all processors together: others on the machine disturb it less. */
  readonly processorSeconds: number;
  /** The largest resident set, in bytes. */
  readonly peak: number;
}

const hook = new URL('./peak.ts', import.meta.url).href;

/** Runs a script of Node to its end. Throws where it fails with another code than those accepted. */
export function runOnce(script: URL, args: readonly string[], accepted: readonly number[] = [0]): Run {
  const note = join(tmpdir(), `isthmus-bench-peak-${process.pid}`);
  const begin = process.hrtime.bigint();
  const { status, stderr } = spawnSync(process.execPath, ['--import', hook, fileURLToPath(script), ...args], {
    encoding: 'utf8',
    stdio: ['ignore', 'ignore', 'pipe'],
    maxBuffer: 1 << 28,
    env: { ...process.env, ISTHMUS_BENCH_PEAK: note },
  });
  const seconds = Number(process.hrtime.bigint() - begin) / 1e9;
  if (status === null || !accepted.includes(status))
    throw new Error(`${fileURLToPath(script)} ${args.join(' ')} ended with ${status}: ${stderr.slice(-500)}`);
  const [peak, microseconds] = readFileSync(note, 'utf8').split(' ').map(Number) as [number, number];
  rmSync(note);
  return { seconds, processorSeconds: microseconds / 1e6, peak };
}

/** The least of several runs: what disturbs a run only ever makes it longer. */
export function least(runs: readonly Run[]): Run {
  return {
    seconds: Math.min(...runs.map((run) => run.seconds)),
    processorSeconds: Math.min(...runs.map((run) => run.processorSeconds)),
    peak: Math.max(...runs.map((run) => run.peak)),
  };
}
