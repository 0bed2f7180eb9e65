import { createHash } from 'node:crypto';
import type { MessagePort } from 'node:worker_threads';
import { deflateRawSync } from 'node:zlib';
import { codes, type Diagnostic, diagnose } from '@isthmus/diagnostics';
import { takeIn } from '@isthmus/istio';
import {
  checkOtherFile,
  type FileReading,
  formatBytes,
  isArchive,
  isManifestPath,
  type Limits,
  readManifest,
  redact,
  unpack,
} from '@isthmus/kubernetes';
import type { FileRecord, NewSnapshot } from '@isthmus/store';

export interface ImportTask {
  readonly uploads: readonly { readonly path: string; readonly bytes: Uint8Array }[];
  readonly limits: Limits;
  readonly progress: MessagePort;
}

export interface ImportProgress {
  readonly current: string;
  readonly files: number;
  readonly documents: number;
  readonly resources: number;
}

export interface ImportResult {
  readonly snapshot: NewSnapshot;
  readonly files: FileRecord[];
}

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

/** Reads what was uploaded into what is stored: redacted texts and what was said about the originals. */
export default async function readUploads({ uploads, limits, progress }: ImportTask): Promise<ImportResult> {
  const readings = new Map<string, FileReading>();
  const files = new Map<string, FileRecord>();
  const counts = { files: 0, documents: 0, resources: 0 };
  let total = 0;
  const nothing = new Uint8Array();
  const remark = (path: string, diagnostic: Diagnostic): void => {
    const before = readings.get(path);
    const reading =
      before === undefined
        ? asRemark(path, [diagnostic])
        : { ...before, diagnostics: [...before.diagnostics, diagnostic] };
    readings.set(path, reading);
    const stored = files.get(path);
    files.set(
      path,
      stored === undefined
        ? asRecord(reading, nothing)
        : { ...stored, diagnostics: JSON.stringify(reading.diagnostics) },
    );
  };
  const read = (path: string, bytes: Uint8Array, isAlone: boolean): void => {
    if (!isManifestPath(path) && !isAlone) {
      const diagnostic = checkOtherFile(path, bytes);
      if (diagnostic !== undefined) remark(path, diagnostic);
      return;
    }
    const reading = readManifest(path, bytes, limits);
    readings.set(path, reading);
    files.set(path, asRecord(reading, bytes));
    counts.files++;
    counts.documents += reading.documents;
    counts.resources += reading.resources.length;
    progress.postMessage({ current: path, ...counts } satisfies ImportProgress);
  };
  const sorted = [...uploads].sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
  upload: for (const { path, bytes } of sorted) {
    if (!isArchive(path, bytes)) {
      total += bytes.length;
      if (files.has(path)) remark(path, diagnose(codes.reading.entryTwice, { path }, { file: path }));
      else read(path, bytes, uploads.length === 1);
      continue;
    }
    for await (const entry of unpack(path, bytes, limits)) {
      if ('diagnostic' in entry) {
        remark(entry.diagnostic.file ?? path, entry.diagnostic);
        continue;
      }
      total += entry.bytes.length;
      if (total > limits.totalBytes) {
        const parameters = { limit: formatBytes(limits.totalBytes), path: entry.path };
        remark(path, diagnose(codes.reading.archiveTooLarge, parameters, { file: path }));
        break upload;
      }
      // Two archives of one upload may hold the same path: the archive's name keeps them apart.
      const name = uploads.length > 1 ? `${path}/${entry.path}` : entry.path;
      read(name, entry.bytes, false);
    }
  }
  progress.close();
  const estate = takeIn([...readings.values()]);
  const hash = createHash('sha256');
  const ordered = [...files.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
  for (const file of ordered) {
    for (const part of [file.path, file.content, file.diagnostics]) {
      hash.update(`${part.length}\n`);
      hash.update(part);
    }
  }
  return {
    snapshot: {
      id: hash.digest('hex'),
      files: counts.files,
      documents: counts.documents,
      resources: estate.istio.length + estate.context.length,
      istio: estate.istio.length,
      skipped: estate.skipped.length,
    },
    files: ordered,
  };
}
