import type { Severity } from '@isthmus/diagnostics';
import type { Report } from './report.ts';

/** The marks beside the words of outcomes, severities and verdicts, the same in every form of the report. */
export const marks: Readonly<Record<string, string>> = {
  exact: '●',
  approximate: '◐',
  unsupported: '✕',
  inert: '○',
  untranslated: '◌',
  blocker: '✕',
  warning: '◐',
  info: '○',
  same: '●',
  differs: '✕',
  undecided: '◐',
  accepted: '○',
  wider: '✕',
  narrower: '◐',
};

export const nameOf = ({ kind, namespace, name }: { kind: string; namespace: string; name: string }): string =>
  `${kind} ${namespace === '' ? '' : `${namespace}/`}${name}`;

/** ", of which 1 blocker and 2 warnings are accepted"; nothing where none is. */
function acceptedInWords(diagnostics: Report['diagnostics']): string {
  const parts = (['blocker', 'warning'] as const).flatMap((severity) => {
    const count = diagnostics.filter((one) => one.severity === severity && one.accepted !== undefined).length;
    return count === 0 ? [] : [`${count} ${severity}${count === 1 ? '' : 's'}`];
  });
  return parts.length === 0
    ? ''
    : `, of which ${parts.join(' and ')} ${parts.join() === '1 blocker' || parts.join() === '1 warning' ? 'is' : 'are'} accepted with a reason`;
}

/** What the report answers, in two sentences with their numbers. */
export function answer({ summary, diagnostics }: Report): string {
  const { fields, istioResources, resources, patches, drafts } = summary;
  return `${fields} fields of ${istioResources} Istio resources; ${summary.diagnostics.blocker} findings block, ${summary.diagnostics.warning} warn${acceptedInWords(diagnostics)}. ${resources} resources, ${patches} patches and ${drafts} drafts come of it.`;
}

/** What a reader of a report under pseudonyms has to know. */
export const pseudonymNote =
  'Names are replaced by pseudonyms: the same name has the same one throughout. Reasons that people wrote are left out.';

export const overrideWords = { edit: 'changed', 'leave-out': 'left out', add: 'added' } as const;

/** A day is enough for people; the JSON beside the page has the time. */
export const dayOf = (at: string): string => at.slice(0, 10);

const rank: Readonly<Record<Severity, number>> = { blocker: 0, warning: 1, info: 2 };
const rankOf = (one: Finding | undefined): number => (one === undefined ? 3 : rank[one.severity]);

type Finding = Report['diagnostics'][number];

/** The findings by code, those that block first. */
export const byCode = (diagnostics: Report['diagnostics']): (readonly [code: string, findings: readonly Finding[]])[] =>
  [...Map.groupBy(diagnostics, ({ code }) => code)].sort(
    ([a, [one]], [b, [other]]) => rankOf(one) - rankOf(other) || (a < b ? -1 : 1),
  );
