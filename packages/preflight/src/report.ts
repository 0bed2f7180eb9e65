import type { Severity } from '@isthmus/diagnostics';
import type { TargetVersion } from '@isthmus/kong-mesh';
import { locate, writeYaml } from '@isthmus/kubernetes';
import type { Amount, Area } from './check.ts';
import { type CheckResult, effectOf, type Finding, type Tally, tally } from './run.ts';

/** A finding as it is published. */
export interface ReportedFinding extends Omit<Finding, 'source' | 'patch'> {
  /** Absent for what the translation emits. */
  readonly file?: string;
  /** Of the field; of the resource where the field's cannot be told. */
  readonly line?: number;
  readonly column?: number;
  /** As YAML. */
  readonly patch?: string;
}

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
  /** How many findings there are; `findings` may hold only the first. */
  readonly total: number;
  /** All patches of its findings as one Kustomize component. */
  readonly component?: string;
}

export interface CheckReport {
  readonly target: TargetVersion;
  readonly summary: Tally;
  readonly checks: readonly ReportedCheck[];
}

/** What of the results is published. */
export interface ReportOptions {
  /** The text of an input file as `redact` gives it, for lines and columns of fields; without it findings name the first line of their resource. */
  readonly textOf?: (file: string) => string | undefined;
  /** Findings of each check; all where absent. */
  readonly most?: number;
}

/** Patches of the user's objects as a Kustomize component, which a team takes into its own kustomization. */
const componentOf = (patches: readonly string[]): string =>
  writeYaml({
    apiVersion: 'kustomize.config.k8s.io/v1alpha1',
    kind: 'Component',
    patches: patches.map((patch) => ({ patch })),
  });

function reportedFinding({ source, patch, ...finding }: Finding, textOf: ReportOptions['textOf']): ReportedFinding {
  const text = source === undefined || finding.path === undefined ? undefined : textOf?.(source.file);
  return {
    ...finding,
    ...(source === undefined ? {} : { file: source.file, line: source.line }),
    ...(source === undefined || text === undefined ? {} : locate(text, source, finding.path ?? '')),
    ...(patch === undefined ? {} : { patch: writeYaml(patch) }),
  };
}

function reported(result: CheckResult, { textOf, most = Number.POSITIVE_INFINITY }: ReportOptions): ReportedCheck {
  const { check } = result;
  const findings = result.state === 'failed' ? result.findings : [];
  const isWhole = most > 0;
  // Several findings may be settled by one patch, as those of one namespace are.
  const patches = new Set(
    isWhole ? findings.flatMap(({ patch }) => (patch === undefined ? [] : [writeYaml(patch)])) : [],
  );
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
    findings: findings.slice(0, most).map((finding) => reportedFinding(finding, textOf)),
    total: findings.length,
    ...(patches.size === 0 ? {} : { component: componentOf([...patches]) }),
  };
}

/** Results as JSON, for the API and `isthmus check --report`. */
export function reportOf(
  results: readonly CheckResult[],
  target: TargetVersion,
  options: ReportOptions = {},
): CheckReport {
  return { target, summary: tally(results), checks: results.map((result) => reported(result, options)) };
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
