import type { Context } from '../context.ts';

/** Translates every resource of a kind in an estate. */
export type Translator = (context: Context) => void;

/** All translators, by kind; each adds to the context what it emits and what it says of each field. */
export const translators: readonly Translator[] = [];
