import type { Check, CheckFinding, CheckList, CheckQuery } from '@isthmus/contract';
import type { JsonObject } from '@isthmus/kubernetes';
import {
  type CheckResult,
  plannedResource,
  preflight,
  type ReportedCheck,
  type ReportedFinding,
  reportOf,
  sentenceOf,
} from '@isthmus/preflight';
import { keyOf, type Translated } from './snapshot.ts';

const known = new WeakMap<Translated, readonly CheckResult[]>();

function resultsOf(snapshot: Translated): readonly CheckResult[] {
  const before = known.get(snapshot);
  if (before !== undefined) return before;
  const { estate, settings, emitted } = snapshot.translation;
  const planned = emitted.flatMap(({ role, object }) =>
    role === 'patch' ? [] : [plannedResource(object as unknown as JsonObject)],
  );
  const results = preflight(estate, settings, planned);
  known.set(snapshot, results);
  return results;
}

/** Failed checks that block a service, each with what was found first. */
export function blockingChecks(snapshot: Translated, service: string): { text: string; code: string }[] {
  return resultsOf(snapshot).flatMap((result) => {
    if (result.state !== 'failed') return [];
    const own = result.findings.filter(
      ({ severity, services }) => severity === 'blocker' && services.includes(service),
    );
    return own[0] === undefined ? [] : [{ text: own[0].found, code: result.check.code.code }];
  });
}

/** Texts of files, each unpacked once. */
function remembered(textOf: Translated['textOf']): Translated['textOf'] {
  const texts = new Map<string, string | undefined>();
  return (file) => {
    if (!texts.has(file)) texts.set(file, textOf(file));
    return texts.get(file);
  };
}

// Enough to see what stands there and in what.
const linesBefore = 2;
const linesAfter = 3;
/** A longer line is not for people. */
const longestLine = 500;

function excerpts(textOf: Translated['textOf']): (finding: ReportedFinding) => CheckFinding['excerpt'] {
  const files = new Map<string, readonly string[]>();
  return ({ file, line }) => {
    if (file === undefined || line === undefined) return undefined;
    const lines = files.get(file) ?? (textOf(file) ?? '').split('\n');
    files.set(file, lines);
    const isEnd = (index: number): boolean =>
      index < 0 || index >= lines.length || /^---\s*$/.test(lines[index] as string);
    let first = line - 1;
    let last = first;
    while (first > line - 1 - linesBefore && !isEnd(first - 1)) first--;
    while (last < line - 1 + linesAfter && !isEnd(last + 1)) last++;
    while (last > line - 1 && lines[last]?.trim() === '') last--;
    const shown = lines.slice(first, last + 1);
    if (shown.length === 0 || shown.some((one) => one.length > longestLine)) return undefined;
    return { line: first + 1, text: shown.join('\n') };
  };
}

// A component with more patches is for a tool: the bundle has them, and so has the report of the command line.
const mostPatches = 1000;

/** What fails about one service. */
function about(results: readonly CheckResult[], service: string): CheckResult[] {
  return results.flatMap((result) => {
    if (result.state !== 'failed') return [];
    const findings = result.findings.filter(({ services }) => services.includes(service));
    const [worst] = findings;
    return worst === undefined ? [] : [{ ...result, severity: worst.severity, findings }];
  });
}

/** The results of the pre-flight checks over a snapshot, with the first findings of each. */
export function checkList(snapshot: Translated, { findings: most = 100, service }: CheckQuery): CheckList {
  const { estate, settings } = snapshot.translation;
  const all = resultsOf(snapshot);
  const textOf = remembered(snapshot.textOf);
  const report = reportOf(service === undefined ? all : about(all, service), settings.target, { textOf, most });
  const indexes = new Map(estate.istio.map((resource, index) => [keyOf(resource, resource.source.file), index]));
  const excerptOf = excerpts(textOf);
  const present = (finding: ReportedFinding): CheckFinding => {
    const index = indexes.get(keyOf(finding.resource, finding.file));
    const excerpt = excerptOf(finding);
    return {
      ...finding,
      services: [...finding.services],
      ...(index === undefined ? {} : { index }),
      ...(excerpt === undefined ? {} : { excerpt }),
    };
  };
  return {
    target: report.target,
    summary: report.summary,
    sentence: sentenceOf(report.summary),
    checks: report.checks.map((check: ReportedCheck): Check => {
      const { findings, component, examined, ...rest } = check;
      const isSmall = check.total <= mostPatches;
      return {
        ...rest,
        examined: [...examined],
        findings: findings.map(present),
        ...(component === undefined || !isSmall ? {} : { component }),
      };
    }),
  };
}
