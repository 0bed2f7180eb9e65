import { findCode } from '@isthmus/diagnostics';
import {
  type AccessRow,
  answerOf,
  aspects,
  isAccessRow,
  isUnpredicted,
  tally,
  tallyAccess,
  type VerdictRow,
} from '@isthmus/equivalence/tallies';
import type { Report } from './report.ts';
import { answer, byCode, dayOf, marks, nameOf, overrideWords, pseudonymNote } from './report-words.ts';

// Of longer lists a page for people shows the beginning; the JSON holds everything.
const mostOfCode = 50;
const mostRows = 500;

/** A text of somebody else as text: no markup, no line of its own, no link. */
const plain = (text: string): string =>
  text
    .replace(/\s+/g, ' ')
    .replace(/[\\`*_[\]<>|#~]/g, (character) => `\\${character}`)
    .replace(/^([-+]|\d+[.)])(?= )/, '\\$1');

/** Between backticks, as many as the text asks for. */
function code(text: string): string {
  const flat = text.replace(/\s+/g, ' ').replaceAll('|', '\\|');
  const longest = Math.max(0, ...(flat.match(/`+/g) ?? []).map((ticks) => ticks.length));
  const fence = '`'.repeat(longest + 1);
  return longest === 0 ? `\`${flat}\`` : `${fence} ${flat} ${fence}`;
}

/** Sentences hold code between backticks, and everything else in them is text. */
const prose = (sentence: string): string =>
  sentence
    .split('`')
    .map((part, index) => (index % 2 === 1 && part !== '' ? code(part) : plain(part)))
    .join('')
    .trim();

const mark = (word: string): string => `${marks[word] ?? ''} ${word}`.trim();

const table = (heads: readonly string[], rows: readonly (readonly (string | number)[])[], numbers = 0): string[] => [
  `| ${heads.join(' | ')} |`,
  `| ${heads.map((_, index) => (index >= heads.length - numbers ? '---:' : '---')).join(' | ')} |`,
  ...rows.map((row) => `| ${row.join(' | ')} |`),
  '',
];

const more = (count: number, what: string): string[] =>
  count <= 0 ? [] : [`_${count} more ${what}: the report as JSON lists all._`, ''];

function findings(report: Report): string[] {
  if (report.diagnostics.length === 0) return [`No findings. ${report.summary.fields} fields checked.`, ''];
  return byCode(report.diagnostics).flatMap(([name, list]) => {
    const title = findCode(name)?.title ?? '';
    const lines = [`### ${mark(list[0]?.severity ?? 'info')} ${name} ${plain(title)} (${list.length})`, ''];
    let help = '';
    for (const one of list.slice(0, mostOfCode)) {
      const place = one.file === undefined ? '' : `${one.file}${one.line === undefined ? '' : `:${one.line}`}`;
      const where = [
        ...(one.resource === undefined ? [] : [code(nameOf(one.resource))]),
        ...(place === '' ? [] : [plain(place)]),
        ...(one.path === undefined ? [] : [code(one.path)]),
      ].join(' ');
      lines.push(`- ${where}${where === '' ? '' : ': '}${prose(one.message)}`);
      if (one.help !== help) lines.push(`  - Do: ${prose(one.help)}`);
      help = one.help;
      if (one.accepted !== undefined)
        lines.push(
          `  - ${mark('accepted')} by ${plain(one.accepted.by)} on ${dayOf(one.accepted.at)}: ${plain(one.accepted.reason)}`,
        );
    }
    return [...lines, '', ...more(list.length - mostOfCode, `of ${name}`)];
  });
}

const foretold = (codes: readonly string[] | undefined, isUnforeseen: boolean): string =>
  isUnforeseen ? ' **No finding predicted this.**' : codes?.length ? ` Predicted by ${codes.join(', ')}.` : '';

const accepted = (reason: string | undefined): string => (reason === undefined ? '' : ` Accepted: ${plain(reason)}`);

function behaviour(rows: readonly VerdictRow[]): string[] {
  const counts = tally(rows);
  const verdicts = ['same', 'differs', 'undecided', 'accepted'] as const;
  const others = rows.filter(({ verdict }) => verdict !== 'same');
  return [
    '## Behaviour',
    '',
    ...table(
      ['Aspect', ...verdicts.map(mark), 'unpredicted'],
      aspects.map((aspect) => [aspect, ...verdicts.map((one) => counts[aspect][one]), counts[aspect].unpredicted]),
      verdicts.length + 1,
    ),
    ...others
      .slice(0, mostRows)
      .map(
        (row) =>
          `- ${mark(row.accepted === undefined ? row.verdict : 'accepted')} ${code(`${row.service}:${row.port}`)} ${row.aspect}, for ${plain(row.clients)}: ${prose(row.sentence)}${foretold(row.predictedBy, isUnpredicted(row))}${accepted(row.accepted)}`,
      ),
    '',
    ...more(others.length - mostRows, 'verdicts'),
  ];
}

function access(rows: readonly AccessRow[]): string[] {
  if (rows.length === 0) return [];
  const counts = tallyAccess(rows);
  const verdicts = ['same', 'narrower', 'wider', 'undecided', 'accepted'] as const;
  const order = ['wider', 'undecided', 'narrower'];
  const others = rows
    .filter(({ verdict }) => verdict !== 'same')
    .sort((a, b) => order.indexOf(a.verdict) - order.indexOf(b.verdict));
  return [
    '## Access',
    '',
    plain(answerOf(counts)),
    '',
    ...table(
      ['Aspect', ...verdicts.map(mark)],
      (['access', 'transport'] as const).map((aspect) => [aspect, ...verdicts.map((one) => counts[aspect][one])]),
      verdicts.length,
    ),
    ...others
      .slice(0, mostRows)
      .map(
        (row) =>
          `- ${mark(row.accepted === undefined ? row.verdict : 'accepted')} ${code(`${row.workload}:${row.port}`)} ${row.aspect}: ${prose(row.sentence)}${foretold(row.predictedBy, !row.predictedBy?.length)}${accepted(row.accepted)}`,
      ),
    '',
    ...more(others.length - mostRows, 'verdicts'),
  ];
}

function coverage(report: Report): string[] {
  const kinds = ['exact', 'approximate', 'unsupported', 'inert', 'untranslated'] as const;
  const rows = report.ledger.map(({ resource, fields }) => {
    const counts = new Map<string, number>();
    for (const { outcome } of fields) counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
    return [
      code(nameOf(resource)),
      `${plain(resource.file)}:${resource.line}`,
      ...kinds.map((one) => counts.get(one) ?? 0),
    ];
  });
  return [
    '## Every resource',
    '',
    ...(rows.length === 0
      ? ['The input holds no Istio resource.', '']
      : table(['Resource', 'Place', ...kinds.map(mark)], rows.slice(0, mostRows), kinds.length)),
    ...more(rows.length - mostRows, 'resources'),
  ];
}

/**
 * The report as Markdown (GitHub's), for a merge request or a change ticket: everything from the input is text in it. Fields are
 * counted by resource; the page and the JSON list each.
 */
export function renderReportMarkdown(report: Report): string {
  const { summary, target, equivalence } = report;
  const emitted = report.resources.map(({ kind, namespace, name, file, draft, patch, overridden }) => [
    kind,
    code(namespace === '' ? name : `${namespace}/${name}`),
    `${draft ? 'draft' : patch ? 'patch' : 'resource'}${overridden === undefined ? '' : plain(`, ${overrideWords[overridden.change]} by ${overridden.by ?? 'somebody'}: ${overridden.reason}`)}`,
    code(file),
  ]);
  const skipped = report.sources.flatMap(({ file, skipped: list }) =>
    list.map((one) => [`${plain(file)}:${one.line}`, plain(`${one.kind} ${one.name}`), plain(one.reason)]),
  );
  const lines = [
    `# Istio to Kong Mesh ${target}`,
    '',
    answer(report),
    '',
    ...(report.pseudonyms ? [pseudonymNote, ''] : []),
    '## Fields',
    '',
    ...table(
      ['Outcome', 'Fields'],
      Object.entries(summary.outcomes).map(([outcome, count]) => [mark(outcome), count]),
      1,
    ),
    ...(equivalence === undefined
      ? []
      : [...behaviour(equivalence.filter((row) => !isAccessRow(row))), ...access(equivalence.filter(isAccessRow))]),
    '## Findings',
    '',
    ...findings(report),
    '## Kong Mesh resources',
    '',
    ...(emitted.length === 0
      ? ['Nothing is emitted.', '']
      : table(['Kind', 'Name', 'Role', 'File'], emitted.slice(0, mostRows))),
    ...more(emitted.length - mostRows, 'resources'),
    ...coverage(report),
    '## Left out of the import',
    '',
    ...(skipped.length === 0
      ? ['Nothing was left out.', '']
      : table(['Place', 'Object', 'Reason'], skipped.slice(0, mostRows))),
    ...more(skipped.length - mostRows, 'objects'),
  ];
  return `${lines.join('\n').trimEnd()}\n`;
}
