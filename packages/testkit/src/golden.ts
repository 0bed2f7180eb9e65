import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** A folder with an input and what must come out of it. */
export interface GoldenCase {
  /** The folder's name. */
  readonly name: string;
  /** Path of `input.yaml`. */
  readonly input: string;
  /** Path of `expected.yaml` or `expected.json`; the first where none is there yet. */
  readonly expected: string;
}

/** The cases in the folders of a folder, by name. A folder without `input.yaml` is a mistake and throws. */
export function goldenCases(folder: string | URL): GoldenCase[] {
  const root = folder instanceof URL ? fileURLToPath(folder) : folder;
  const names = readdirSync(root, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? [entry.name] : [],
  );
  return names.sort().map((name) => {
    const input = join(root, name, 'input.yaml');
    if (!existsSync(input)) throw new Error(`${join(root, name)} has no input.yaml`);
    const json = join(root, name, 'expected.json');
    return { name, input, expected: existsSync(json) ? json : join(root, name, 'expected.yaml') };
  });
}

const updating = (): boolean => process.env.ISTHMUS_UPDATE_GOLDEN === '1';

function firstDifference(expected: string, actual: string): number {
  const [left, right] = [expected.split('\n'), actual.split('\n')];
  const index = left.findIndex((line, at) => line !== right[at]);
  return (index === -1 ? left.length : index) + 1;
}

/**
 * Compares a text with the golden file that holds what is expected, and throws an error with both (test runners show
 * the difference) where they are not equal byte for byte. With `ISTHMUS_UPDATE_GOLDEN=1` the file is written instead.
 */
export function checkGolden(path: string, actual: string): void {
  const expected = existsSync(path) ? readFileSync(path, 'utf8') : undefined;
  if (actual === expected) return;
  if (updating()) {
    writeFileSync(path, actual);
    return;
  }
  const found = expected === undefined ? 'is missing' : `differs from line ${firstDifference(expected, actual)} on`;
  const error = new Error(`${path} ${found}; if the new output is right, run the tests with ISTHMUS_UPDATE_GOLDEN=1`);
  throw Object.assign(error, { expected: expected ?? '', actual });
}
