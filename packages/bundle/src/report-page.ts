import { findCode, htmlText as text } from '@isthmus/diagnostics';
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

const mark = (word: string): string =>
  `<span class="${word}"><span aria-hidden="true">${marks[word]}</span> ${word}</span>`;

// The tokens of the app's theme; contrast is measured against both grounds.
const style = `:root{color-scheme:light dark;--ground:#fff;--sunk:#eef0f4;--text:#1b1f27;--muted:#565d6b;--border:#dfe3ea;--exact:#2b6a3a;--approximate:#8a5800;--unsupported:#b3261e;--inert:#5b6270;--untranslated:#6d3fb0}
@media (prefers-color-scheme:dark){:root{--ground:#14161a;--sunk:#0f1114;--text:#e6e9ef;--muted:#a2a9b6;--border:#2a2f38;--exact:#7fce93;--approximate:#f0b952;--unsupported:#ff8f85;--inert:#9aa1ae;--untranslated:#c6a5ff}}
*{box-sizing:border-box}body{margin:0 auto;padding:24px;max-width:1120px;background:var(--ground);color:var(--text);font:13px/1.45 Inter,system-ui,sans-serif}
h1{font-size:24px;font-weight:600;margin:0 0 4px}h2{font-size:18px;font-weight:600;margin:32px 0 8px}p{max-width:72ch;margin:0 0 12px}
.muted{color:var(--muted)}code,.name{font-family:"JetBrains Mono",ui-monospace,monospace;font-size:12px;overflow-wrap:anywhere}
table{border-collapse:collapse;width:100%}table.narrow{width:auto}th,td{text-align:left;vertical-align:top;padding:5px 12px 5px 0;border-bottom:1px solid var(--border);line-height:1.3}th{font-weight:500;color:var(--muted)}
td.number,th.number{text-align:right;font-variant-numeric:tabular-nums}details{border-bottom:1px solid var(--border);padding:6px 0}summary{cursor:pointer}
h3{font-size:13px;font-weight:500;margin:24px 0 4px}.finding{border-bottom:1px solid var(--border);padding:8px 0}.finding p{margin:4px 0}
.exact,.same{color:var(--exact)}.approximate,.warning,.undecided,.narrower{color:var(--approximate)}.unsupported,.blocker,.differs,.wider{color:var(--unsupported)}.inert,.info,.accepted{color:var(--inert)}.untranslated{color:var(--untranslated)}
@page{size:A4;margin:16mm 14mm 18mm;@bottom-right{content:counter(page) " of " counter(pages);font:10px system-ui,sans-serif;color:#565d6b}}
@media print{:root{color-scheme:light;--ground:#fff;--sunk:#eef0f4;--text:#1b1f27;--muted:#565d6b;--border:#dfe3ea;--exact:#2b6a3a;--approximate:#8a5800;--unsupported:#b3261e;--inert:#5b6270;--untranslated:#6d3fb0}
body{max-width:none;padding:0;font-size:10pt}h1{font-size:18pt}h2{font-size:13pt;break-after:avoid}h3,summary{break-after:avoid}h2.chapter{break-before:page}thead{display:table-header-group}tr,.finding{break-inside:avoid}details::details-content{content-visibility:visible;block-size:auto}summary{list-style:none}}`;

type Entry = Report['ledger'][number];

function entry({ resource, fields }: Entry): string {
  const counts = new Map<string, number>();
  for (const { outcome } of fields) counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
  const summary = [...counts]
    .map(([outcome, count]) => `<span class="${outcome}">${marks[outcome]} ${count} ${outcome}</span>`)
    .join(' ');
  const rows = fields
    .map(
      ({ path, outcome, code }) =>
        `<tr><td><code>${text(path)}</code></td><td>${mark(outcome)}</td><td><code>${text(code ?? '')}</code></td></tr>`,
    )
    .join('');
  return `<details><summary><span class="name">${text(nameOf(resource))}</span> ${summary} <span class="muted">${text(resource.file)}:${resource.line}</span></summary><table><thead><tr><th>Field</th><th>Outcome</th><th>Code</th></tr></thead><tbody>${rows}</tbody></table></details>`;
}

type Finding = Report['diagnostics'][number];

function finding({ resource, file, line, message, help, path, accepted }: Finding, isNews: boolean): string {
  const subject = resource === undefined ? '' : `<span class="name">${text(nameOf(resource))}</span> `;
  const place = file === undefined ? '' : `${file}${line === undefined ? '' : `:${line}`}`;
  const where = `${text(place)}${path === undefined ? '' : ` <code>${text(path)}</code>`}`;
  const decision =
    accepted === undefined
      ? ''
      : `<p>${mark('accepted')} by ${text(accepted.by)} on ${text(dayOf(accepted.at))}: ${text(accepted.reason)}</p>`;
  const advice = isNews ? `<p class="muted">${text(help)}</p>` : '';
  return `<div class="finding">${subject}<span class="muted">${where}</span><p>${text(message)}</p>${advice}${decision}</div>`;
}

const more = (count: number, what: string): string =>
  count <= 0 ? '' : `<p class="muted">${count} more ${what}: the report as JSON lists all.</p>`;

// A browser shows so many at once without effort; a page is for people, and the JSON beside it holds everything.
const mostOfCode = 50;
const mostRows = 2000;
const mostFields = 10_000;

/** The findings by code, those that block first. */
function findings(diagnostics: Report['diagnostics']): string {
  const group = ([code, list]: readonly [string, readonly Finding[]]): string => {
    const title = findCode(code)?.title ?? '';
    const shown = list.slice(0, mostOfCode);
    const items = shown.map((one, index) => finding(one, one.help !== shown[index - 1]?.help));
    return `<h3>${mark(list[0]?.severity ?? 'info')} <code>${text(code)}</code> ${text(title)} <span class="muted">${list.length}</span></h3>${items.join('')}${more(list.length - shown.length, `of ${text(code)}`)}`;
  };
  return byCode(diagnostics).map(group).join('');
}

/** Entries of the ledger until there are too many fields for a page. */
function entries(list: Report['ledger']): string {
  let fields = 0;
  let shown = 0;
  while (shown < list.length && fields < mostFields) fields += list[shown++]?.fields.length ?? 0;
  return list.slice(0, shown).map(entry).join('') + more(list.length - shown, 'resources');
}

interface Section<T> {
  readonly title: string;
  readonly head: string;
  readonly empty: string;
  readonly row: (item: T) => string;
}

function section<T>(items: readonly T[], { title, head, empty, row }: Section<T>): string {
  if (items.length === 0) return `<h2>${title}</h2><p class="muted">${empty}</p>`;
  const shown = items.slice(0, mostRows).map(row).join('');
  return `<h2>${title}</h2><table><thead><tr>${head}</tr></thead><tbody>${shown}</tbody></table>${more(items.length - mostRows, 'rows')}`;
}

const resources: Section<Report['resources'][number]> = {
  title: 'Kong Mesh resources',
  head: '<th>Kind</th><th>Name</th><th>Role</th><th>File</th>',
  empty: 'Nothing is emitted.',
  row: ({ kind, namespace, name, file, draft, patch, overridden }) =>
    `<tr><td>${text(kind)}</td><td class="name">${text(namespace === '' ? name : `${namespace}/${name}`)}</td><td>${draft ? 'draft' : patch ? 'patch' : 'resource'}${overridden === undefined ? '' : text(`, ${overrideWords[overridden.change]} by ${overridden.by ?? 'somebody'}: ${overridden.reason}`)}</td><td><code>${text(file)}</code></td></tr>`,
};

const leftOut: Section<Report['sources'][number]['skipped'][number] & { readonly file: string }> = {
  title: 'Left out of the import',
  head: '<th>Place</th><th>Object</th><th>Reason</th>',
  empty: 'Nothing was left out.',
  row: ({ file, line, kind, name, reason }) =>
    `<tr><td><code>${text(file)}:${line}</code></td><td>${text(kind)} ${text(name)}</td><td>${text(reason)}</td></tr>`,
};

const verdicts = ['same', 'differs', 'undecided', 'accepted'] as const;

/** Sentences hold code between backticks, and everything else in them is text. */
const prose = (sentence: string): string =>
  sentence
    .split('`')
    .map((part, index) => (index % 2 === 1 ? `<code>${text(part)}</code>` : text(part)))
    .join('');

/** Counts by aspect, and what is not the same. */
function behaviour(rows: readonly VerdictRow[]): string {
  const counts = tally(rows);
  const table = aspects
    .map(
      (aspect) =>
        `<tr><td>${aspect}</td>${verdicts.map((one) => `<td class="number">${counts[aspect][one]}</td>`).join('')}<td class="number">${counts[aspect].unpredicted}</td></tr>`,
    )
    .join('');
  const others = rows.filter(({ verdict }) => verdict !== 'same');
  const items = others.slice(0, mostRows).map((row) => {
    const { service, port, clients, aspect, verdict, accepted, predictedBy = [], sentence } = row;
    const foretold = isUnpredicted(row)
      ? '<p class="blocker">No finding predicted this difference.</p>'
      : predictedBy.length === 0
        ? ''
        : `<p class="muted">Predicted by ${predictedBy.map((code) => `<code>${text(code)}</code>`).join(', ')}</p>`;
    const reason = accepted === undefined ? '' : `<p class="muted">Accepted: ${text(accepted)}</p>`;
    return `<div class="finding">${mark(accepted === undefined ? verdict : 'accepted')} <span class="name">${text(service)}:${port}</span> ${aspect} <span class="muted">for ${text(clients)}</span><p>${prose(sentence)}</p>${foretold}${reason}</div>`;
  });
  const heads = verdicts.map((one) => `<th class="number">${mark(one)}</th>`).join('');
  return `<h2>Behaviour</h2><table class="narrow"><thead><tr><th>Aspect</th>${heads}<th class="number">unpredicted</th></tr></thead><tbody>${table}</tbody></table><p class="muted">Every verdict is about the clients that it names: those that Istio keeps from knowing a service (Sidecar, exportTo), and of whom the import has no workload, are not compared.</p>${items.join('')}${more(others.length - mostRows, 'verdicts')}`;
}

const accessVerdicts = ['same', 'narrower', 'wider', 'undecided', 'accepted'] as const;

/** Whether access widens, in a sentence; the counts, and what is not the same. */
function access(rows: readonly AccessRow[]): string {
  if (rows.length === 0) return '';
  const counts = tallyAccess(rows);
  const table = (['access', 'transport'] as const)
    .map(
      (aspect) =>
        `<tr><td>${aspect}</td>${accessVerdicts.map((one) => `<td class="number">${counts[aspect][one]}</td>`).join('')}</tr>`,
    )
    .join('');
  const rank = (row: AccessRow): number => ['wider', 'undecided', 'narrower', 'same'].indexOf(row.verdict);
  const others = rows.filter(({ verdict }) => verdict !== 'same').sort((a, b) => rank(a) - rank(b));
  const items = others
    .slice(0, mostRows)
    .map(({ aspect, workload, port, verdict, sentence, predictedBy = [], accepted }) => {
      const foretold =
        predictedBy.length === 0
          ? '<p class="blocker">No finding predicted this.</p>'
          : `<p class="muted">Predicted by ${predictedBy.map((code) => `<code>${text(code)}</code>`).join(', ')}</p>`;
      const reason = accepted === undefined ? '' : `<p class="muted">Accepted: ${text(accepted)}</p>`;
      return `<div class="finding">${mark(accepted === undefined ? verdict : 'accepted')} <span class="name">${text(workload)}:${port}</span> ${aspect}<p>${prose(sentence)}</p>${foretold}${reason}</div>`;
    });
  const heads = accessVerdicts.map((one) => `<th class="number">${mark(one)}</th>`).join('');
  return `<h2>Access</h2><p>${text(answerOf(counts))}</p><table class="narrow"><thead><tr><th>Aspect</th>${heads}</tr></thead><tbody>${table}</tbody></table>${items.join('')}${more(others.length - mostRows, 'verdicts')}`;
}

/**
 * The report as one page without scripts or outside parts; everything from the input is text in it. Prints well.
 * Of very long lists it shows the beginning and says how many entries follow in the JSON.
 */
export function renderReportPage(report: Report): string {
  const { summary, target } = report;
  const outcomes = Object.entries(summary.outcomes)
    .map(([outcome, count]) => `<tr><td>${mark(outcome)}</td><td class="number">${count}</td></tr>`)
    .join('');
  const skipped = report.sources.flatMap(({ file, skipped: list }) => list.map((one) => ({ ...one, file })));
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Istio to Kong Mesh ${text(target)}: report</title><style>${style}</style></head><body>
<h1>Istio to Kong Mesh ${text(target)}</h1>
<p>${text(answer(report))}</p>${report.pseudonyms ? `<p class="muted">${text(pseudonymNote)}</p>` : ''}
<h2>Fields</h2><table class="narrow"><thead><tr><th>Outcome</th><th class="number">Fields</th></tr></thead><tbody>${outcomes}</tbody></table>
${report.equivalence === undefined ? '' : behaviour(report.equivalence.filter((row) => !isAccessRow(row)))}${report.equivalence === undefined ? '' : access(report.equivalence.filter(isAccessRow))}
<h2 class="chapter">Findings</h2>${findings(report.diagnostics) || `<p class="muted">No findings. ${summary.fields} fields checked.</p>`}
${section(report.resources, resources)}
<h2 class="chapter">Every field</h2>${entries(report.ledger) || '<p class="muted">The input holds no Istio resource.</p>'}
${report.context.length === 0 ? '' : `<h2>Istio's labels and annotations elsewhere</h2>${entries(report.context)}`}
${section(skipped, leftOut)}
</body></html>
`;
}
