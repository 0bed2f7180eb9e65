// The thread behind `side-work.ts`.
import { closeSync, openSync } from 'node:fs';
import { parentPort } from 'node:worker_threads';
import { locate } from '@isthmus/kubernetes';
import { InputError } from './input.ts';
import { writePiece, writeWhole, writing } from './output.ts';
import type { SideAnswer, SideTask } from './side-work.ts';

const files = new Map<string, number>();

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
      for (const { path, text } of task.files) writeWhole(path, text);
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
