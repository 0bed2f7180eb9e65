import { availableMemory } from 'node:process';
import { setFlagsFromString } from 'node:v8';

// V8 looks through all of the heap whenever it has grown to twice or so of what was in use the time before, beginning with some
// 15 MB. While a large input is translated nearly all of it stays in use: looking through it at 17, 40 and 200 MB is 7 %
// of all processor time (bench/translate.ts). The first time, which comes while the input is read, sets the next:
// at some 900 MB.
const percent = 6000;
const enough = 4 * 1024 ** 3;

const setGrowth = (value: number): void => {
  // A V8 that does not know the flag would say so on the terminal.
  if (process.versions.node.startsWith('24.')) setFlagsFromString(`--heap-growing-percent=${value}`);
};

/** Lets the heap grow far before it is collected as a whole, where the machine has memory enough; for what is read now. */
export function expectMuch(): void {
  if (availableMemory() >= enough) setGrowth(percent);
}

/** Lets the heap grow as V8 does by itself, from what was set for it meanwhile. */
export function expectAsUsual(): void {
  setGrowth(0);
}
