import { Worker } from 'node:worker_threads';
import { type PlannedFile, textOfFile } from '@isthmus/bundle';
import { locate } from '@isthmus/kubernetes';
import type { FoundPlace, WantedPlace } from '@isthmus/translation';
import { InputError } from './input.ts';
import { writeWhole } from './output.ts';

/** What a second core can do while the first goes on. */
export interface SideWork {
  /** Finds the places of fields. */
  locate(wanted: readonly WantedPlace[], textOf: (file: string) => string | undefined): Promise<readonly FoundPlace[]>;
  /** Writes a file piece by piece. Rejects with an InputError where the system refuses. */
  write(path: string, pieces: Iterable<string>): Promise<void>;
  /** Makes files and writes them one after the other. Rejects with an InputError where the system refuses. */
  writeAll(files: Iterable<PlannedFile>): Promise<void>;
  end(): Promise<void>;
}

/** A file on its way: its text, or the JSON of its documents, which takes less time to write and read than to copy these. */
export type SentFile = { readonly path: string } & ({ readonly text: string } | { readonly json: string });

export type SideTask =
  | { readonly task: 'files'; readonly files: readonly SentFile[] }
  | { readonly task: 'locate'; readonly wanted: readonly WantedPlace[]; readonly texts: readonly [string, string][] }
  | { readonly task: 'write'; readonly path: string; readonly piece: string }
  | { readonly task: 'end'; readonly path: string };

/** One for each task, in order. */
export type SideAnswer = { readonly found?: readonly FoundPlace[]; readonly refused?: string };

/** Does the work at once, for inputs that are done before a thread would have started. */
const inline: SideWork = {
  locate: async (wanted, textOf) =>
    wanted.map(({ source, path }) => {
      const text = textOf(source.file);
      return text === undefined ? undefined : locate(text, source, path);
    }),
  write: async (path, pieces) => writeWhole(path, pieces),
  writeAll: async (files) => {
    for (const file of files) writeWhole(file.path, textOfFile(file));
  },
  end: async () => {},
};

// Pieces under way; more would only fill the memory.
const mostUnderWay = 16;
// Characters of small files that travel together.
const parcel = 256 * 1024;

function send(file: PlannedFile): SentFile {
  if ('text' in file) return file;
  try {
    return { path: file.path, json: JSON.stringify(file.documents) };
  } catch (error) {
    // JSON.stringify refuses integers beyond 2^53.
    if (!(error instanceof TypeError)) throw error;
    return { path: file.path, text: textOfFile(file) };
  }
}

/** Files in parcels, each made only when it is asked for. */
function* parcels(files: Iterable<PlannedFile>): Generator<SentFile[]> {
  let together: SentFile[] = [];
  let size = 0;
  for (const file of files) {
    const sent = send(file);
    together.push(sent);
    size += 'text' in sent ? sent.text.length : sent.json.length;
    if (size < parcel) continue;
    yield together;
    together = [];
    size = 0;
  }
  yield together;
}

function inThread(): SideWork {
  const worker = new Worker(new URL('./side-worker.ts', import.meta.url));
  const waiting: { resolve: (answer: SideAnswer) => void; reject: (error: Error) => void }[] = [];
  worker.on('message', (answer: SideAnswer) => {
    const next = waiting.shift();
    if (answer.refused === undefined) next?.resolve(answer);
    else next?.reject(new InputError(answer.refused));
  });
  worker.on('error', (error) => {
    for (const { reject } of waiting.splice(0)) reject(error as Error);
  });
  const ask = (task: SideTask): Promise<SideAnswer> => {
    const answer = new Promise<SideAnswer>((resolve, reject) => {
      waiting.push({ resolve, reject });
      worker.postMessage(task);
    });
    // Of several that fail for one reason only the first is waited for.
    answer.catch(() => {});
    return answer;
  };
  return {
    async locate(wanted, textOf) {
      const files = new Set(wanted.map(({ source }) => source.file));
      const texts = [...files].flatMap((file): [string, string][] => {
        const text = textOf(file);
        return text === undefined ? [] : [[file, text]];
      });
      return (await ask({ task: 'locate', wanted, texts })).found ?? [];
    },
    async write(path, pieces) {
      const underWay: Promise<unknown>[] = [];
      for (const piece of pieces) {
        underWay.push(ask({ task: 'write', path, piece }));
        if (underWay.length >= mostUnderWay) await underWay.shift();
      }
      await Promise.all([...underWay, ask({ task: 'end', path })]);
    },
    async writeAll(files) {
      const underWay: Promise<unknown>[] = [];
      for (const together of parcels(files)) underWay.push(ask({ task: 'files', files: together }));
      await Promise.all(underWay);
    },
    end: async () => void (await worker.terminate()),
  };
}

// Below this many resources a thread costs more than it saves.
const fewResources = 2000;

/** A second thread for large inputs; `end` it. */
export const createSideWork = (resources: number): SideWork => (resources < fewResources ? inline : inThread());
