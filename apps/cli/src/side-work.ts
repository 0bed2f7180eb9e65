import { setImmediate } from 'node:timers/promises';
import type { Worker } from 'node:worker_threads';
import { type PlannedFile, textOfFile } from '@isthmus/bundle';
import { type FileReading, type Json, type Limits, locate, readManifest, type Violation } from '@isthmus/kubernetes';
import type { Checker, EmittedObject, FoundPlace, Settings } from '@isthmus/translation';
import { objectionTo } from '@isthmus/translation/objection';
import { InputError, type Manifest, type ReadManifests, readHere } from './input.ts';
import { writeWhole } from './output.ts';
import {
  jsonOf,
  type SentDocument,
  type SentFile,
  type SideAnswer,
  type SideTask,
  type SoughtPlace,
} from './side-task.ts';
import { fewBytes, startThread } from './side-thread.ts';

/** What a second core can do while the first goes on. */
export interface SideWork {
  /** Reads manifests from their end while they are read from their beginning here. */
  readonly read: ReadManifests;
  /** Checks resources while others are made; files of them are written sooner. */
  checker(settings: Settings): Omit<Checker, 'foresee'>;
  /** Finds the places of fields. */
  locate(wanted: readonly SoughtPlace[], textOf: (file: string) => string | undefined): Promise<readonly FoundPlace[]>;
  /** Makes files and writes them one after the other. Rejects with an InputError where the system refuses. */
  writeAll(files: Iterable<PlannedFile>): Promise<void>;
  end(): Promise<void>;
}

/** Does the work at once, for inputs that are done before a thread would have started. */
const inline: SideWork = {
  read: readHere,
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
  writeAll: async (files) => {
    for (const file of files) writeWhole(file.path, textOfFile(file));
  },
  end: async () => {},
};

// Characters of small files that travel together.
const parcel = 64 * 1024;
// Documents that travel together, of some hundred characters each.
const parcelOfDocuments = 128;

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

/**
 * For answers of which, where several fail for one reason, only the first is waited for. Made here: a function that is made
 * beside a task keeps the task, tens of megabytes of them, until the answer comes.
 */
const unseen = (): void => {};

function inThread(worker: Worker): SideWork {
  worker.ref();
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
    answer.catch(unseen);
    return answer;
  };
  const readThere = async (manifest: Manifest, limits: Limits): Promise<FileReading> => {
    // A copy of its own: what these bytes are a part of may be an archive.
    const task: SideTask = { task: 'read', manifest: { ...manifest, bytes: new Uint8Array(manifest.bytes) }, limits };
    const { reading } = await ask(task);
    return typeof reading === 'string' ? JSON.parse(reading) : (reading as FileReading);
  };
  return {
    async read(manifests, limits, done) {
      const readings: FileReading[] = [];
      let first = 0;
      let end = manifests.length;
      let known = 0;
      const keep = (index: number, reading: FileReading): void => {
        readings[index] = reading;
        done(++known);
      };
      const fromTheEnd = async (): Promise<void> => {
        while (first < end) {
          const index = --end;
          keep(index, await readThere(manifests[index] as Manifest, limits));
        }
      };
      // One is on its way while another is read.
      const beside = Promise.all([fromTheEnd(), fromTheEnd()]);
      // Waited for below; until then it may fail without anybody looking.
      beside.catch(() => {});
      while (first < end) {
        const index = first++;
        const { file, bytes } = manifests[index] as Manifest;
        keep(index, readManifest(file, bytes, limits));
        // Lets answers come in.
        await setImmediate();
      }
      await beside;
      return readings;
    },
    checker(settings) {
      const { systemNamespace, target } = settings;
      const objects: EmittedObject[] = [];
      const answers: Promise<SideAnswer>[] = [];
      const here = new Map<EmittedObject, Violation>();
      let together: EmittedObject[] = [];
      const sendable = (object: EmittedObject): boolean => {
        if (jsonOf(object) !== undefined) return true;
        const objection = objectionTo(object, settings);
        if (objection !== undefined) here.set(object, objection);
        return false;
      };
      const post = (): void => {
        const whole = jsonOf(together);
        const sent = whole === undefined ? together.filter(sendable) : together;
        for (const object of sent) held.set(object as unknown as Json, objects.push(object) - 1);
        answers.push(
          ask({ task: 'check', json: whole ?? JSON.stringify(sent), settings: { systemNamespace, target } }),
        );
        together = [];
      };
      return {
        take(object) {
          if (together.push(object) === parcelOfDocuments) post();
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
      const sought = wanted.map(({ source, path }) => ({ source, path }));
      return (await ask({ task: 'locate', wanted: sought, texts })).found ?? [];
    },
    async writeAll(files) {
      const underWay: Promise<unknown>[] = [];
      for (const together of parcels(files, held)) underWay.push(ask({ task: 'files', files: together }));
      await Promise.all(underWay);
    },
    end: async () => void (await worker.terminate()),
  };
}

/**
 * A second thread for large inputs; `end` it.
 * @param thread one that was started for them already
 */
export function createSideWork(manifests: readonly Pick<Manifest, 'bytes'>[], thread?: Worker): SideWork {
  const bytes = manifests.reduce((sum, manifest) => sum + manifest.bytes.length, 0);
  if (bytes >= fewBytes) return inThread(thread ?? startThread());
  void thread?.terminate();
  return inline;
}
