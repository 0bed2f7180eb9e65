import { edges } from './edges.ts';
import { meshes } from './meshes.ts';
import { migration } from './migration.ts';
import { proxies } from './proxies.ts';
import { scale } from './scale.ts';
import type { SectionText } from './section.ts';
import { security } from './security.ts';

const texts: Readonly<Record<string, SectionText>> = {
  ...meshes,
  ...security,
  ...edges,
  ...proxies,
  ...migration,
  ...scale,
};

/** The text of a section by its id; undefined where there is none. */
export const textOf = (id: string): SectionText | undefined => (Object.hasOwn(texts, id) ? texts[id] : undefined);
