import {
  type Checker,
  compileSchema,
  isMap,
  type JsonObject,
  type StructuralSchema,
  type Violation,
} from '@isthmus/kubernetes';
import { checkRules } from '../validate/rules.ts';
import { schemas as gatewayApi } from './generated/gateway-api.ts';
import { schemas as kong } from './generated/kong.ts';

const texts: Readonly<Record<string, string>> = { ...gatewayApi, ...kong };
const compiled = new Map<string, Checker>();

function checkerOf(key: string): Checker | undefined {
  const known = compiled.get(key);
  if (known !== undefined) return known;
  const text = texts[key];
  if (text === undefined) return undefined;
  const checker = compileSchema(JSON.parse(text) as StructuralSchema);
  compiled.set(key, checker);
  return checker;
}

/** The schema of a kind, without `apiVersion`, `kind` and `metadata`; undefined where there is no such kind. */
export function edgeSchemaOf(apiVersion: string, kind: string): StructuralSchema | undefined {
  const key = `${apiVersion}/${kind}`;
  return Object.hasOwn(texts, key) ? (JSON.parse(texts[key] as string) as StructuralSchema) : undefined;
}

/** Whether an API group is one of the edge: Gateway API or Kong's own kinds. */
export function isEdgeGroup(group: string): boolean {
  return group === 'gateway.networking.k8s.io' || group === 'configuration.konghq.com';
}

/**
 * What the API server would refuse in a resource of Gateway API 1.6 or of Kong's ingress controller 3.5 under strict field
 * validation, rules in CEL included as far as Isthmus can run into them; empty where it would accept. A kind or version
 * that the two lack is a violation of `kind`.
 */
export function checkEdgeResource(object: JsonObject): Violation[] {
  const { apiVersion, kind, metadata, ...rest } = object;
  const checker =
    typeof apiVersion === 'string' && typeof kind === 'string' ? checkerOf(`${apiVersion}/${kind}`) : undefined;
  if (checker === undefined) return [{ path: 'kind', message: 'Gateway API 1.6 and Kong have no such kind' }];
  const found: Violation[] = [];
  if (!isMap(metadata) || typeof metadata.name !== 'string')
    found.push({ path: 'metadata.name', message: 'it is required' });
  checker(rest, [], found);
  if (found.length === 0) checkRules(object, found);
  return found;
}

/** The kinds that can be emitted, `<group>/<version>/<Kind>`, sorted. */
export function edgeKinds(): string[] {
  return Object.keys(texts).sort();
}
