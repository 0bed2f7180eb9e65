import { createHash } from 'node:crypto';
import { on } from 'node:events';
import type { MessagePort } from 'node:worker_threads';
import { deflateRawSync } from 'node:zlib';
import { codes, type Diagnostic, diagnose } from '@isthmus/diagnostics';
import { takeIn } from '@isthmus/istio';
import {
  checkOtherFile,
  clusterOfPath,
  type FileReading,
  isArchive,
  isManifestPath,
  type Limits,
  nothingSpent,
  readManifest,
  redact,
  spend,
  unpack,
} from '@isthmus/kubernetes';
import { type FileRecord, type NewSnapshot, stageFiles } from '@isthmus/store';

/** What arrives on the port, in this order for each file: its path, its bytes in pieces, its end. At last `finish`. */
export type ImportMessage =
  | { readonly path: string }
  | { readonly bytes: Uint8Array }
  | { readonly end: true }
  | { readonly finish: true };

export interface ImportTask {
  readonly directory: string;
  readonly limits: Limits;
  /** Gives `ImportMessage`s, takes `ImportReply`s. */
  readonly port: MessagePort;
}

export interface ImportProgress {
  readonly current: string;
  readonly files: number;
  readonly documents: number;
  readonly resources: number;
}

/** `taken` bytes have left the port, so that more may be sent. */
export type ImportReply =
  | { readonly taken: number }
  | { readonly progress: ImportProgress }
  /** Everything is read and is being written: it cannot be cancelled any more. */
  | { readonly staging: true };

export interface ImportResult {
  readonly snapshot: NewSnapshot;
  /** Files that were staged; 0 where nothing that was sent is a manifest. */
  readonly records: number;
}

/** A whole file that cannot be read before everything has arrived. */
interface Held {
  readonly path: string;
  readonly bytes: Uint8Array;
}

const progressEvery = 100;

function asRecord(reading: FileReading, bytes: Uint8Array): FileRecord {
  const text = Buffer.from(redact(bytes, reading));
  return {
    path: reading.file,
    content: deflateRawSync(text, { level: 1 }),
    size: text.length,
    documents: reading.documents,
    diagnostics: JSON.stringify(reading.diagnostics),
  };
}

/** What is said of a file of which nothing is read. */
const asRemark = (path: string, diagnostics: readonly Diagnostic[]): FileReading => ({
  file: path,
  documents: 0,
  resources: [],
  unidentified: [],
  diagnostics,
  hidden: [],
});

/** Reads files one after the other and keeps what is to be stored: redacted texts and what was said of the originals. */
function createReader(limits: Limits, tell: (progress: ImportProgress) => void) {
  const readings = new Map<string, FileReading>();
  const records = new Map<string, FileRecord>();
  const counts = { files: 0, documents: 0, resources: 0 };
  let told = 0;
  const remark = (path: string, diagnostic: Diagnostic): void => {
    const before = readings.get(path) ?? asRemark(path, []);
    const reading = { ...before, diagnostics: [...before.diagnostics, diagnostic] };
    const stored = records.get(path) ?? asRecord(asRemark(path, []), new Uint8Array());
    readings.set(path, reading);
    records.set(path, { ...stored, diagnostics: JSON.stringify(reading.diagnostics) });
  };
  return {
    remark,
    readManifest(path: string, bytes: Uint8Array): void {
      if (readings.has(path)) {
        remark(path, diagnose(codes.reading.entryTwice, { path }, { file: path }));
        return;
      }
      const reading = readManifest(path, bytes, limits);
      readings.set(path, reading);
      records.set(path, asRecord(reading, bytes));
      counts.files++;
      counts.documents += reading.documents;
      counts.resources += reading.resources.length;
      const now = Date.now();
      if (now - told < progressEvery) return;
      told = now;
      tell({ current: path, ...counts });
    },
    lookAt(path: string, bytes: Uint8Array): void {
      const diagnostic = checkOtherFile(path, bytes);
      if (diagnostic !== undefined) remark(path, diagnostic);
    },
    /** Counts what was read; the snapshot's identity is the hash of its content. */
    finish(): { snapshot: NewSnapshot; records: FileRecord[] } {
      const estate = takeIn([...readings.values()]);
      const ordered = [...records.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
      const hash = createHash('sha256');
      for (const file of ordered) {
        for (const part of [file.path, file.content, file.diagnostics]) {
          hash.update(`${part.length}\n`);
          hash.update(part);
        }
      }
      const snapshot = {
        id: hash.digest('hex'),
        files: counts.files,
        documents: counts.documents,
        resources: estate.istio.length + estate.context.length,
        istio: estate.istio.length,
        skipped: estate.skipped.length,
      };
      return { snapshot, records: ordered };
    },
  };
}

/** The files as they arrive, each whole. */
async function* arrivals(port: MessagePort): AsyncGenerator<Held> {
  let path = '';
  let parts: Uint8Array[] = [];
  for await (const [message] of on(port, 'message') as AsyncIterable<[ImportMessage]>) {
    if ('path' in message) path = message.path;
    else if ('bytes' in message) {
      parts.push(message.bytes);
      port.postMessage({ taken: message.bytes.length } satisfies ImportReply);
    } else if ('end' in message) {
      const bytes = new Uint8Array(Buffer.concat(parts));
      parts = [];
      yield { path, bytes };
    } else return;
  }
}

/**
 * Reads an upload while it arrives and stages it in the store. Manifests are read at once, so that memory holds one of
 * them; archives when all have arrived, because their directory stands at the end and their order must not matter.
 */
export default async function readUploads({ directory, limits, port }: ImportTask): Promise<ImportResult> {
  const reader = createReader(limits, (progress) => port.postMessage({ progress } satisfies ImportReply));
  const spent = nothingSpent();
  const archives: Held[] = [];
  // A single file is read whatever its name.
  let unnamed: Held | undefined;
  let count = 0;
  let isFull = false;
  for await (const held of arrivals(port)) {
    const { path, bytes } = held;
    count++;
    if (isFull) continue;
    if (isArchive(path, bytes)) archives.push(held);
    else if (!isManifestPath(path)) {
      if (count === 1) unnamed = held;
      reader.lookAt(path, bytes);
    } else {
      const excess = spend(spent, path, bytes.length, limits);
      isFull = excess !== undefined;
      if (excess === undefined) reader.readManifest(path, bytes);
      else reader.remark(path, excess);
    }
  }
  if (count === 1 && unnamed !== undefined) reader.readManifest(unnamed.path, unnamed.bytes);
  archives.sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
  for (const { path, bytes } of archives) {
    if (spent.bytes > limits.totalBytes || spent.entries > limits.entries) break;
    for await (const entry of unpack(path, bytes, limits, spent)) {
      if ('diagnostic' in entry) {
        reader.remark(entry.diagnostic.file ?? path, entry.diagnostic);
        continue;
      }
      // Two archives of one upload may hold the same path: the archive's name keeps them apart.
      const name = count > 1 || clusterOfPath(path) !== undefined ? `${path}/${entry.path}` : entry.path;
      if (isManifestPath(entry.path)) reader.readManifest(name, entry.bytes);
      else reader.lookAt(name, entry.bytes);
    }
  }
  const { snapshot, records } = reader.finish();
  port.postMessage({ staging: true } satisfies ImportReply);
  stageFiles(directory, snapshot.id, records);
  port.close();
  return { snapshot, records: records.length };
}
