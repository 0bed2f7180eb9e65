import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { expectMuch } from './heap.ts';
import { type Argument, bytesIn } from './input.ts';

// Below this many bytes of manifests, some 2,000 resources, a thread costs more than it saves.
export const fewBytes = 1024 * 1024;

// Above this many bytes what is read alone may fill the heap that is expected.
const veryManyBytes = 64 * fewBytes;

/** The thread behind `side-work.ts`. It keeps no process alive until it is given work. */
export function startThread(): Worker {
  // Beside this file as it runs: a source, or a part of the bundle.
  const worker = new Worker(new URL(`./side-worker${extname(import.meta.url)}`, import.meta.url), {
    // What it makes is sent away or written at once: by itself V8 would take 120 MB more for it.
    resourceLimits: { maxYoungGenerationSizeMb: 24 },
  });
  worker.unref();
  return worker;
}

/**
 * Starts the thread for large arguments of a command, which takes as long to be ready as the command to be loaded, and
 * expects a large heap for them; undefined where they seem small.
 */
export function threadFor(args: readonly Argument[]): Worker | undefined {
  const bytes = bytesIn(args, veryManyBytes);
  if (bytes < fewBytes) return undefined;
  if (bytes < veryManyBytes) expectMuch();
  return startThread();
}
