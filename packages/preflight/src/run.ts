import type { Severity, SubjectRef } from '@isthmus/diagnostics';
import type { Estate } from '@isthmus/istio';
import type { JsonObject, Resource, Source } from '@isthmus/kubernetes';
import type { Amount, Check, Evidence, PreflightSettings } from './check.ts';
import { gatherFacts } from './facts.ts';
import { lacks, watchFacts } from './missing.ts';
import { checks } from './registry.ts';

/** One thing that fails a check. */
export interface Finding {
  readonly found: string;
  readonly severity: Severity;
  readonly resource: SubjectRef;
  /** Where its resource was read; absent for what the translation emits. */
  readonly source?: Source;
  /** Field path within the resource. */
  readonly path?: string;
  readonly services: readonly string[];
  /** A strategic-merge patch of an object of the user that settles it. */
  readonly patch?: JsonObject;
}

/** What a check says; the severity of a failed one is that of its worst finding. */
export type Outcome =
  | { readonly state: 'passed'; readonly examined: readonly Amount[] }
  | {
      readonly state: 'failed';
      readonly severity: Severity;
      readonly examined: readonly Amount[];
      readonly findings: readonly Finding[];
    }
  | { readonly state: 'skipped'; readonly reason: string };

export type CheckResult = { readonly check: Check } & Outcome;

/** Counts of results. */
export interface Tally {
  readonly checks: number;
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  /** Failed checks with a blocker. */
  readonly blocking: number;
  /** Services that a blocker is about. */
  readonly blockedServices: number;
  readonly findings: Readonly<Record<Severity, number>>;
}

const severities: readonly Severity[] = ['blocker', 'warning', 'info'];
const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

function toFinding(check: Check, { found, at, services, severity, patch }: Evidence): Finding {
  const resource = 'resource' in at ? at.resource : at;
  const path = 'resource' in at ? at.path : '';
  const { apiVersion, kind, namespace, name, source } = resource;
  return {
    found,
    severity: severity ?? check.code.severity,
    resource: { apiVersion, kind, namespace, name },
    ...(source.file === '' ? {} : { source }),
    ...(path === '' ? {} : { path }),
    services: [...new Set(services)].sort(),
    ...(patch === undefined ? {} : { patch }),
  };
}

// Findings about one object stay in the order of its fields, in which checks find them.
const compare = (a: Finding, b: Finding): number =>
  severities.indexOf(a.severity) - severities.indexOf(b.severity) ||
  byText(a.source?.file ?? '', b.source?.file ?? '') ||
  (a.source?.line ?? 0) - (b.source?.line ?? 0) ||
  byText(a.resource.name, b.resource.name);

const isListed = ({ count }: Amount): boolean => count > 0;

function nothing(examined: readonly Amount[]): string {
  const what = examined.map((amount) => amount.what);
  const last = what.at(-1) ?? '';
  return `The import holds no ${what.length > 1 ? `${what.slice(0, -1).join(', ')} or ${last}` : last}.`;
}

/**
 * Runs every check over an estate.
 * @param planned Kong Mesh resources that the translation emits; their findings have no place in a file
 * @returns results in the order of the registry, the same for the same input in whatever order
 */
export function preflight(
  estate: Estate,
  settings: PreflightSettings,
  planned: readonly Resource[] = [],
): CheckResult[] {
  const facts = gatherFacts(estate, settings, planned);
  const unread = estate.unread ?? [];
  return checks.map((check): CheckResult => {
    const { facts: watched, asked } = watchFacts(facts);
    const examination = check.run(unread.length === 0 ? facts : watched);
    if ('skipped' in examination) return { check, state: 'skipped', reason: examination.skipped };
    const { examined, evidence } = examination;
    const missing = evidence.length === 0 ? lacks(asked, unread) : undefined;
    if (missing !== undefined) return { check, state: 'skipped', reason: missing };
    if (evidence.length === 0)
      return examined.some(isListed)
        ? { check, state: 'passed', examined: examined.filter(isListed) }
        : { check, state: 'skipped', reason: nothing(examined) };
    const findings = evidence.map((one) => toFinding(check, one)).sort(compare);
    const severity = findings[0]?.severity ?? check.code.severity;
    return { check, state: 'failed', severity, examined: examined.filter(isListed), findings };
  });
}

/** Adds results up. */
export function tally(results: readonly CheckResult[]): Tally {
  const findings = { blocker: 0, warning: 0, info: 0 };
  const blocked = new Set<string>();
  const count = (state: CheckResult['state']): number => results.filter((result) => result.state === state).length;
  let blocking = 0;
  for (const result of results) {
    if (result.state !== 'failed') continue;
    if (result.severity === 'blocker') blocking++;
    for (const finding of result.findings) {
      findings[finding.severity]++;
      if (finding.severity === 'blocker') for (const service of finding.services) blocked.add(service);
    }
  }
  return {
    checks: results.length,
    passed: count('passed'),
    failed: count('failed'),
    skipped: count('skipped'),
    blocking,
    blockedServices: blocked.size,
    findings,
  };
}

/** What failing a check means at run time: its message without the place at hand. */
export const effectOf = ({ code }: Check): string => code.message.slice('{found} '.length);
