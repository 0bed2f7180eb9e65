import type { Workbench } from '@isthmus/contract';
import type { Decoration } from '../../editor/code-pane.tsx';
import { type Outcome, outcomeWords } from '../../ui/status.tsx';
import type { ListedFinding } from './findings.ts';
import type { LinkedField, LinkIndex } from './links.ts';
import { worst } from './outcomes.ts';
import type { TriedRule } from './rules.ts';
import type { SourceText } from './source-text.ts';

/** Names of the classes that decorations take, from the style sheet. */
export type Classes = Readonly<Record<string, string>>;

const classesOf = (classes: Classes, ...names: readonly string[]): string =>
  names.map((name) => classes[name] ?? name).join(' ');

const glyph = (outcome: Outcome, words: string, classes: Classes) => ({
  className: classesOf(classes, 'glyph', outcome),
  words,
});

const sentence = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}`;

/** What the mark of a line says: each outcome that its fields have. */
const wordsOf = (found: readonly Outcome[]): string =>
  [...new Set(found)].map((outcome) => sentence(outcomeWords[outcome])).join('; ');

/** Marks of the left pane: headings, the outcome of each line, what a filter leaves aside, findings behind their lines. */
export function marksBefore(
  links: LinkIndex,
  source: SourceText,
  findings: readonly ListedFinding[],
  titles: ReadonlyMap<string, string>,
  shown: ReadonlySet<Outcome> | undefined,
  classes: Classes,
): Decoration[] {
  const decorations: Decoration[] = source.sections.map(({ heading }) => ({
    line: heading,
    endLine: heading,
    className: classesOf(classes, 'heading'),
    inlineClassName: classesOf(classes, 'headingText'),
  }));
  for (const [line, all] of links.outcomesByLine) {
    const found = shown === undefined ? all : all.filter((outcome) => shown.has(outcome));
    const outcome = worst(found);
    decorations.push(
      outcome === undefined
        ? { line, endLine: line, inlineClassName: classesOf(classes, 'aside') }
        : { line, endLine: line, glyph: glyph(outcome, wordsOf(found), classes) },
    );
  }
  const byLine = Map.groupBy(findings, ({ line }) => line);
  for (const [line, group] of byLine) {
    const [first] = group;
    if (line === undefined || first === undefined) continue;
    const { code, severity } = first.finding.diagnostic;
    const more = group.length === 1 ? '' : ` and ${group.length - 1} more`;
    decorations.push({
      line,
      endLine: line,
      marginClassName: classesOf(classes, 'findingMargin', severity),
      after: { text: `    ${code} ${titles.get(code) ?? ''}${more}`, className: classesOf(classes, 'note', severity) },
    });
  }
  return decorations;
}

/** Marks of the right pane: what became of the fields that each line came from. */
export function marksAfter(links: LinkIndex, tab: number, classes: Classes): Decoration[] {
  const byLine = new Map<number, Outcome[]>();
  for (const { outcome, span } of links.arrivals.get(tab) ?? [])
    for (let line = span.line; line <= span.endLine; line++) {
      const known = byLine.get(line);
      if (known === undefined) byLine.set(line, [outcome]);
      else known.push(outcome);
    }
  return [...byLine].flatMap(([line, found]) => {
    const outcome = worst(found);
    return outcome === undefined ? [] : [{ line, endLine: line, glyph: glyph(outcome, wordsOf(found), classes) }];
  });
}

/** How fields are lit up: those at the cursor, or lighter those under the pointer. */
export type Strength = 'atCursor' | 'hovered';

const lit = (
  { line, endLine, keyColumn, endColumn }: LinkedField['span'],
  side: 'ofSource' | 'ofTarget',
  strength: Strength,
  classes: Classes,
): Decoration[] => [
  { line, endLine, className: classesOf(classes, strength, side) },
  // Of several lines the bar at their left shows the extent: an underline would run through their indentation.
  ...(line === endLine
    ? [
        {
          line,
          endLine,
          columns: [keyColumn, endColumn] as const,
          inlineClassName: classesOf(classes, `${strength}Text`, side),
        },
      ]
    : []),
];

/** Lights lines up once where several fields share them: tints would add up until text on them cannot be read. */
function distinct(decorations: readonly Decoration[]): Decoration[] {
  const texts = new Map<string, Decoration>();
  const lines: Decoration[] = [];
  for (const one of decorations.toSorted((a, b) => a.line - b.line)) {
    const last = lines.at(-1);
    if (one.columns !== undefined) texts.set(`${one.line} ${one.columns.join(' ')}`, one);
    else if (last !== undefined && one.line <= last.endLine)
      lines[lines.length - 1] = { ...last, endLine: Math.max(last.endLine, one.endLine) };
    else lines.push(one);
  }
  return [...lines, ...texts.values()];
}

/** Lights fields up in the left pane. */
export const litBefore = (fields: readonly LinkedField[], strength: Strength, classes: Classes): Decoration[] =>
  distinct(fields.flatMap(({ span }) => lit(span, 'ofSource', strength, classes)));

/** Lights the counterparts of fields up in the open tab. */
export const litAfter = (
  fields: readonly LinkedField[],
  tab: number,
  strength: Strength,
  classes: Classes,
): Decoration[] => {
  const spans = fields.flatMap(({ counterparts }) =>
    counterparts.filter(({ document }) => document === tab).map(({ span }) => span),
  );
  return distinct(spans.flatMap((span) => lit(span, 'ofTarget', strength, classes)));
};

const stepWords = (numbers: readonly number[]): string =>
  numbers.length > 2 && (numbers.at(-1) ?? 0) - (numbers[0] ?? 0) === numbers.length - 1
    ? `${numbers[0]}–${numbers.at(-1)}`
    : numbers.join(', ');

/** The lines of the open tab that a person changed. */
export const overriddenMarks = (document: Workbench['after'][number] | undefined, classes: Classes): Decoration[] =>
  (document?.override?.spans ?? []).map(({ line, endLine }) => ({
    line,
    endLine,
    className: classesOf(classes, 'overridden'),
    after: { text: '    ✎ override', className: classesOf(classes, 'overriddenNote') },
  }));

/** The rules of one pane that a simulated request came to: the one that decided as a whole, and each step's number behind its line. */
export function ruleMarks(rules: readonly TriedRule[], side: 'ofSource' | 'ofTarget', classes: Classes): Decoration[] {
  const byLine = Map.groupBy(rules, ({ place }) => place.line);
  return [...byLine].flatMap(([line, group]) => {
    const missed = group.filter(({ decides }) => !decides).map(({ number }) => number);
    const decisive = group.find(({ decides }) => decides);
    const parts = [
      ...(decisive === undefined ? [] : [`step ${decisive.number} decides`]),
      ...(missed.length === 0 ? [] : [`${missed.length === 1 ? 'step' : 'steps'} ${stepWords(missed)} passed over`]),
    ];
    const text = `    ${decisive === undefined ? '▷' : '▶'} ${parts.join(', ')}`;
    return [
      {
        line,
        endLine: line,
        after: { text, className: classesOf(classes, decisive === undefined ? 'missedNote' : 'decidedNote', side) },
      },
      ...(decisive === undefined
        ? []
        : [{ line, endLine: decisive.place.endLine, className: classesOf(classes, 'decidedRule', side) }]),
    ];
  });
}

/** The line of the cursor itself, where nothing else lights it up. */
export const cursorLine = (line: number, others: readonly Decoration[], classes: Classes): Decoration[] =>
  others.some((one) => one.className !== undefined && one.line <= line && line <= one.endLine)
    ? []
    : [{ line, endLine: line, className: classesOf(classes, 'cursorLine') }];

/** Counterparts of fields by document, in the order of the tabs. */
export function countByTab(fields: readonly LinkedField[]): ReadonlyMap<number, number> {
  const counts = new Map<number, number>();
  for (const { counterparts } of fields)
    for (const { document } of counterparts) counts.set(document, (counts.get(document) ?? 0) + 1);
  return new Map([...counts].sort(([a], [b]) => a - b));
}

/** Titles of codes by code. */
export const titlesOf = ({ codes }: Pick<Workbench, 'codes'>): ReadonlyMap<string, string> =>
  new Map(codes.map(({ code, title }) => [code, title]));
