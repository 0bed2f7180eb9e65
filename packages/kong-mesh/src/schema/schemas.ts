import { type Checker, compileSchema, type StructuralSchema } from '@isthmus/kubernetes';
import type { TargetVersion } from '../version.ts';
import { schemas as v213 } from '../versions/generated/2.13.ts';
import { schemas as v214 } from '../versions/generated/2.14.ts';
import { schemas as v300 } from '../versions/generated/3.0.ts';

/** The schema of a kind in a version, without `apiVersion`, `kind` and `metadata`, and the check compiled from it. */
export interface KindSchema {
  readonly schema: StructuralSchema;
  readonly check: Checker;
}

const texts: Readonly<Record<TargetVersion, Readonly<Record<string, string>>>> = {
  '2.13': v213,
  '2.14': v214,
  '3.0': v300,
};
const known: Readonly<Record<TargetVersion, Map<string, KindSchema>>> = {
  '2.13': new Map(),
  '2.14': new Map(),
  '3.0': new Map(),
};

/** The schema of a kind, compiled once; undefined where the version has no such kind. */
export function schemaOf(apiVersion: string, kind: string, version: TargetVersion): KindSchema | undefined {
  const key = `${apiVersion}/${kind}`;
  const before = known[version].get(key);
  if (before !== undefined) return before;
  if (!Object.hasOwn(texts[version], key)) return undefined;
  const schema = JSON.parse(texts[version][key] as string) as StructuralSchema;
  const found = { schema, check: compileSchema(schema) };
  known[version].set(key, found);
  return found;
}

/** The kinds that a version has a schema for, `<group>/<version>/<Kind>`, sorted. */
export function kindsOf(version: TargetVersion): string[] {
  return Object.keys(texts[version]).sort();
}
