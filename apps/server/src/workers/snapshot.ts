import { inflateRawSync } from 'node:zlib';
import type { Settings } from '@isthmus/contract';
import type { Diagnostic } from '@isthmus/diagnostics';
import { takeIn } from '@isthmus/istio';
import { type Limits, type Resource, readManifest } from '@isthmus/kubernetes';
import { concerns, type MigratingService, servicesOf } from '@isthmus/migration';
import { type OverrideRecord, readFiles } from '@isthmus/store';
import {
  applyOverrides,
  type LedgerEntry,
  locateDiagnostics,
  type Outcome,
  type Translation,
  translate,
} from '@isthmus/translation';
import { overrideOf } from '../override-record.ts';

export type OutcomeCounts = Record<Outcome, number>;
export type FindingCounts = Record<'blocker' | 'warning' | 'info', number>;

/** Which snapshot, under which settings, and the limits that it was imported with. */
export interface SnapshotRef {
  readonly directory: string;
  readonly snapshot: string;
  readonly settings: Settings;
  readonly overrides: readonly OverrideRecord[];
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

/** What is as costly as it is long-lived: the snapshot as it is translated without overrides. */
interface Base {
  readonly translation: Translation;
  readonly textOf: Translated['textOf'];
}

function load({ directory, snapshot, settings, limits }: SnapshotRef): Base {
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
  return { translation: translate(takeIn(readings), settings), textOf };
}

function complete({ translation: base, textOf }: Base, { settings, overrides }: SnapshotRef): Translated {
  const translation = applyOverrides(base, overrides.map(overrideOf));
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
const bases = new Map<string, Base>();
const kept = new Map<string, Translated>();

/** Keeps the last ones used. */
function keep<Value>(among: Map<string, Value>, key: string, make: () => Value): Value {
  const value = among.get(key) ?? make();
  among.delete(key);
  among.set(key, value);
  for (const oldest of among.keys()) if (among.size > mostKept) among.delete(oldest);
  return value;
}

/** A snapshot's translation under these settings; the last ones used are kept in this thread. */
export function translated(ref: SnapshotRef): Translated {
  // What is accepted changes nothing about a translation.
  const { accepted: _, ...deciding } = ref.settings;
  const key = `${ref.snapshot}\n${JSON.stringify(deciding)}`;
  const overrides = JSON.stringify(ref.overrides);
  return keep(kept, `${key}\n${overrides}`, () =>
    complete(
      keep(bases, key, () => load(ref)),
      ref,
    ),
  );
}
