import {
  type Checker,
  compileSchema,
  isMap,
  type JsonObject,
  type StructuralSchema,
  type Violation,
} from '@isthmus/kubernetes';
import type { TargetVersion } from '../version.ts';
import { schemas as v213 } from '../versions/generated/2.13.ts';
import { schemas as v214 } from '../versions/generated/2.14.ts';
import { schemas as v300 } from '../versions/generated/3.0.ts';

const texts: Readonly<Record<TargetVersion, Readonly<Record<string, string>>>> = {
  '2.13': v213,
  '2.14': v214,
  '3.0': v300,
};
const compiled = new Map<string, Checker>();

function checkerOf(apiVersion: string, kind: string, version: TargetVersion): Checker | undefined {
  const key = `${apiVersion}/${kind}`;
  const text = texts[version][key];
  if (text === undefined) return undefined;
  const known = compiled.get(`${version} ${key}`);
  if (known !== undefined) return known;
  const checker = compileSchema(JSON.parse(text) as StructuralSchema);
  compiled.set(`${version} ${key}`, checker);
  return checker;
}

/**
 * What the API server would refuse in a Kong Mesh resource under strict field validation, by the schemas that the version
 * brings; empty where it would accept. A kind that the version lacks is a violation of `kind`.
 */
export function checkSchema(object: JsonObject, version: TargetVersion): Violation[] {
  const { apiVersion, kind } = object;
  const checker =
    typeof apiVersion === 'string' && typeof kind === 'string' ? checkerOf(apiVersion, kind, version) : undefined;
  if (checker === undefined) return [{ path: 'kind', message: `Kong Mesh ${version} has no such kind` }];
  const found: Violation[] = [];
  const { apiVersion: _, kind: __, metadata, ...rest } = object;
  if (!isMap(metadata) || typeof metadata.name !== 'string')
    found.push({ path: 'metadata.name', message: 'it is required' });
  checker(rest, '', found);
  return found;
}

/** The kinds that a version has a schema for, `<group>/<version>/<Kind>`, sorted. */
export function kindsOf(version: TargetVersion): string[] {
  return Object.keys(texts[version]).sort();
}
