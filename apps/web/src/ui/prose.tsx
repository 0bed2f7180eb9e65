import { Fragment, type ReactNode } from 'react';

/** One piece of a line: plain, code between backticks, or the name of a place that a value fills. */
export interface Piece {
  readonly kind: 'text' | 'code' | 'placeholder';
  readonly text: string;
}

/** Splits a line at `code` and, in templates, at {placeholders}. A backtick without a partner is a character. */
export function piecesOf(line: string, isTemplate: boolean): Piece[] {
  const pieces: Piece[] = [];
  const pattern = isTemplate ? /`([^`]+)`|\{([A-Za-z]+)\}/g : /`([^`]+)`/g;
  let at = 0;
  for (const match of line.matchAll(pattern)) {
    if (match.index > at) pieces.push({ kind: 'text', text: line.slice(at, match.index) });
    pieces.push(
      match[1] === undefined ? { kind: 'placeholder', text: match[2] ?? '' } : { kind: 'code', text: match[1] },
    );
    at = match.index + match[0].length;
  }
  if (at < line.length) pieces.push({ kind: 'text', text: line.slice(at) });
  return pieces;
}

const render = ({ kind, text }: Piece): ReactNode =>
  kind === 'code' ? <code>{text}</code> : kind === 'placeholder' ? <var>{text}</var> : text;

/** The small Markdown of findings and rules: paragraphs and `code`. It becomes elements with text, never markup. */
export function Prose({ text, isTemplate = false }: { text: string; isTemplate?: boolean }) {
  return text.split(/\n{2,}/).map((paragraph, number) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: a text is drawn anew as a whole
    <p key={number}>
      <Line text={paragraph} isTemplate={isTemplate} />
    </p>
  ));
}

/** One line of such text, to stand within another element. */
export function Line({ text, isTemplate = false }: { text: string; isTemplate?: boolean }) {
  return piecesOf(text, isTemplate).map((piece, number) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: a text is drawn anew as a whole
    <Fragment key={number}>{render(piece)}</Fragment>
  ));
}
