import { hash } from 'node:crypto';
import type { Acceptance } from '@isthmus/contract';
import type { Diagnostic } from '@isthmus/diagnostics';
import type { AcceptanceRecord, NewAcceptance } from '@isthmus/store';
import { type FindingCounts, keyOf, noFindings, type Translated } from './snapshot.ts';

const ids = new WeakMap<Diagnostic, string>();

/**
 * What tells a finding from others: its code, the field and the words. Not its place in a file, so that what was accepted
 * stays so when lines move; but a finding in other words is another one, which nobody has accepted.
 */
export function findingId(diagnostic: Diagnostic): string {
  const known = ids.get(diagnostic);
  if (known !== undefined) return known;
  const { code, resource, file = '', path = '', message } = diagnostic;
  // Without a resource the file is all that says what is spoken of.
  const subject = resource === undefined ? [file] : [resource.kind, resource.namespace, resource.name];
  const id = hash('sha256', JSON.stringify([code, ...subject, path, message])).slice(0, 32);
  ids.set(diagnostic, id);
  return id;
}

/** Whether a human may decide: of mere information there is nothing to accept. */
export const isAcceptable = ({ severity }: Diagnostic): boolean => severity !== 'info';

/** What was accepted, by finding. */
export type Acceptances = ReadonlyMap<string, Acceptance>;

export const acceptancesOf = (records: readonly AcceptanceRecord[]): Acceptances =>
  new Map(records.map(({ finding, reason, by, at }) => [finding, { reason, by, at }]));

/** The acceptance of a finding; undefined where nobody accepted it. */
export const acceptanceOf = (diagnostic: Diagnostic, accepted: Acceptances): Acceptance | undefined =>
  accepted.size === 0 || !isAcceptable(diagnostic) ? undefined : accepted.get(findingId(diagnostic));

/** What the API says of a finding beside the finding itself. */
export function decisionOn(diagnostic: Diagnostic, accepted: Acceptances): { id?: string; accepted?: Acceptance } {
  if (!isAcceptable(diagnostic)) return {};
  const acceptance = acceptanceOf(diagnostic, accepted);
  return { id: findingId(diagnostic), ...(acceptance === undefined ? {} : { accepted: acceptance }) };
}

/** How many findings of a snapshot are accepted, in all and of each of its resources (`keyOf` with its file). */
export function countAccepted(
  { diagnostics }: Translated,
  accepted: Acceptances,
): { readonly total: FindingCounts; readonly of: ReadonlyMap<string, FindingCounts> } {
  const total = noFindings();
  const of = new Map<string, FindingCounts>();
  if (accepted.size > 0)
    for (const diagnostic of diagnostics) {
      if (acceptanceOf(diagnostic, accepted) === undefined) continue;
      const { severity, resource, file } = diagnostic;
      total[severity]++;
      if (resource === undefined) continue;
      const key = keyOf(resource, file);
      const counts = of.get(key) ?? noFindings();
      counts[severity]++;
      of.set(key, counts);
    }
  return { total, of };
}

/** A finding as it is accepted, without the reason; undefined where the snapshot has none of this name to decide on. */
export function acceptable({ diagnostics }: Translated, id: string): Omit<NewAcceptance, 'reason'> | undefined {
  const found = diagnostics.find((one) => isAcceptable(one) && findingId(one) === id);
  if (found === undefined) return undefined;
  const { code, severity, resource, file = '', path = '', message } = found;
  const name =
    resource && `${resource.kind} ${resource.namespace === '' ? '' : `${resource.namespace}/`}${resource.name}`;
  return { finding: id, code, severity, subject: `${name ?? file} ${path}`.trim(), message };
}

/** Which of some findings the snapshot still has. */
export const stillThere = ({ diagnostics }: Translated, findings: readonly string[]): string[] => {
  const there = new Set(diagnostics.filter(isAcceptable).map(findingId));
  return findings.filter((finding) => there.has(finding));
};
