import { inflateRawSync } from 'node:zlib';
import type { Settings } from '@isthmus/contract';
import type { Diagnostic } from '@isthmus/diagnostics';
import { takeIn } from '@isthmus/istio';
import { type Limits, type Resource, readManifest } from '@isthmus/kubernetes';
import { concerns, type MigratingService, servicesOf } from '@isthmus/migration';
import { readFiles } from '@isthmus/store';
import { type LedgerEntry, locateDiagnostics, type Outcome, type Translation, translate } from '@isthmus/translation';

export type OutcomeCounts = Record<Outcome, number>;
export type FindingCounts = Record<'blocker' | 'warning' | 'info', number>;

/** Which snapshot, under which settings, and the limits that it was imported with. */
export interface SnapshotRef {
  readonly directory: string;
  readonly snapshot: string;
  readonly settings: Settings;
  readonly limits: Limits;
}

/** A translated snapshot with what the views look up. */
export interface Translated {
  readonly translation: Translation;
  /** With columns. */
  readonly diagnostics: readonly Diagnostic[];
  readonly services: readonly MigratingService[];
  /** Indexes into the estate's Istio resources by service. */
  readonly concerns: ReadonlyMap<string, readonly number[]>;
  /** Of each Istio resource (same index). */
  readonly outcomes: readonly OutcomeCounts[];
  readonly findings: readonly FindingCounts[];
  readonly entryOf: ReadonlyMap<Resource, LedgerEntry>;
  readonly textOf: (file: string) => string | undefined;
}

export const noOutcomes = (): OutcomeCounts => ({
  exact: 0,
  approximate: 0,
  unsupported: 0,
  inert: 0,
  untranslated: 0,
});
export const noFindings = (): FindingCounts => ({ blocker: 0, warning: 0, info: 0 });

/** Adds counts of the same keys up. */
export function addUp<Key extends string>(into: Record<Key, number>, counts: Readonly<Record<Key, number>>): void {
  for (const key in counts) into[key] += counts[key];
}

export const keyOf = (subject: { kind: string; namespace: string; name: string }, file = ''): string =>
  `${file}\n${subject.kind}\n${subject.namespace}\n${subject.name}`;

function load({ directory, snapshot, settings, limits }: SnapshotRef): Translated {
  const files = new Map(readFiles(directory, snapshot).map((file) => [file.path, file]));
  const textOf = (path: string): string | undefined => {
    const file = files.get(path);
    return file && inflateRawSync(file.content).toString();
  };
  const readings = [...files.values()].map((file) => ({
    ...readManifest(file.path, inflateRawSync(file.content), limits),
    documents: file.documents,
    diagnostics: JSON.parse(file.diagnostics) as Diagnostic[],
  }));
  const translation = translate(takeIn(readings), settings);
  const { estate } = translation;
  const texts = new Map<string, string | undefined>();
  const diagnostics = locateDiagnostics(translation, (path) => {
    if (!texts.has(path)) texts.set(path, textOf(path));
    return texts.get(path);
  });
  const services = servicesOf(estate);
  const entryOf = new Map(translation.ledger.map((entry) => [entry.resource, entry]));
  const found = new Map<string, FindingCounts>();
  for (const { resource, file, severity } of diagnostics) {
    if (resource === undefined) continue;
    const key = keyOf(resource, file);
    const counts = found.get(key) ?? noFindings();
    counts[severity]++;
    found.set(key, counts);
  }
  return {
    translation,
    diagnostics,
    services,
    concerns: concerns(estate, services, settings.clusterDomain),
    outcomes: estate.istio.map((resource) => {
      const counts = noOutcomes();
      for (const { outcome } of entryOf.get(resource)?.fields ?? []) counts[outcome]++;
      return counts;
    }),
    findings: estate.istio.map((resource) => found.get(keyOf(resource, resource.source.file)) ?? noFindings()),
    entryOf,
    textOf,
  };
}

const mostKept = 2;
const kept = new Map<string, Translated>();

/** A snapshot's translation under these settings; the last ones used are kept in this thread. */
export function translated(ref: SnapshotRef): Translated {
  // What is accepted changes nothing about a translation.
  const { accepted: _, ...deciding } = ref.settings;
  const key = `${ref.snapshot}\n${JSON.stringify(deciding)}`;
  const value = kept.get(key) ?? load(ref);
  kept.delete(key);
  kept.set(key, value);
  for (const oldest of kept.keys()) if (kept.size > mostKept) kept.delete(oldest);
  return value;
}
