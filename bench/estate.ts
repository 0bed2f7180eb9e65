import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { generateEstate } from '@isthmus/testkit';

/** Writes an estate of so many services, each with its VirtualService and DestinationRule; returns its bytes. */
export function writeEstate(folder: string, services: number): number {
  let bytes = 0;
  for (const { file, text } of generateEstate({ services, seed: 1 })) {
    const path = join(folder, file);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
    bytes += Buffer.byteLength(text);
  }
  return bytes;
}
