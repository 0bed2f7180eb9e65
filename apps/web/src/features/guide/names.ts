import { type NameKey, nameWords } from './content/tasks.ts';

export type Names = Readonly<Partial<Record<NameKey, string>>>;

/** A piece of a command: as it is, a name of the estate, or a placeholder for the reader. */
export interface CommandPiece {
  readonly kind: 'text' | 'name' | 'open';
  readonly text: string;
}

const pattern = new RegExp(`\\{(${Object.keys(nameWords).join('|')})\\}|<[a-z-]+>`, 'g');

/** Names that Kubernetes takes. Anything else could mean something to a shell, and stays a placeholder. */
export const isName = (text: string): boolean => /^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/.test(text);

/** A command with the names that are known; `<service>` and the like where one is not, or is none for a shell. */
export function piecesOfCommand(template: string, names: Names): CommandPiece[] {
  const pieces: CommandPiece[] = [];
  let at = 0;
  for (const match of template.matchAll(pattern)) {
    if (match.index > at) pieces.push({ kind: 'text', text: template.slice(at, match.index) });
    at = match.index + match[0].length;
    const key = match[1] as NameKey | undefined;
    const name = key === undefined ? undefined : names[key];
    if (key === undefined) pieces.push({ kind: 'open', text: match[0] });
    else if (name !== undefined && isName(name)) pieces.push({ kind: 'name', text: name });
    else pieces.push({ kind: 'open', text: `<${nameWords[key]}>` });
  }
  if (at < template.length) pieces.push({ kind: 'text', text: template.slice(at) });
  return pieces;
}

export const commandText = (template: string, names: Names): string =>
  piecesOfCommand(template, names)
    .map(({ text }) => text)
    .join('');
