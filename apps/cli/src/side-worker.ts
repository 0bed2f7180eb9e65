// The thread behind `side-work.ts`.
import { closeSync, openSync } from 'node:fs';
import { parentPort } from 'node:worker_threads';
import { type Json, locate, type Violation, writeYaml } from '@isthmus/kubernetes';
import { type EmittedObject, objectionTo } from '@isthmus/translation';
import { InputError } from './input.ts';
import { writePiece, writeWhole, writing } from './output.ts';
import type { SentFile, SideAnswer, SideTask } from './side-work.ts';

const files = new Map<string, number>();

/**
 * The YAML of what came to be checked, in order, for the files that it stands in: as bytes, since the collector of garbage
 * would copy objects and texts again and again.
 */
const held: Buffer[] = [];

const separator = Buffer.from('---\n');

const documentOf = (sent: number | string): Buffer =>
  typeof sent === 'number' ? (held[sent] as Buffer) : Buffer.from(writeYaml(JSON.parse(sent) as Json));

function contentOf(file: SentFile): string | Buffer {
  if ('text' in file) return file.text;
  return Buffer.concat(
    file.documents.flatMap((sent, index) => (index === 0 ? [documentOf(sent)] : [separator, documentOf(sent)])),
  );
}

function check(json: string, settings: Parameters<typeof objectionTo>[1]): SideAnswer {
  const objections: [number, Violation][] = [];
  for (const object of JSON.parse(json) as Json[]) {
    const objection = objectionTo(object as unknown as EmittedObject, settings);
    const number = held.push(Buffer.from(writeYaml(object))) - 1;
    if (objection !== undefined) objections.push([number, objection]);
  }
  return { objections };
}

function perform(task: SideTask): SideAnswer {
  switch (task.task) {
    case 'check':
      return check(task.json, task.settings);
    case 'locate': {
      const texts = new Map(task.texts);
      return {
        found: task.wanted.map(({ source, path }) => {
          const text = texts.get(source.file);
          return text === undefined ? undefined : locate(text, source, path);
        }),
      };
    }
    case 'files':
      for (const file of task.files) writeWhole(file.path, contentOf(file));
      return {};
    case 'write':
      return writing(task.path, () => {
        const descriptor = files.get(task.path) ?? openSync(task.path, 'w');
        files.set(task.path, descriptor);
        writePiece(descriptor, task.piece);
        return {};
      });
    case 'end':
      return writing(task.path, () => {
        closeSync(files.get(task.path) ?? openSync(task.path, 'w'));
        files.delete(task.path);
        return {};
      });
  }
}

parentPort?.on('message', (task: SideTask) => {
  try {
    parentPort?.postMessage(perform(task));
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    parentPort?.postMessage({ refused: error.message } satisfies SideAnswer);
  }
});
