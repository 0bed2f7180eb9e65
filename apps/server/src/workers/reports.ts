import { createHmac } from 'node:crypto';
import { type Report, renderReportMarkdown, renderReportPage, reportText, underPseudonyms } from '@isthmus/bundle';
import type { ResourceForm } from '@isthmus/contract';
import type { Translation } from '@isthmus/translation';
import { csv } from './csv.ts';

/** A report in one of its forms, or which name each pseudonym in it stands for. */
export interface ReportView {
  readonly name: 'report' | 'report-page' | 'report-markdown' | 'report-names';
  /** With the verdicts of the comparison. */
  readonly verify: boolean;
  /** The form of the bundle whose files it names. */
  readonly form: ResourceForm;
  /** The key of pseudonyms, where names are to be replaced. */
  readonly key?: Uint8Array;
}

const names: ReadonlySet<string> = new Set<ReportView['name']>([
  'report',
  'report-page',
  'report-markdown',
  'report-names',
]);

export const isReport = (view: { readonly name: string }): view is ReportView => names.has(view.name);

/** The bytes of a report as it was asked for. */
export function reportBytes(report: Report, translation: Translation, { name, key }: ReportView): Uint8Array {
  const changed =
    key && underPseudonyms(report, translation, (text) => createHmac('sha256', key).update(text).digest());
  const shown = changed?.report ?? report;
  const encoder = new TextEncoder();
  switch (name) {
    case 'report':
      return encoder.encode(reportText(shown));
    case 'report-page':
      return encoder.encode(renderReportPage(shown));
    case 'report-markdown':
      return encoder.encode(renderReportMarkdown(shown));
    case 'report-names': {
      const rows = [...(changed?.names ?? [])].map(([original, pseudonym]) => [pseudonym, original] as const);
      return encoder.encode(
        csv(
          ['pseudonym', 'name'],
          rows.sort(([a], [b]) => (a < b ? -1 : 1)),
        ),
      );
    }
  }
}
