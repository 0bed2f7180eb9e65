import { textOf } from './content/index.ts';
import { outline } from './content/outline.ts';
import { pitfalls } from './content/pitfalls.ts';
import type { Part } from './content/section.ts';
import type { StatusRow } from './content/status.ts';
import { tasks } from './content/tasks.ts';
import { commandText } from './names.ts';
import type { GuideEntry } from './search.ts';

function textsOf(part: Part): readonly string[] {
  switch (part.kind) {
    case 'text':
      return [part.title ?? '', part.text];
    case 'list':
      return [part.title ?? '', ...part.items];
    case 'compare':
      return part.rows.map(([aspect, istio, kong]) => `${aspect}: Istio: ${istio} Kong Mesh: ${kong}`);
    case 'figures':
      return [part.title, part.measured, ...part.rows.map((row) => row.join(' '))];
    case 'claims':
      return part.claims.flatMap(({ said, found }) => [said, found]);
    default:
      return [];
  }
}

const plain = (texts: readonly string[]): string =>
  texts
    .filter(Boolean)
    .join(' ')
    .replace(/`|\n+/g, (mark) => (mark === '`' ? '' : ' '));

/** Everything that can be found: sections, commands, pitfalls, what is translated, and codes. */
export function guideEntries(
  status: readonly StatusRow[],
  codes: readonly { readonly code: string; readonly title: string }[],
): GuideEntry[] {
  return [
    ...outline.map(({ id, title, chapter }): GuideEntry => {
      const text = textOf(id);
      return {
        section: id,
        title,
        where: chapter,
        text: plain([text?.lead ?? '', ...(text?.parts ?? []).flatMap(textsOf)]),
      };
    }),
    ...tasks.map(
      ({ id, title, istio, kong, note = '' }): GuideEntry => ({
        section: 'commands',
        anchor: id,
        title,
        where: 'Commands',
        text: plain([...istio, ...kong].map((command) => commandText(command.text, {})).concat(note)),
      }),
    ),
    ...pitfalls.map(
      ({ id, title, text, also = '' }): GuideEntry => ({
        section: 'pitfalls',
        anchor: id,
        title,
        where: 'Pitfalls',
        text: plain([text, also]),
      }),
    ),
    ...status.map(
      ({ istio, kong, forms }, index): GuideEntry => ({
        section: 'mapping',
        anchor: `row-${index + 1}`,
        title: plain([istio]),
        where: 'What becomes of each kind',
        text: plain([kong, forms]),
      }),
    ),
    ...codes.map(({ code, title }): GuideEntry => ({ code, title: `${code} ${title}`, where: 'Codes', text: title })),
  ];
}
