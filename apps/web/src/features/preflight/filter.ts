import type { Check, CheckFinding, Severity } from '@isthmus/contract';
import type { Search } from '../../ui/search.ts';
import { setOf } from '../../ui/use-search.ts';

export const filterNames = ['q', 'state', 'severity', 'area', 'service'] as const;

export const states = ['failed', 'skipped', 'passed'] as const;
export type State = (typeof states)[number];

/** What the areas of the catalogue are called. */
export const areaWords: Readonly<Record<string, string>> = {
  injection: 'Injection',
  pods: 'Pods',
  services: 'Services',
  traffic: 'Configuration of Istio',
  network: 'Network policies',
  'kong-mesh': 'Resources of Kong Mesh',
  identity: 'Roots and certificates',
};

const rank: Readonly<Record<Severity, number>> = { blocker: 0, warning: 1, info: 2 };

/** What failed by its severity; then what was skipped, then what passed. */
const urgency = ({ state, severity }: Check): number =>
  state === 'failed' ? rank[severity] : state === 'skipped' ? 3 : 4;

const textOf = (check: Check): string =>
  [
    check.code,
    check.title,
    check.examines,
    check.reason ?? '',
    ...check.findings.flatMap(({ found, services, file = '' }) => [found, file, ...services]),
  ]
    .join('\n')
    .toLowerCase();

const concerns = ({ services }: CheckFinding, service: string): boolean => services.includes(service);

/**
 * The checks that an address asks for, the worst first; in each state they keep the order of the catalogue. With a service
 * only findings about it are left, and checks without one.
 */
export function filterChecks(checks: readonly Check[], search: Search): readonly Check[] {
  const words = (search.q ?? '').toLowerCase().split(/\s+/).filter(Boolean);
  const wanted = setOf(search.state);
  const severities = setOf(search.severity);
  const { area, service } = search;
  return checks
    .filter((check) => {
      if (wanted.size > 0 && !wanted.has(check.state)) return false;
      // The severity of a rule that nothing breaks says nothing about the estate.
      if (severities.size > 0 && !(check.state === 'failed' && severities.has(check.severity))) return false;
      if (area && check.area !== area) return false;
      if (service && !check.findings.some((finding) => concerns(finding, service))) return false;
      const text = words.length === 0 ? '' : textOf(check);
      return words.every((word) => text.includes(word));
    })
    .map((check) =>
      service ? { ...check, findings: check.findings.filter((finding) => concerns(finding, service)) } : check,
    )
    .toSorted((a, b) => urgency(a) - urgency(b));
}

/** The services that findings are about, sorted. */
export const servicesOf = (checks: readonly Check[]): string[] =>
  [...new Set(checks.flatMap(({ findings }) => findings.flatMap(({ services }) => services)))].sort();
