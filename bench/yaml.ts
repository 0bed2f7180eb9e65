import { readManifest, writeYaml } from '@isthmus/kubernetes';
import { generateEstate } from '@isthmus/testkit';
import { dump, loadAll } from 'js-yaml';
import { type Held, hold } from './held.ts';

const rounds = 5;

/** The least time of several rounds, in seconds; both are measured in turn. */
function race(ours: () => void, theirs: () => void): [ours: number, theirs: number] {
  const time = (act: () => void): number => {
    const begin = performance.now();
    act();
    return (performance.now() - begin) / 1000;
  };
  const times = Array.from({ length: rounds }, () => [time(ours), time(theirs)] as const);
  return [Math.min(...times.map(([one]) => one)), Math.min(...times.map(([, other]) => other))];
}

/** Reading and writing manifests within one process. */
export function benchYaml(): boolean {
  const files = generateEstate({ services: 1000, seed: 1 });
  const encoder = new TextEncoder();
  const inputs = files.map(({ file, text }) => ({ file, text, bytes: encoder.encode(text) }));
  const objects = inputs.flatMap(({ file, bytes }) => readManifest(file, bytes).resources.map(({ object }) => object));
  const read = race(
    () => inputs.forEach(({ file, bytes }) => void readManifest(file, bytes)),
    () => inputs.forEach(({ text }) => void loadAll(text)),
  );
  const write = race(
    () => objects.forEach((object) => void writeYaml(object)),
    () => objects.forEach((object) => void dump(object)),
  );
  const held: Held[] = [
    { what: 'reading manifests against js-yaml', measured: read[0] / read[1], limit: 1.5, unit: '×' },
    { what: 'writing manifests against js-yaml', measured: write[0] / write[1], limit: 0.5, unit: '×' },
  ];
  return held.map(hold).every(Boolean);
}
