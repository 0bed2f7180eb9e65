// The thread behind `side-work.ts`.
import { parentPort } from 'node:worker_threads';
import { type Json, locate, readManifest, type Violation, writeYaml } from '@isthmus/kubernetes';
import type { EmittedObject } from '@isthmus/translation';
import { InputError } from './input.ts';
import { writeWhole } from './output.ts';
import { jsonOf, type SentFile, type SideAnswer, type SideTask } from './side-task.ts';

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

async function check({ json, settings }: Extract<SideTask, { task: 'check' }>): Promise<SideAnswer> {
  // Takes longer to load than all that reading needs, which comes first.
  const { objectionTo } = await import('@isthmus/translation/objection');
  const objections: [number, Violation][] = [];
  for (const object of JSON.parse(json) as Json[]) {
    const objection = objectionTo(object as unknown as EmittedObject, settings);
    const number = held.push(Buffer.from(writeYaml(object))) - 1;
    if (objection !== undefined) objections.push([number, objection]);
  }
  return { objections };
}

async function perform(task: SideTask): Promise<SideAnswer> {
  switch (task.task) {
    case 'check':
      return check(task);
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
    case 'read': {
      const { file, bytes } = task.manifest;
      const reading = readManifest(file, bytes, task.limits);
      return { reading: jsonOf(reading) ?? reading };
    }
  }
}

async function answer(task: SideTask): Promise<void> {
  try {
    parentPort?.postMessage(await perform(task));
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    parentPort?.postMessage({ refused: error.message } satisfies SideAnswer);
  }
}

// One after the other, as they come: answers are told apart by their order.
let last = Promise.resolve();
parentPort?.on('message', (task: SideTask) => {
  last = last.then(() => answer(task));
});
