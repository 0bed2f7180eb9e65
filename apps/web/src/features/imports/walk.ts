/** A file to send, with its path below what was dropped or chosen. */
export interface Upload {
  readonly path: string;
  readonly file: File;
}

/** What was found in what was dropped or chosen. */
export interface Found {
  readonly uploads: readonly Upload[];
  /** Files of folders that are neither manifests nor archives. They are not sent. */
  readonly leftOut: number;
  /** The cluster that all of it is of; none or empty where there is one cluster, or folders say. */
  readonly cluster?: string;
}

const wanted = /\.(?:ya?ml|json|zip|tar|tgz|tar\.gz)$/i;
const skippedFolders = new Set(['.git', 'node_modules']);

/** Whether a file of a folder is worth sending. What is dropped by itself is always sent: the server says what it thinks. */
export const isWanted = (path: string): boolean =>
  wanted.test(path) &&
  !path
    .split('/')
    .slice(0, -1)
    .some((folder) => skippedFolders.has(folder));

const fileOf = (entry: FileSystemFileEntry): Promise<File> =>
  new Promise((resolve, reject) => entry.file(resolve, reject));

/** A reader gives its entries in portions of a hundred or so, and none once all were given. */
async function entriesOf(folder: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> {
  const reader = folder.createReader();
  const all: FileSystemEntry[] = [];
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (some.length === 0) return all;
    all.push(...some);
  }
}

/**
 * Reads dropped files and folders. Call it within the event: later its items are gone.
 * @param onFound called with the number of files found so far
 */
export async function walkDropped(data: DataTransfer, onFound: (files: number) => void = () => {}): Promise<Found> {
  const uploads: Upload[] = [];
  let leftOut = 0;
  const roots: FileSystemEntry[] = [];
  for (const item of data.items) {
    if (item.kind !== 'file') continue;
    const entry = item.webkitGetAsEntry();
    if (entry !== null) roots.push(entry);
    else {
      const file = item.getAsFile();
      if (file !== null) uploads.push({ path: file.name, file });
    }
  }
  const walk = async (entry: FileSystemEntry, folder: string): Promise<void> => {
    const path = `${folder}${entry.name}`;
    if (entry.isDirectory) {
      if (skippedFolders.has(entry.name)) return;
      for (const child of await entriesOf(entry as FileSystemDirectoryEntry)) await walk(child, `${path}/`);
    } else if (folder !== '' && !isWanted(path)) leftOut++;
    else {
      uploads.push({ path, file: await fileOf(entry as FileSystemFileEntry) });
      if (uploads.length % 50 === 0) onFound(uploads.length);
    }
  };
  for (const root of roots) await walk(root, '');
  return { uploads, leftOut };
}

/** Reads what was chosen in the browser's dialog, of files or of a folder. */
export function fromInput(files: Iterable<File>): Found {
  const all = [...files].map((file) => ({ path: file.webkitRelativePath || file.name, file }));
  const uploads = all.filter(({ path }) => !path.includes('/') || isWanted(path));
  return { uploads, leftOut: all.length - uploads.length };
}

const pasted = 'pasted.yaml';

/** A pasted text as a file. */
export const fromText = (text: string): Found => ({
  uploads: [{ path: pasted, file: new File([text], pasted, { type: 'application/yaml' }) }],
  leftOut: 0,
});

/** A name for the migration of an upload: the folder that all share, or the file without its ending. */
export function nameFor(paths: readonly string[]): string {
  const tops = new Set(paths.map((path) => (path.includes('/') ? path.slice(0, path.indexOf('/')) : path)));
  const [only] = tops;
  if (only === pasted) return 'Pasted manifests';
  if (tops.size !== 1 || only === undefined) return `${paths.length} files`;
  const stem = paths.some((path) => path.includes('/')) ? only : only.replace(wanted, '');
  return stem.slice(0, 120) || only.slice(0, 120);
}
