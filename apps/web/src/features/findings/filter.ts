import type { Diagnostic, ResourceOverride, ResourceRow, Severity } from '@isthmus/contract';
import type { Search } from '../../ui/search.ts';
import { setOf } from '../../ui/use-search.ts';
import { overridesBySubject, subjectName } from '../workbench/overrides/marks.ts';

export const filterNames = ['q', 'severity', 'code', 'namespace', 'accepted', 'overrides'] as const;

/** A finding with a name that a link can carry, and the Istio resource it points into. */
export interface Finding {
  readonly id: string;
  readonly diagnostic: Diagnostic;
  readonly resource: ResourceRow | undefined;
  /** Ids of the overrides of what it is about, or of what that became. */
  readonly overrides: readonly string[];
  /** Index of the Istio resource beside which the workbench shows them. */
  readonly beside: number | undefined;
}

const keyOf = (kind: string, namespace: string, name: string, file: string): string =>
  `${kind}\n${namespace}\n${name}\n${file}`;

/** Gives findings their names: code and place, and a number where several share them. */
export function findingsOf(
  diagnostics: readonly Diagnostic[],
  resources: readonly ResourceRow[],
  overrides: readonly ResourceOverride[],
): readonly Finding[] {
  const emitted = overridesBySubject(overrides);
  const holders = new Map(resources.flatMap(({ index, overrides: ids }) => ids.map((id) => [id, index] as const)));
  const byKey = new Map<string, ResourceRow[]>();
  for (const row of resources) {
    const key = keyOf(row.kind, row.namespace, row.name, row.file);
    byKey.set(key, [...(byKey.get(key) ?? []), row]);
  }
  const taken = new Map<string, number>();
  return diagnostics.map((diagnostic) => {
    const { code, resource, file = '', line } = diagnostic;
    const base = `${code}@${file}${line === undefined ? '' : `:${line}`}`;
    const number = (taken.get(base) ?? 0) + 1;
    taken.set(base, number);
    const same = resource && byKey.get(keyOf(resource.kind, resource.namespace, resource.name, file));
    // Several objects of one name may stand in one file: the last that begins before the finding holds it.
    const holder = same?.findLast((row) => line === undefined || row.line <= line) ?? same?.[0];
    const own = holder?.overrides ?? (resource && emitted.get(subjectName(resource))) ?? [];
    const beside = holder?.index ?? holders.get(own[0] ?? '');
    return { id: number === 1 ? base : `${base}#${number}`, diagnostic, resource: holder, overrides: own, beside };
  });
}

/** The findings that an address asks for; accepted ones only where it says so. */
export function filterFindings(findings: readonly Finding[], search: Search): readonly Finding[] {
  const words = (search.q ?? '').toLowerCase().split(/\s+/).filter(Boolean);
  const severities = setOf(search.severity) as ReadonlySet<Severity>;
  const { code, namespace, overrides } = search;
  const isAcceptedShown = search.accepted === 'shown';
  return findings.filter(({ diagnostic, overrides: own }) => {
    if (overrides === 'some' && own.length === 0) return false;
    if (!isAcceptedShown && diagnostic.accepted !== undefined) return false;
    if (severities.size > 0 && !severities.has(diagnostic.severity)) return false;
    if (code && diagnostic.code !== code) return false;
    if (namespace && (diagnostic.resource?.namespace || 'default') !== namespace) return false;
    const { resource, file = '', message } = diagnostic;
    const text =
      `${diagnostic.code} ${resource?.kind ?? ''} ${resource?.namespace ?? ''}/${resource?.name ?? ''} ${file} ${message}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
}
