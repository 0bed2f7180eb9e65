import { Worker } from 'node:worker_threads';
import { type PlannedFile, textOfFile } from '@isthmus/bundle';
import { type Json, locate, type Violation } from '@isthmus/kubernetes';
import {
  type Checker,
  type EmittedObject,
  type FoundPlace,
  objectionTo,
  type Settings,
  type WantedPlace,
} from '@isthmus/translation';
import { InputError } from './input.ts';
import { writeWhole } from './output.ts';

/** What a second core can do while the first goes on. */
export interface SideWork {
  /** Checks resources while others are made; files of them are written sooner. */
  checker(settings: Settings): Checker;
  /** Finds the places of fields. */
  locate(wanted: readonly WantedPlace[], textOf: (file: string) => string | undefined): Promise<readonly FoundPlace[]>;
  /** Writes a file piece by piece. Rejects with an InputError where the system refuses. */
  write(path: string, pieces: Iterable<string>): Promise<void>;
  /** Makes files and writes them one after the other. Rejects with an InputError where the system refuses. */
  writeAll(files: Iterable<PlannedFile>): Promise<void>;
  end(): Promise<void>;
}

/** A document on its way: the number of one that came to be checked, or its JSON, which takes less time than to copy it. */
type SentDocument = number | string;

/** A file on its way: its text or its documents. */
export type SentFile = { readonly path: string } & (
  | { readonly text: string }
  | { readonly documents: readonly SentDocument[] }
);

export type SideTask =
  | { readonly task: 'check'; readonly json: string; readonly settings: Pick<Settings, 'systemNamespace' | 'target'> }
  | { readonly task: 'files'; readonly files: readonly SentFile[] }
  | { readonly task: 'locate'; readonly wanted: readonly WantedPlace[]; readonly texts: readonly [string, string][] }
  | { readonly task: 'write'; readonly path: string; readonly piece: string }
  | { readonly task: 'end'; readonly path: string };

/** One for each task, in order. */
export type SideAnswer = {
  readonly found?: readonly FoundPlace[];
  /** Of checked resources those that must not be applied, by their numbers. */
  readonly objections?: readonly (readonly [number, Violation])[];
  readonly refused?: string;
};

/** Does the work at once, for inputs that are done before a thread would have started. */
const inline: SideWork = {
  checker(settings) {
    const found = new Map<EmittedObject, Violation>();
    return {
      take(object) {
        const objection = objectionTo(object, settings);
        if (objection !== undefined) found.set(object, objection);
      },
      objections: async () => found,
    };
  },
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
// Characters of documents or small files that travel together.
const parcel = 64 * 1024;

/** Undefined for what JSON.stringify refuses: integers beyond 2^53. */
function jsonOf(value: unknown): string | undefined {
  try {
    return JSON.stringify(value);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return undefined;
  }
}

function send(file: PlannedFile, held: ReadonlyMap<Json, number>): SentFile {
  if ('text' in file) return file;
  const documents = file.documents.map((document) => held.get(document) ?? jsonOf(document));
  return documents.includes(undefined)
    ? { path: file.path, text: textOfFile(file) }
    : { path: file.path, documents: documents as SentDocument[] };
}

const sizeOf = (file: SentFile): number =>
  'text' in file
    ? file.text.length
    : file.documents.reduce<number>((sum, one) => sum + (typeof one === 'number' ? 500 : one.length), 0);

/** Files in parcels, each made only when it is asked for. */
function* parcels(files: Iterable<PlannedFile>, held: ReadonlyMap<Json, number>): Generator<SentFile[]> {
  let together: SentFile[] = [];
  let size = 0;
  for (const file of files) {
    const sent = send(file, held);
    together.push(sent);
    size += sizeOf(sent);
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
  const held = new Map<Json, number>();
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
    checker(settings) {
      const { systemNamespace, target } = settings;
      const objects: EmittedObject[] = [];
      const answers: Promise<SideAnswer>[] = [];
      const here = new Map<EmittedObject, Violation>();
      let together: string[] = [];
      let size = 0;
      const post = (): void => {
        answers.push(ask({ task: 'check', json: `[${together.join()}]`, settings: { systemNamespace, target } }));
        together = [];
        size = 0;
      };
      return {
        take(object) {
          const json = jsonOf(object);
          if (json === undefined) {
            const objection = objectionTo(object, settings);
            if (objection !== undefined) here.set(object, objection);
            return;
          }
          held.set(object as unknown as Json, objects.push(object) - 1);
          together.push(json);
          size += json.length;
          if (size >= parcel) post();
        },
        async objections() {
          post();
          for (const { objections = [] } of await Promise.all(answers))
            for (const [number, objection] of objections) here.set(objects[number] as EmittedObject, objection);
          return here;
        },
      };
    },
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
      for (const together of parcels(files, held)) underWay.push(ask({ task: 'files', files: together }));
      await Promise.all(underWay);
    },
    end: async () => void (await worker.terminate()),
  };
}

// Below this many resources a thread costs more than it saves.
const fewResources = 2000;

/** A second thread for large inputs; `end` it. */
export const createSideWork = (resources: number): SideWork => (resources < fewResources ? inline : inThread());
