import type { Workbench } from '@isthmus/contract';

type SourceDocument = Workbench['before'][number];

/** A document within the text of the left pane. */
export interface Section {
  /** Index into the workbench's `before`. */
  readonly document: number;
  /** Line of its heading; its own lines follow. */
  readonly heading: number;
  readonly lastLine: number;
}

/** All documents as one text, so that one can read, search and scroll through them. */
export interface SourceText {
  readonly text: string;
  readonly sections: readonly Section[];
}

/** `Kind namespace/name`, as resources are called everywhere. */
export const nameOf = ({ kind, namespace, name }: SourceDocument['resource']): string =>
  `${kind} ${namespace === '' ? name : `${namespace}/${name}`}`;

const oneLine = (text: string): string => text.replace(/\s+/g, ' ');

// A document marker with a comment: what is copied out of the pane is YAML, whatever names hold.
const headingOf = ({ resource, file, line, rewritten }: SourceDocument): string =>
  oneLine(`--- # ${nameOf(resource)} · ${file}:${line}${rewritten ? ' · written anew as YAML' : ''}`);

/** Joins the documents under headings; only those of `shown` where it is given. */
export function joinDocuments(documents: readonly SourceDocument[], shown?: ReadonlySet<number>): SourceText {
  const lines: string[] = [];
  const sections: Section[] = [];
  for (const [document, source] of documents.entries()) {
    if (shown !== undefined && !shown.has(document)) continue;
    lines.push(headingOf(source));
    const heading = lines.length;
    for (const line of source.text.replace(/\n$/, '').split('\n')) lines.push(line);
    sections.push({ document, heading, lastLine: lines.length });
  }
  return { text: lines.join('\n'), sections };
}

/** The section that a line of the joined text belongs to. */
export function sectionAt(sections: readonly Section[], line: number): Section | undefined {
  let low = 0;
  let high = sections.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sections[middle] as Section).heading <= line) low = middle + 1;
    else high = middle;
  }
  return sections[low - 1];
}

/** The number beside a line of the joined text: the one that it has in its file; headings have none. */
export function numberOf(source: SourceText, documents: readonly SourceDocument[], line: number): string {
  const section = sectionAt(source.sections, line);
  const document = section && documents[section.document];
  if (section === undefined || document === undefined || line === section.heading) return '';
  return String(document.line + line - section.heading - 1);
}
