import type { Severity } from '@isthmus/diagnostics';
import type { TargetVersion } from '@isthmus/kong-mesh';
import { type JsonObject, writeYaml } from '@isthmus/kubernetes';
import type { Amount, Area } from './check.ts';
import { type CheckResult, effectOf, type Finding, type Tally, tally } from './run.ts';

/** A finding as it is published: its patch is YAML. */
export type ReportedFinding = Omit<Finding, 'patch'> & { readonly patch?: string };

/** A result as it is published. */
export interface ReportedCheck {
  readonly id: string;
  readonly code: string;
  readonly area: Area;
  /** What does not hold where it failed, what holds where it passed or would. */
  readonly title: string;
  readonly state: 'passed' | 'failed' | 'skipped';
  /** Of the worst finding; of the rule where there is none. */
  readonly severity: Severity;
  /** What is looked at: completes "Looks at …". */
  readonly examines: string;
  readonly examined: readonly Amount[];
  /** Why it was skipped. */
  readonly reason?: string;
  /** What failing means at run time, and what to do. */
  readonly effect: string;
  readonly help: string;
  readonly findings: readonly ReportedFinding[];
  /** All patches of its findings as one Kustomize component. */
  readonly component?: string;
}

export interface CheckReport {
  readonly target: TargetVersion;
  readonly summary: Tally;
  readonly checks: readonly ReportedCheck[];
}

/** Patches of the user's objects as a Kustomize component, which a team takes into its own kustomization. */
export function componentOf(patches: readonly JsonObject[]): string {
  return writeYaml({
    apiVersion: 'kustomize.config.k8s.io/v1alpha1',
    kind: 'Component',
    patches: patches.map((patch) => ({ patch: writeYaml(patch) })),
  });
}

function reported(result: CheckResult): ReportedCheck {
  const { check } = result;
  const findings = result.state === 'failed' ? result.findings : [];
  const patches = findings.flatMap(({ patch }) => (patch === undefined ? [] : [patch]));
  // Several findings may be settled by one patch, as those of one namespace are.
  const distinct = [...new Map(patches.map((patch) => [writeYaml(patch), patch])).values()];
  return {
    id: check.id,
    code: check.code.code,
    area: check.area,
    title: result.state === 'failed' ? check.code.title : check.holds,
    state: result.state,
    severity: result.state === 'failed' ? result.severity : check.code.severity,
    examines: check.examines,
    examined: result.state === 'skipped' ? [] : result.examined,
    ...(result.state === 'skipped' ? { reason: result.reason } : {}),
    effect: effectOf(check),
    help: check.code.help,
    findings: findings.map(({ patch, ...finding }) => ({
      ...finding,
      ...(patch === undefined ? {} : { patch: writeYaml(patch) }),
    })),
    ...(distinct.length === 0 ? {} : { component: componentOf(distinct) }),
  };
}

/** Results as JSON, for the API and `isthmus check --report`. */
export function reportOf(results: readonly CheckResult[], target: TargetVersion): CheckReport {
  return { target, summary: tally(results), checks: results.map(reported) };
}

const counted = (count: number, one: string, many = `${one}s`): string =>
  `${count.toLocaleString('en')} ${count === 1 ? one : many}`;

/** The answer in a sentence: "91 checks: 49 passed, 23 failed (7 block 5 services), 19 skipped." */
export function sentenceOf({ checks, passed, failed, skipped, blocking, blockedServices }: Tally): string {
  const services = blockedServices === 0 ? '' : ` ${counted(blockedServices, 'service')}`;
  const blocks =
    blocking === 0
      ? failed === 0
        ? ''
        : ' (none blocks)'
      : ` (${blocking} ${blocking === 1 ? 'blocks' : 'block'}${services})`;
  return `${counted(checks, 'check')}: ${passed} passed, ${failed} failed${blocks}, ${skipped} skipped.`;
}
