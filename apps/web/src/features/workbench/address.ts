import type { Workbench } from '@isthmus/contract';
import type { WorkbenchSubject } from '../../api/queries.ts';
import type { Search } from '../../ui/search.ts';
import type { Outcome } from '../../ui/status.tsx';
import type { Place } from './links.ts';
import { readOutcomes } from './outcomes.ts';
import { type SourceText, sectionAt } from './source-text.ts';

type Named = { readonly resource: Workbench['before'][number]['resource'] };

/** What is shown; undefined where nothing is chosen. Of several the first of service, resource, namespace counts. */
export function readSubject({ service, resource, namespace }: Search): WorkbenchSubject | undefined {
  if (service !== undefined) return { service };
  if (resource !== undefined && /^\d{1,9}$|^[^/]+\/[^/]*\/./.test(resource)) return { resource };
  return namespace === undefined ? undefined : { namespace };
}

/** Names as an address can tell them apart: with `#2` for the second of one name. */
function numbered(names: readonly string[]): string[] {
  const seen = new Map<string, number>();
  return names.map((name) => {
    const count = (seen.get(name) ?? 0) + 1;
    seen.set(name, count);
    return count === 1 ? name : `${name}#${count}`;
  });
}

/** Names of documents for addresses: `Kind/namespace/name`. */
export const documentKeys = (documents: readonly Named[]): string[] =>
  numbered(documents.map(({ resource: { kind, namespace, name } }) => `${kind}/${namespace}/${name}`));

/** Names of findings for addresses: the code, the document and the path, as far as a finding has them, so that links outlast imports. */
export function findingKeys({ before, findings }: Pick<Workbench, 'before' | 'findings'>): string[] {
  const documents = documentKeys(before);
  return numbered(
    findings.map(({ diagnostic: { code, path }, document }) =>
      [code, document === undefined ? undefined : documents[document], path]
        .filter((part) => part !== undefined)
        .join(':'),
    ),
  );
}

/** What stands under the panes. */
export const lists = ['findings', 'unmatched', 'overrides', 'simulator'] as const;
export type List = (typeof lists)[number];

/** What the lists may take of the height, in percent; less is folded away. */
export const dockRange = { least: 15, most: 80 } as const;

const usualDock: Readonly<Record<List, number>> = { findings: 30, unmatched: 30, overrides: 30, simulator: 46 };

function readDock(text: string | undefined, list: List): number {
  if (text === 'closed') return 0;
  return /^\d{1,2}$/.test(text ?? '')
    ? Math.min(Math.max(Number(text), dockRange.least), dockRange.most)
    : usualDock[list];
}

/** What an address says of how the subject is looked at. Places that are not there (a new import) are left out. */
export interface View {
  readonly place?: Place;
  /** Index of the open tab. */
  readonly tab?: number;
  readonly shown?: ReadonlySet<Outcome>;
  /** Index into the workbench's findings. */
  readonly finding?: number;
  readonly list: List;
  /** How much of the height the lists take, in percent; 0 where they are folded away. */
  readonly dock: number;
  /** Whether accepted findings are shown beside the open ones. */
  readonly isAcceptedShown: boolean;
  readonly top: 'before' | 'after';
  readonly isScrollingTogether: boolean;
}

/** Writes a place as `before:Kind/namespace/name:line:column`, with the line that it has in its document. */
export function writePlace(place: Place, workbench: Workbench, source: SourceText): string | undefined {
  const { line, column } = place;
  if (place.side === 'after') {
    const key = documentKeys(workbench.after)[place.document];
    return key === undefined ? undefined : `after:${key}:${line}:${column}`;
  }
  const section = sectionAt(source.sections, line);
  const key = section && documentKeys(workbench.before)[section.document];
  return section === undefined || key === undefined ? undefined : `before:${key}:${line - section.heading}:${column}`;
}

function readPlace(text: string | undefined, workbench: Workbench, source: SourceText): Place | undefined {
  const match = /^(before|after):(.*):(\d{1,9}):(\d{1,9})$/s.exec(text ?? '');
  if (match === null) return undefined;
  const [, side, key = ''] = match;
  const line = Number(match[3]);
  const column = Number(match[4]);
  if (side === 'after') {
    const document = documentKeys(workbench.after).indexOf(key);
    return document === -1 ? undefined : { side, document, line, column };
  }
  const document = documentKeys(workbench.before).indexOf(key);
  const section = source.sections.find((one) => one.document === document);
  if (section === undefined) return undefined;
  return { side: 'before', line: Math.min(section.heading + line, section.lastLine), column };
}

/** The first field at or under a path: for links from places that know no more than `spec.http[0].rewrite`. */
function placeOfField(path: string | undefined, workbench: Workbench, source: SourceText): Place | undefined {
  if (path === undefined) return undefined;
  const isUnder = (one: string): boolean => one.startsWith(path) && /^(?:$|[.[])/.test(one.slice(path.length));
  for (const { document, heading } of source.sections) {
    const field = workbench.fields.find((one) => one.document === document && isUnder(one.path));
    if (field?.span !== undefined)
      return { side: 'before', line: heading + field.span.line, column: field.span.keyColumn };
  }
  return undefined;
}

/** Where a finding stands; undefined where its document is not shown. */
function placeOfFinding(index: number | undefined, workbench: Workbench, source: SourceText): Place | undefined {
  const found = index === undefined ? undefined : workbench.findings[index];
  const section = source.sections.find(({ document }) => document === found?.document);
  if (found?.diagnostic.line === undefined || section === undefined) return undefined;
  const { line, column = 1 } = found.diagnostic;
  return { side: 'before', line: Math.min(section.heading + line, section.lastLine), column };
}

/** Reads how the subject is looked at: the cursor is at `at`, else at `field`, else at the open finding. */
export function readView(search: Search, workbench: Workbench, source: SourceText): View {
  const named = search.finding === undefined ? -1 : findingKeys(workbench).indexOf(search.finding);
  const finding = named === -1 ? undefined : named;
  const place =
    readPlace(search.at, workbench, source) ??
    placeOfField(search.field, workbench, source) ??
    placeOfFinding(finding, workbench, source);
  const tab = search.tab === undefined ? -1 : documentKeys(workbench.after).indexOf(search.tab);
  const shown = readOutcomes(search.show);
  const list = lists.find((one) => one === search.list) ?? 'findings';
  return {
    ...(place === undefined ? {} : { place }),
    ...(tab === -1 ? {} : { tab }),
    ...(shown === undefined ? {} : { shown }),
    ...(finding === undefined ? {} : { finding }),
    list,
    dock: readDock(search.dock, list),
    isAcceptedShown: search.accepted === 'shown',
    top: search.top === 'after' ? 'after' : 'before',
    isScrollingTogether: search.scroll !== 'apart',
  };
}
