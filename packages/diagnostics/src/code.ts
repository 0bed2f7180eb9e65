import type { At, Diagnostic, Severity } from './diagnostic.ts';

/** One entry of the registry: everything that can be said about a kind of finding, as data. */
export interface Code<Message extends string = string, Help extends string = string> {
  /** `ISTHMUS-<AREA>-<NNN>`; never reused. */
  readonly code: string;
  readonly severity: Severity;
  /** A few words for lists. */
  readonly title: string;
  /** What was found, what was expected, what follows for traffic; `{name}` is replaced by the parameter of that name. */
  readonly message: Message;
  /** What to do. */
  readonly help: Help;
  /** The page of the rule: why it exists, with the source of each fact about a mesh. Markdown, one or two paragraphs. */
  readonly explanation: string;
  /** Input that leads to this finding, as documentation. */
  readonly example?: string;
}

type Placeholders<Text extends string> = Text extends `${string}{${infer Name}}${infer Rest}`
  ? Name | Placeholders<Rest>
  : never;

/** The values that the templates of a code need. */
export type Parameters<C extends Code> = { readonly [Name in Placeholders<C['message'] | C['help']>]: string | number };

const placeholder = /\{([A-Za-z]+)\}/;

const known = new Map<string, readonly string[]>();

/** The texts of a template and, between each two of them, the name of a parameter. There are no more templates than codes have. */
function partsOf(template: string): readonly string[] {
  const before = known.get(template);
  if (before !== undefined) return before;
  const parts = template.split(placeholder);
  known.set(template, parts);
  return parts;
}

function fill(template: string, parameters: Readonly<Record<string, string | number>>): string {
  const parts = partsOf(template);
  let filled = parts[0] as string;
  for (let index = 1; index < parts.length; index += 2) {
    const name = parts[index] as string;
    filled += `${parameters[name] ?? `{${name}}`}${parts[index + 1]}`;
  }
  return filled;
}

/** Keeps the literal types of the templates, so that `diagnose` knows which parameters they need. */
export function defineCodes<const Codes extends Readonly<Record<string, Code>>>(codes: Codes): Codes {
  return codes;
}

/** Makes a diagnostic of a code; text from the user's input arrives in `parameters` and stays plain text. */
export function diagnose<C extends Code>(code: C, parameters: Parameters<C>, at: At): Diagnostic {
  return {
    code: code.code,
    severity: code.severity,
    message: fill(code.message, parameters),
    help: fill(code.help, parameters),
    ...at,
  };
}
