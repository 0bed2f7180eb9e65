import { codes, type Diagnostic, diagnose } from '@isthmus/diagnostics';
import { type Json, shortHash, stringifyJson } from '@isthmus/kubernetes';
import type { Settings } from '../settings.ts';
import type { Override } from './override.ts';
import { intended, type OverrideState } from './state.ts';

const listed = 5;

function named(paths: readonly string[]): string {
  const names = [...new Set(paths)].map((path) => (path === '' ? 'the whole resource' : path));
  const rest = names.length > listed ? ` and ${names.length - listed} more` : '';
  return `${names.slice(0, listed).join(', ')}${rest}`;
}

/** A reason as a part of a sentence. */
const phrase = (text: string): string => text.trim().replace(/\.$/, '');

const decided = { edit: 'changed it', 'leave-out': 'left it out', add: 'added it' } as const;

const who = ({ by = 'Somebody', change, reason }: Override): string => `${by} ${decided[change]}: ${phrase(reason)}`;

/** Tells one edit of a field from another, so that what was accepted of one is not taken for the other. */
const digest = (override: Override): string =>
  shortHash(stringifyJson((intended(override) ?? null) as Json, { sortKeys: true }));

/** What is to be said about overrides. */
export function findingsOf(states: readonly OverrideState[], { target }: Pick<Settings, 'target'>): Diagnostic[] {
  return states.flatMap((one) => findingsOn(one, target));
}

function findingsOn(one: OverrideState, target: string): Diagnostic[] {
  const { override } = one;
  const { kind, namespace, name, apiVersion } = override.subject;
  const what = { kind, name: namespace === '' ? name : `${namespace}/${name}`, who: who(override) };
  const at = { resource: { apiVersion, kind, namespace, name } };
  switch (one.state) {
    case 'applied': {
      const paths = named(one.paths);
      const found = [diagnose(codes.override.applied, { ...what, paths }, at)];
      if (!one.widens) return found;
      const accepted = override.acceptsWidening;
      return accepted === undefined
        ? [...found, diagnose(codes.override.widens, { ...what, paths, edit: digest(override) }, at)]
        : [...found, diagnose(codes.override.widensKnowingly, { ...what, paths, accepted: phrase(accepted) }, at)];
    }
    case 'conflict':
      return [diagnose(codes.override.conflict, { ...what, paths: named(one.conflicts.map(({ path }) => path)) }, at)];
    case 'refused': {
      const place = { path: named([one.path]), reason: one.message.replace(/\.$/, ''), version: target };
      return [diagnose(codes.override.refused, { ...what, ...place }, { ...at, path: one.path })];
    }
    case 'gone':
      return [diagnose(codes.override.gone, what, at)];
    case 'idle':
      return [diagnose(codes.override.idle, what, at)];
  }
}
