import { codes, compareDiagnostics, type Diagnostic, diagnose } from '@isthmus/diagnostics';
import { type FileReading, identityKey, type Resource, stringifyJson } from '@isthmus/kubernetes';
import { checkTexts } from './check-texts.ts';
import { isClusterSnapshot, readClusterSnapshot, type UnreadKind } from './cluster-snapshot.ts';
import { clusterNames } from './clusters.ts';
import type { Estate, Skipped, SourceFile, Superseded } from './estate.ts';
import { checkPossible } from './impossible.ts';
import { type Kustomization, patchFiles, reportPatches } from './kustomize-patches.ts';
import { extractMeshConfig, holdsMeshConfig } from './mesh-config.ts';
import { partOf } from './part.ts';

/** What is needed of a file that was read. */
export type Intake = Pick<FileReading, 'file' | 'documents' | 'resources' | 'unidentified' | 'diagnostics'>;

/** Surrogates, which stand for what comes after U+FFFF, put behind the rest of the code units. */
const inOrder = (unit: number): number => (unit >= 0xe000 ? unit - 0x800 : unit >= 0xd800 ? unit + 0x2000 : unit);

/** Compares as bytes of UTF-8, which is the order of code points. */
function compareBytes(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let index = 0; index < length; index++) {
    const left = a.charCodeAt(index);
    const right = b.charCodeAt(index);
    if (left !== right) return inOrder(left) - inOrder(right);
  }
  return a.length - b.length;
}

const describe = (resource: Resource): string => `${resource.source.file} line ${resource.source.line}`;

const content = (resource: Resource): string =>
  stringifyJson(
    { ...resource.object, apiVersion: null, metadata: { ...(resource.object.metadata as object), namespace: null } },
    { sortKeys: true },
  );

/** Objects with one key are versions of one object; what stands in another cluster is another object. */
function keyOf(resource: Resource, several: boolean): string {
  const { cluster } = resource.source;
  const key = identityKey(resource);
  return several && cluster !== undefined ? `${cluster}\n${key}` : key;
}

/** Of several versions of an object the last is used; says what became of the others. */
function compete(versions: readonly Resource[]): { superseded: Superseded[]; diagnostics: Diagnostic[] } {
  const winner = versions.at(-1) as Resource;
  const used = content(winner);
  const superseded: Superseded[] = [];
  const diagnostics: Diagnostic[] = [];
  for (const loser of versions.slice(0, -1)) {
    const equal = content(loser) === used;
    const { apiVersion, kind, namespace, name, source } = loser;
    diagnostics.push(
      diagnose(
        equal ? codes.estate.equalTwice : codes.estate.differentTwice,
        { kind, name, other: describe(winner) },
        {
          resource: { apiVersion, kind, namespace, name },
          file: source.file,
          line: source.line,
          related: [{ file: winner.source.file, line: winner.source.line, message: 'The version that is used' }],
        },
      ),
    );
    // An equal copy adds nothing, unless it is written under another version or namespace, which people look for.
    if (!equal || apiVersion !== winner.apiVersion || namespace !== winner.namespace)
      superseded.push({ loser, winner });
  }
  return { superseded, diagnostics };
}

/** Sorts what was read by its part in the migration and decides between several versions of one object. */
export function takeIn(files: readonly Intake[]): Estate {
  const ordered = [...files].sort((a, b) => compareBytes(a.file, b.file));
  const diagnostics: Diagnostic[] = [];
  const skipped: Skipped[] = [];
  const sources: SourceFile[] = [];
  const nameless: Resource[] = [];
  const unread: UnreadKind[] = [];
  const versions = new Map<string, Resource[]>();
  const clusters = clusterNames({ istio: files.flatMap(({ resources }) => resources), context: [] });
  const several = clusters.length > 1;
  const patches = patchFiles(ordered);
  const patched = new Set(
    patches.size === 0
      ? []
      : ordered.flatMap(({ file, resources }) =>
          patches.has(file) ? [] : resources.map((one) => keyOf(one, several)),
        ),
  );
  const leftOut = new Map<Kustomization, Resource[]>();
  for (const file of ordered) {
    diagnostics.push(...file.diagnostics);
    let kept = 0;
    const skip = (resource: Resource, reason: string): void =>
      void skipped.push({
        file: file.file,
        line: resource.source.line,
        kind: resource.kind,
        name: resource.name,
        reason,
      });
    const keep = (resource: Resource): void => {
      const key = keyOf(resource, several);
      const others = versions.get(key);
      if (others === undefined) versions.set(key, [resource]);
      else others.push(resource);
    };
    for (const resource of file.resources) {
      if (isClusterSnapshot(resource)) {
        const record = readClusterSnapshot(resource);
        unread.push(...record.unread);
        diagnostics.push(...record.diagnostics);
        continue;
      }
      const sorted = partOf(resource.group, resource.kind);
      if (holdsMeshConfig(resource)) {
        const { resource: meshConfig, diagnostic } = extractMeshConfig(resource);
        if (diagnostic !== undefined) diagnostics.push(diagnostic);
        if (meshConfig !== undefined) keep(meshConfig);
      } else if (sorted.part === 'skipped') {
        skip(resource, sorted.reason);
        continue;
      }
      const patching = sorted.part === 'context' ? patches.get(file.file) : undefined;
      if (patching !== undefined && patched.has(keyOf(resource, several))) {
        leftOut.set(patching, [...(leftOut.get(patching) ?? []), resource]);
        skip(resource, `a patch that ${patching.file} applies; import what \`kustomize build\` prints where it counts`);
        continue;
      }
      kept++;
      keep(resource);
      if (sorted.part === 'istio') diagnostics.push(...checkTexts(resource));
    }
    for (const { resource, reason, source, kind, name } of file.unidentified) {
      if (resource !== undefined && partOf(resource.group, resource.kind).part === 'istio') {
        kept++;
        nameless.push(resource);
      } else skipped.push({ file: file.file, line: source.line, kind, name, reason });
    }
    sources.push({ file: file.file, documents: file.documents, resources: kept });
  }
  diagnostics.push(...reportPatches(leftOut));
  const istio: Resource[] = [];
  const context: Resource[] = [];
  const superseded: Superseded[] = [];
  for (const [key, group] of versions) {
    // What is written for all clusters, and for one of them once more.
    for (const cluster of several ? clusters : []) {
      const own = versions.get(`${cluster}\n${key}`)?.at(-1);
      if (own !== undefined) diagnostics.push(...compete([group.at(-1) as Resource, own]).diagnostics);
    }
    const winner = group.at(-1) as Resource;
    diagnostics.push(...checkPossible(winner));
    if (group.length > 1) {
      const competition = compete(group);
      superseded.push(...competition.superseded);
      diagnostics.push(...competition.diagnostics);
    }
    const own =
      partOf(winner.group, winner.kind).part === 'istio' || (winner.group === '' && winner.kind === 'MeshConfig');
    (own ? istio : context).push(winner);
  }
  return {
    sources,
    istio: [...istio, ...nameless],
    context,
    superseded,
    skipped,
    diagnostics: diagnostics.sort(compareDiagnostics),
    ...(unread.length === 0 ? {} : { unread }),
  };
}
