import type { Diagnostic, Severity } from '@isthmus/diagnostics';
import type { AccessRow, VerdictRow } from '@isthmus/equivalence/tallies';
import type { AppliedOverride, Emitted, LedgerEntry, Outcome, Translation } from '@isthmus/translation';

interface ReportedEntry {
  readonly resource: {
    readonly apiVersion: string;
    readonly kind: string;
    readonly namespace: string;
    readonly name: string;
    readonly file: string;
    readonly line: number;
    /** Only where the import holds several clusters. */
    readonly cluster?: string;
  };
  readonly fields: LedgerEntry['fields'];
}

/** Who accepted a finding, when and why. */
export interface ReportedAcceptance {
  readonly reason: string;
  readonly by: string;
  /** ISO 8601. */
  readonly at: string;
}

interface ReportedDiagnostic extends Diagnostic {
  readonly related: NonNullable<Diagnostic['related']>;
  readonly accepted?: ReportedAcceptance;
}

/** The report, version 1; its JSON Schema is docs/reference/report.schema.json. */
export interface Report {
  readonly reportVersion: 1;
  readonly target: string;
  /** Names are replaced by pseudonyms, and reasons that people wrote are left out. */
  readonly pseudonyms?: true;
  readonly sources: readonly {
    readonly file: string;
    readonly documents: number;
    readonly resources: number;
    readonly skipped: readonly {
      readonly line: number;
      readonly kind: string;
      readonly name: string;
      readonly reason: string;
    }[];
  }[];
  readonly ledger: readonly ReportedEntry[];
  readonly context: readonly ReportedEntry[];
  readonly diagnostics: readonly ReportedDiagnostic[];
  readonly resources: readonly {
    readonly apiVersion: string;
    readonly kind: string;
    readonly namespace: string;
    readonly name: string;
    readonly file: string;
    /** The zone whose control plane it is for, or all of them; only where the import holds several clusters. */
    readonly zone?: string;
    readonly global?: true;
    readonly patch?: true;
    readonly draft?: true;
    /** What a person decided about it. */
    readonly overridden?: {
      readonly change: 'edit' | 'leave-out' | 'add';
      readonly paths: readonly string[];
      readonly reason: string;
      readonly by?: string;
      readonly at?: string;
    };
  }[];
  /** What both meshes do with the same requests, and who may call whom in each; only where that was compared. */
  readonly equivalence?: readonly (VerdictRow | AccessRow)[];
  readonly summary: {
    readonly files: number;
    readonly documents: number;
    readonly skipped: number;
    readonly istioResources: number;
    readonly contextResources: number;
    readonly fields: number;
    readonly outcomes: Readonly<Record<Outcome, number>>;
    readonly diagnostics: Readonly<Record<Severity, number>>;
    readonly resources: number;
    readonly patches: number;
    readonly drafts: number;
  };
}

function entryOf({ resource, fields }: LedgerEntry): ReportedEntry {
  const { apiVersion, kind, namespace, name, source } = resource;
  const { file, line, cluster } = source;
  const reported = { apiVersion, kind, namespace, name, file, line };
  return { resource: cluster ? { ...reported, cluster } : reported, fields };
}

const overriddenBy = ({ change, paths, reason, by, at }: AppliedOverride) => ({
  change,
  paths,
  reason,
  ...(by === undefined ? {} : { by }),
  ...(at === undefined ? {} : { at }),
});

function emittedOf({ object, role, place, override }: Emitted, file: string): Report['resources'][number] {
  const { apiVersion, kind, metadata } = object;
  const reported = { apiVersion, kind, namespace: metadata.namespace ?? '', name: metadata.name, file };
  // Nearly all of one cluster.
  if (role === 'resource' && place === undefined && override === undefined) return reported;
  return {
    ...reported,
    ...(place?.kind === 'zone' ? { zone: place.zone } : {}),
    ...(place?.kind === 'global' ? { global: true as const } : {}),
    ...(role === 'patch' ? { patch: true as const } : {}),
    ...(role === 'draft' ? { draft: true as const } : {}),
    ...(override === undefined ? {} : { overridden: overriddenBy(override) }),
  };
}

/** How many fields have each outcome. */
function outcomesIn(ledger: readonly LedgerEntry[]): Record<Outcome, number> {
  const outcomes: Record<Outcome, number> = { exact: 0, approximate: 0, unsupported: 0, inert: 0, untranslated: 0 };
  const count = ({ fields }: LedgerEntry): void => {
    for (const { outcome } of fields) outcomes[outcome]++;
  };
  ledger.forEach(count);
  return outcomes;
}

/**
 * Builds the report of a translation.
 * @param diagnostics the translation's, with positions refined where texts are at hand
 * @param fileOf the bundle's file of each emitted resource, as `layOut` gives it
 * @param equivalence the verdicts of a comparison, where one was made
 * @param acceptanceOf who accepted a finding, where somebody did
 */
export function buildReport(
  translation: Translation,
  diagnostics: readonly Diagnostic[],
  fileOf: readonly string[],
  equivalence?: readonly (VerdictRow | AccessRow)[],
  acceptanceOf: (diagnostic: Diagnostic) => ReportedAcceptance | undefined = () => undefined,
): Report {
  const { estate, emitted } = translation;
  const skipped = Map.groupBy(estate.skipped, ({ file }) => file);
  const severities: Record<Severity, number> = { blocker: 0, warning: 0, info: 0 };
  for (const { severity } of diagnostics) severities[severity]++;
  return {
    reportVersion: 1,
    target: translation.settings.target,
    sources: estate.sources.map(({ file, documents, resources }) => ({
      file,
      documents,
      resources,
      skipped: (skipped.get(file) ?? []).map(({ line, kind, name, reason }) => ({ line, kind, name, reason })),
    })),
    ledger: translation.ledger.map(entryOf),
    context: translation.context.map(entryOf),
    diagnostics: diagnostics.map((diagnostic) => {
      const accepted = acceptanceOf(diagnostic);
      const reported = { ...diagnostic, related: diagnostic.related ?? [] };
      return accepted === undefined ? reported : { ...reported, accepted };
    }),
    resources: emitted.map((one, index) => emittedOf(one, fileOf[index] ?? '')),
    ...(equivalence === undefined ? {} : { equivalence }),
    summary: {
      files: estate.sources.length,
      documents: estate.sources.reduce((sum, { documents }) => sum + documents, 0),
      skipped: estate.skipped.length,
      istioResources: estate.istio.length,
      contextResources: estate.context.length,
      fields: translation.ledger.reduce((sum, { fields }) => sum + fields.length, 0),
      outcomes: outcomesIn(translation.ledger),
      diagnostics: severities,
      resources: emitted.filter(({ role }) => role === 'resource').length,
      patches: emitted.filter(({ role }) => role === 'patch').length,
      drafts: emitted.filter(({ role }) => role === 'draft').length,
    },
  };
}
