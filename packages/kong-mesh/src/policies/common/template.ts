/** A piece of a template: text, or the terms of an action; `calls` are its commands, joined by `|`. */
type Piece = { readonly text: string } | { readonly calls: readonly (readonly Term[])[] };

interface Term {
  readonly type: 'field' | 'string' | 'function' | 'other';
  /** The name of a field or function, or the text of a string. */
  readonly value: string;
}

class TemplateError extends Error {}

/** The functions of Go's text/template, and the one that Kuma adds. */
const functions = new Set(
  'and call html index slice js len not or print printf println urlquery eq ge gt le lt ne label'.split(' '),
);
const keywords = new Set('if else end range with define block template break continue'.split(' '));
const token =
  /\s+|(?<field>(?:\.[\p{L}_][\p{L}\p{Nd}_]*)+)|(?<name>[\p{L}_][\p{L}\p{Nd}_]*)|(?<text>"(?:[^"\\\n]|\\.)*")|`(?<raw>[^`]*)`|(?<number>[+-]?\d[\w.]*)|(?<dot>\.)|(?<pipe>\|)/uy;

function unquote(text: string): string {
  try {
    return JSON.parse(text) as string;
  } catch {
    throw new TemplateError(`the string ${text} has an escape that is not understood here`);
  }
}

function termOf({ field, name, text, raw, number }: Record<string, string | undefined>): Term {
  if (field !== undefined) return { type: 'field', value: field };
  if (text !== undefined) return { type: 'string', value: unquote(text) };
  if (raw !== undefined) return { type: 'string', value: raw };
  if (number !== undefined && !/^[+-]?\d+(?:\.\d+)?$/.test(number)) throw new TemplateError(`${number} is no number`);
  if (name === undefined) return { type: 'other', value: number ?? '.' };
  if (keywords.has(name)) throw new TemplateError(`{{ ${name} }} is not understood here`);
  if (['true', 'false', 'nil'].includes(name)) return { type: 'other', value: name };
  if (!functions.has(name)) throw new TemplateError(`there is no function ${name}; a field begins with a dot`);
  return { type: 'function', value: name };
}

function parseAction(action: string): readonly (readonly Term[])[] {
  const calls: Term[][] = [[]];
  let spaced = true;
  token.lastIndex = 0;
  while (token.lastIndex < action.length) {
    const start = token.lastIndex;
    const match = token.exec(action);
    if (match?.groups === undefined)
      throw new TemplateError(`{{ ${action.trim()} }} is not understood at ${action.slice(start).trim()}`);
    const { groups } = match;
    if (Object.values(groups).every((one) => one === undefined)) spaced = true;
    else if (groups.pipe !== undefined) {
      calls.push([]);
      spaced = true;
    } else {
      if (!spaced) throw new TemplateError(`{{ ${action.trim()} }} needs a space before ${match[0]}`);
      (calls.at(-1) as Term[]).push(termOf(groups));
      spaced = false;
    }
  }
  for (const [index, [first]] of calls.entries()) {
    if (first === undefined) throw new TemplateError(`{{ ${action.trim()} }} lacks a value`);
    if (first.value === 'nil' || (index > 0 && first.type !== 'function' && first.type !== 'field'))
      throw new TemplateError(`{{ ${action.trim()} }} has a command that cannot be carried out`);
  }
  return calls;
}

/** Where an action that begins at `from` ends: at `}}` outside of quotes. */
function endOf(text: string, from: number): number {
  const end = /"(?:[^"\\\n]|\\.)*"|`[^`]*`|\}\}|["`]/g;
  end.lastIndex = from;
  for (let match = end.exec(text); match !== null; match = end.exec(text)) {
    if (match[0] === '}}') return match.index;
    if (match[0].length === 1) break;
  }
  throw new TemplateError('a {{ or a quote in it is not closed');
}

function endOfComment(text: string, from: number): number {
  const end = text.indexOf('*/', from);
  const rest = end < 0 ? '' : text.slice(end + 2);
  if (rest.startsWith('}}')) return end + 2;
  if (/^\s-\}\}/.test(rest)) return end + 4;
  throw new TemplateError('a comment must fill its {{ }}');
}

function parseTemplate(template: string): Piece[] {
  const pieces: Piece[] = [];
  let rest = template;
  for (;;) {
    const open = rest.indexOf('{{');
    if (open < 0) break;
    const trimsBefore = /^\{\{-\s/.test(rest.slice(open));
    const before = rest.slice(0, open);
    pieces.push({ text: trimsBefore ? before.trimEnd() : before });
    const from = open + (trimsBefore ? 3 : 2);
    const isComment = rest.startsWith(trimsBefore ? ' /*' : '/*', from);
    const close = isComment ? endOfComment(rest, from) : endOf(rest, from);
    const action = rest.slice(from, close);
    const trimsAfter = /\s-$/.test(action);
    if (!isComment) pieces.push({ calls: parseAction(trimsAfter ? action.slice(0, -1) : action) });
    rest = rest.slice(close + 2);
    if (trimsAfter) rest = rest.trimStart();
  }
  return [...pieces, { text: rest }];
}

/**
 * Why Go's text/template, with the function `label` besides its own, would not parse a template; undefined where it would.
 * Conditions, loops, variables and parentheses are problems here although Go knows them, since no name needs them.
 */
export function templateProblem(template: string): string | undefined {
  try {
    parseTemplate(template);
    return undefined;
  } catch (error) {
    if (error instanceof TemplateError) return `it must be a template: ${error.message}`;
    throw error;
  }
}

/**
 * What a template gives for the fields and the function `label`; undefined where it would fail, or asks for more than
 * fields, labels and texts. The template must parse.
 */
export function renderTemplate(
  template: string,
  fields: Readonly<Record<string, string>>,
  label: (name: string) => string,
): string | undefined {
  let result = '';
  for (const piece of parseTemplate(template)) {
    if ('text' in piece) {
      result += piece.text;
      continue;
    }
    let value: string | undefined;
    for (const [index, [first, ...given]] of piece.calls.entries()) {
      const values = given.map((term) => valueOfTerm(term, fields));
      if (index > 0) values.push(value);
      if (first?.type === 'function' && first.value === 'label' && values.length === 1 && values[0] !== undefined)
        value = label(values[0]);
      else if (first !== undefined && values.length === 0) value = valueOfTerm(first, fields);
      else value = undefined;
      if (value === undefined) return undefined;
    }
    result += value;
  }
  return result;
}

function valueOfTerm({ type, value }: Term, fields: Readonly<Record<string, string>>): string | undefined {
  if (type === 'string') return value;
  const name = value.slice(1);
  return type === 'field' && Object.hasOwn(fields, name) ? fields[name] : undefined;
}
