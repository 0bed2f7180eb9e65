import { writeFileSync } from 'node:fs';
import { basename, delimiter } from 'node:path';
import { archive } from '@isthmus/bundle';
import { listContexts, openReader, readCluster } from '@isthmus/cluster';
import {
  ClusterError,
  type Connection,
  connectionSettings,
  readingRights,
  type SnapshotFile,
  snapshotFiles,
  type Unread,
} from '@isthmus/cluster/model';
import { type Json, writeYamlDocuments } from '@isthmus/kubernetes';
import { InputError } from './input.ts';
import { checkFile, writeText, writeWhole, writing } from './output.ts';
import { createProgress } from './progress.ts';

export interface SnapshotOptions {
  readonly context?: string;
  readonly kubeconfig?: string;
  readonly inCluster?: boolean;
  readonly name?: string;
  readonly out?: string;
  readonly allowProgram?: readonly string[];
}

const archives = { '.zip': 'zip', '.tar.gz': 'tar.gz', '.tgz': 'tar.gz' } as const;

function connectionOf(options: SnapshotOptions, known: () => readonly string[]): Connection {
  const { context, kubeconfig, inCluster } = options;
  if (inCluster) return { kind: 'in-cluster' };
  if (context === undefined) {
    const names = known();
    throw new InputError(
      names.length === 0
        ? 'there is no kubeconfig with a context; name a file with --kubeconfig'
        : `name a context with --context; there are ${names.join(', ')}`,
    );
  }
  return kubeconfig === undefined ? { kind: 'context', context } : { kind: 'file', path: kubeconfig, context };
}

/** The files as one stream of YAML. */
function* stream(files: readonly SnapshotFile[]): Generator<string> {
  for (const [index, { text }] of files.entries()) yield index === 0 ? text : `---\n${text}`;
}

async function write(files: readonly SnapshotFile[], out: string | undefined): Promise<void> {
  if (out === undefined || out === '-') return writeText(process.stdout, stream(files));
  const format = Object.entries(archives).find(([ending]) => out.endsWith(ending))?.[1];
  if (format === undefined) return writeWhole(out, stream(files));
  const bytes = await archive(files, format);
  writing(out, () => writeFileSync(out, bytes));
}

function renderUnread(unread: readonly Unread[]): string {
  const lines = unread.flatMap(({ group, kind, resource, namespace, name, reason, grant }) => {
    const what = kind === '*' ? `kinds of ${group}` : group === '' ? resource : `${resource}.${group}`;
    const which = name === undefined ? what : `${what} ${namespace}/${name}`;
    return [`  ${which}: ${reason}`, ...(grant === undefined ? [] : [`    ${grant}`])];
  });
  return `Not read, and said so in the snapshot:\n${lines.join('\n')}\n`;
}

/** `isthmus snapshot`: returns the exit code, 0 done or 1 done without some kinds; throws InputError for 2. */
export async function runSnapshot(options: SnapshotOptions): Promise<number> {
  const { out, kubeconfig } = options;
  if (out !== undefined && out !== '-') checkFile(out);
  const fromEnvironment = connectionSettings(process.env, delimiter);
  const settings = {
    ...fromEnvironment,
    programs: [...fromEnvironment.programs, ...(options.allowProgram ?? [])],
  };
  const progress = createProgress(process.stderr);
  const abort = new AbortController();
  const stop = (): void => abort.abort();
  process.once('SIGINT', stop);
  try {
    const connection = connectionOf(options, () => listContexts(settings, kubeconfig).map(({ name }) => name));
    const reader = openReader(connection, settings);
    const counts = new Map<string, number>();
    const reading = await readCluster(reader, {
      signal: abort.signal,
      onProgress: ({ kind, state, read, total }) => {
        counts.set(`${kind.group}/${kind.resource}`, read);
        const objects = [...counts.values()].reduce((sum, count) => sum + count, 0);
        const of = total === undefined || state === 'read' ? '' : ` of ${total}`;
        progress.say(`Reading … ${objects} objects; ${kind.resource} ${read}${of}`);
      },
    });
    const cluster = options.name ?? options.context ?? 'in-cluster';
    progress.say('Writing …');
    const files = [...snapshotFiles(cluster, reading)];
    await write(files, out);
    progress.end();
    const objects = reading.kinds.reduce((sum, one) => sum + one.objects.length, 0) + reading.meshConfigs.length;
    const where = out === undefined || out === '-' ? '' : `, written to ${basename(out)}`;
    process.stderr.write(
      `Read ${objects} objects of ${reading.kinds.length} kinds from ${cluster} (Kubernetes ${reading.version})${where}.\n`,
    );
    if (reading.unread.length > 0) process.stderr.write(renderUnread(reading.unread));
    return reading.unread.length > 0 ? 1 : 0;
  } catch (error) {
    if (error instanceof ClusterError) throw new InputError(error.message);
    throw error;
  } finally {
    progress.end();
    process.off('SIGINT', stop);
  }
}

export interface RbacOptions {
  readonly account: string;
  readonly revision: readonly string[];
}

/** `isthmus rbac`: the manifests that give the rights to read a cluster, as YAML. */
export function renderRights({ account, revision }: RbacOptions): string {
  if (!/^[a-z0-9-]+\/[a-z0-9.-]+$/.test(account))
    throw new InputError(`--account takes <namespace>/<name>, not ${JSON.stringify(account)}`);
  return writeYamlDocuments(readingRights(account, revision) as unknown as Json[]);
}
