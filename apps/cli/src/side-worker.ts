// The thread behind `side-work.ts`.
import { closeSync, openSync } from 'node:fs';
import { parentPort } from 'node:worker_threads';
import { type Json, locate, writeYamlDocuments } from '@isthmus/kubernetes';
import { InputError } from './input.ts';
import { writePiece, writeWhole, writing } from './output.ts';
import type { SentFile, SideAnswer, SideTask } from './side-work.ts';

const files = new Map<string, number>();

const textOfSent = (file: SentFile): string =>
  'text' in file ? file.text : writeYamlDocuments(JSON.parse(file.json) as Json[]);

function perform(task: SideTask): SideAnswer {
  switch (task.task) {
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
      for (const file of task.files) writeWhole(file.path, textOfSent(file));
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
