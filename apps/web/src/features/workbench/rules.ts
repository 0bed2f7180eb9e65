import type { LinkedRule, Simulation, Workbench } from '@isthmus/contract';
import { documentKeys } from './address.ts';
import { blockEnd, type Place } from './links.ts';
import type { SourceText } from './source-text.ts';

/** The lines of a pane that a rule stands on; `document` is an index into the workbench's `after`. */
export type RulePlace =
  | { readonly side: 'before'; readonly line: number; readonly endLine: number }
  | { readonly side: 'after'; readonly document: number; readonly line: number; readonly endLine: number };

/** A rule that a simulated request came to, with what it did: its number in the list of steps, and whether it decided. */
export interface TriedRule {
  readonly place: RulePlace;
  readonly number: number;
  readonly decides: boolean;
}

const keyOn = (text: string): { column: number; key: string } | undefined => {
  const match = /^(\s*(?:-\s+)*)(?:"([^"]*)"|'([^']*)'|([^\s#:'"][^:]*)):(?:\s|$)/.exec(text);
  return match === null ? undefined : { column: (match[1] ?? '').length, key: match[2] ?? match[3] ?? match[4] ?? '' };
};

/**
 * The line that a map or an item of a list begins on. Lines count from 1.
 * @param line the one of its first leaf
 * @param path such as `spec.http[0].match[1]`
 */
export function beginningOf(lines: readonly string[], line: number, path: string): number {
  const isItem = path.endsWith(']');
  const name = /([^.[\]]+)(?:\[\d+\])*$/.exec(path)?.[1];
  let current = line;
  let on = keyOn(lines[line - 1] ?? '');
  if (name === undefined || on === undefined || on.key === name) return line;
  for (let above = line - 1; above > 0; above--) {
    const next = keyOn(lines[above - 1] ?? '');
    if (next === undefined || next.column >= on.column) continue;
    if (next.key === name) return isItem ? current : above;
    current = above;
    on = next;
  }
  return line;
}

/** Finds rules in the texts of both panes. */
export function ruleFinder(workbench: Workbench, source: SourceText): (rule: LinkedRule) => RulePlace | undefined {
  const keys = documentKeys(workbench.after);
  const headings = new Map(source.sections.map(({ document, heading }) => [document, heading]));
  const beforeLines = source.text.split('\n');
  const known = new Map<string, RulePlace | undefined>();
  const find = ({ kind, namespace, name, path, resource, line }: LinkedRule): RulePlace | undefined => {
    if (resource !== undefined) {
      const document = workbench.before.findIndex(({ index }) => index === resource);
      const heading = headings.get(document);
      if (heading === undefined) return undefined;
      const isUnder = (one: string): boolean => one.startsWith(path) && /^(?:$|[.[])/.test(one.slice(path.length));
      const first = workbench.fields
        .filter((field) => field.document === document && field.span !== undefined && isUnder(field.path))
        .reduce((least, { span }) => Math.min(least, span?.line ?? least), Number.POSITIVE_INFINITY);
      if (first === Number.POSITIVE_INFINITY) return undefined;
      const begins = beginningOf(beforeLines, heading + first, path);
      return { side: 'before', line: begins, endLine: blockEnd(beforeLines, begins) };
    }
    const document = keys.indexOf(`${kind}/${namespace}/${name}`);
    if (line === undefined || document === -1) return undefined;
    const lines = (workbench.after[document]?.text ?? '').split('\n');
    const begins = beginningOf(lines, line, path);
    return { side: 'after', document, line: begins, endLine: blockEnd(lines, begins) };
  };
  return (rule) => {
    const key = `${rule.kind}/${rule.namespace}/${rule.name} ${rule.path} ${rule.resource} ${rule.line}`;
    if (!known.has(key)) known.set(key, find(rule));
    return known.get(key);
  };
}

/** Where the rules stand that a request came to, step by step, on both sides. */
export function triedRules(
  simulation: Simulation | undefined,
  find: (rule: LinkedRule) => RulePlace | undefined,
): readonly TriedRule[] {
  if (simulation === undefined) return [];
  return [simulation.before, simulation.after].flatMap(({ steps }) =>
    steps.flatMap(({ rule, missed }, index) => {
      const place = rule && find(rule);
      return place === undefined ? [] : [{ place, number: index + 1, decides: missed === undefined }];
    }),
  );
}

/** Where the cursor goes to see a rule. */
export const placeOf = (place: RulePlace): Place => {
  const { line } = place;
  return place.side === 'before'
    ? { side: 'before', line, column: 1 }
    : { side: 'after', document: place.document, line, column: 1 };
};
