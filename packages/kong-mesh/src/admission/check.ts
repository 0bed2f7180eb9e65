import { isMap, type Json, type JsonObject, type Violation } from '@isthmus/kubernetes';
import { isKumaIdentifier } from '../policies/common/names.ts';
import type { GoTypes, Refusal, Report, ResourceRules } from '../policies/common/resource.ts';
import { rulesOf } from '../policies/index.ts';
import { type KindSchema, schemaOf } from '../schema/schemas.ts';
import { unknownFields } from '../schema/unknown-fields.ts';
import type { TargetVersion } from '../version.ts';
import { decodeSpec } from './decode.ts';
import { computeLabels, isLocal, type Labels, labelsOf, originOf } from './labels.ts';
import { checkMetadata, unknownMetadata } from './metadata.ts';
import { findPolicyRole, type PolicyRole } from './role.ts';

/** What the control plane of a version answers to a resource. */
export type Admission =
  | {
      readonly accepted: true;
      /** Labels that the control plane adds or overwrites, by key. */
      readonly labels: Readonly<Record<string, string>>;
    }
  | {
      readonly accepted: false;
      /** `schema`: the API server; `webhook`: Kuma. */
      readonly by: 'schema' | 'webhook';
      /** Never empty. */
      readonly violations: readonly Refusal[];
    };

export interface AdmissionOptions {
  /** Namespace of the control plane; unless it is given, those of both products count: `kong-mesh-system` and `kuma-system`. */
  readonly systemNamespace?: string;
  /** Name of the zone; `default` unless it is given. */
  readonly zone?: string;
}

/** Where a resource would come to lie. */
interface Place {
  readonly namespace: string;
  readonly system: boolean;
  readonly zone: string;
}

const systemNamespaces: readonly string[] = ['kong-mesh-system', 'kuma-system'];

function placeOf(object: JsonObject, { systemNamespace, zone = 'default' }: AdmissionOptions): Place {
  const given = isMap(object.metadata) ? object.metadata.namespace : undefined;
  const namespace = typeof given === 'string' && given !== '' ? given : 'default';
  const system = systemNamespace === undefined ? systemNamespaces.includes(namespace) : namespace === systemNamespace;
  return { namespace, system, zone };
}

/** Kinds of Kong Mesh that Kuma has not: their Go types are not known beyond the schema. */
const unknownTypes: GoTypes = { integer: 'int64' };

const refuse = (by: 'schema' | 'webhook', violations: readonly Refusal[]): Admission => ({
  accepted: false,
  by,
  violations,
});

/** Whether the schema has nothing against what is given. It knows every field then, since it says of each what it is. */
function fits(content: JsonObject, { check }: KindSchema): boolean {
  const found: Violation[] = [];
  check(content, [], found);
  return found.length === 0;
}

/** The role of a policy, and what Kuma's defaulting webhook refuses besides wrong types. */
function checkPlacement(
  labels: Labels,
  spec: JsonObject,
  rules: ResourceRules,
  { namespace, system }: Place,
  version: TargetVersion,
): { role: PolicyRole | undefined; refusal: Refusal | undefined } {
  if (rules.systemOnly === true && !system)
    return {
      role: undefined,
      refusal: { path: 'metadata.namespace', message: `${rules.kind} belongs in the namespace of the control plane` },
    };
  if (!rules.policy || !isLocal(labels, version)) return { role: undefined, refusal: undefined };
  const found = findPolicyRole(spec, namespace, system, version);
  return {
    role: found.role,
    refusal: found.role === undefined ? { path: 'spec.to', message: found.refusal } : undefined,
  };
}

function checkLabels(labels: Labels, rules: ResourceRules, version: TargetVersion, report: Report): void {
  const { 'kuma.io/mesh': mesh = 'default' } = labels;
  const origin = originOf(labels) ?? 'zone';
  if (!rules.meshless && !isKumaIdentifier(mesh))
    report('mesh', 'it must be the name of a mesh', 'metadata.labels["kuma.io/mesh"]');
  if (version !== '3.0' && origin !== 'zone' && origin !== 'global')
    report('labels["kuma.io/origin"]', 'it must be zone or global', 'metadata.labels["kuma.io/origin"]');
}

const givenRole = (labels: Labels): PolicyRole => (labels['kuma.io/policy-role'] as PolicyRole | undefined) ?? 'system';

/**
 * Whether the control plane of a version would admit a resource, with strict field validation, on Kubernetes in a zone
 * without a global control plane. The answer is that of the first stage that refuses (routing.md 2.0):
 *
 * 1. fields that the schema does not know;
 * 2. Kuma's defaulting webhook: values that its Go types cannot hold, kinds outside their namespace, mixed roles;
 * 3. the schema, applied to what the webhook has written back;
 * 4. Kuma's validating webhook: the rules of `policies/`.
 *
 * Not judged: whether the mesh and what is referred to exist. A kind that the version lacks is a violation of `kind`.
 */
export function checkAdmission(object: JsonObject, version: TargetVersion, options: AdmissionOptions = {}): Admission {
  const { apiVersion, kind, metadata, ...content } = object;
  const known =
    typeof apiVersion === 'string' && typeof kind === 'string' ? schemaOf(apiVersion, kind, version) : undefined;
  if (known === undefined)
    return refuse('schema', [{ path: 'kind', message: `Kong Mesh ${version} has no such kind` }]);

  const found: Refusal[] = [];
  const report: Report = (path, message, at) => found.push({ path, message, ...(at === undefined ? {} : { at }) });
  const fitsSchema = fits(content, known);
  const unknown = [...unknownMetadata(object), ...(fitsSchema ? [] : unknownFields(content, known.schema))];
  for (const { path, at } of unknown) report(path, 'the schema knows no such field', path === at ? undefined : at);
  if (found.length > 0) return refuse('schema', found);

  const rules = rulesOf(kind as string);
  const labels = labelsOf(object);
  const place = placeOf(object, options);
  const specSchema = known.schema.properties?.spec ?? {};
  const decoded =
    specSchema.properties === undefined
      ? content.spec
      : decodeSpec(content.spec ?? {}, specSchema, rules?.go ?? unknownTypes, report);
  if (found.length > 0) return refuse('webhook', found);

  const spec = isMap(decoded) ? decoded : {};
  const placement = rules === undefined ? undefined : checkPlacement(labels, spec, rules, place, version);
  if (placement?.refusal !== undefined) return refuse('webhook', [placement.refusal]);

  checkMetadata(object, report);
  // Most specs come back as they are, and need no second look.
  if (decoded !== content.spec) known.check({ ...content, spec: decoded as Json }, [], found);
  else if (!fitsSchema) known.check(content, [], found);
  if (found.length > 0) return refuse('schema', found);
  if (rules === undefined) return { accepted: true, labels: {} };

  checkLabels(labels, rules, version, report);
  if (found.length === 0) {
    const name = isMap(metadata) && typeof metadata.name === 'string' ? metadata.name : '';
    rules.validate(spec, { version, name, role: placement?.role ?? givenRole(labels), report });
  }
  if (found.length > 0) return refuse('webhook', found);
  return { accepted: true, labels: computeLabels(labels, rules, placement?.role, place, version) };
}

/**
 * The role that a policy has in the namespace it stands in; undefined where it has none, because its kind is no policy or
 * because admission refuses the mixture.
 */
export function policyRole(
  object: JsonObject,
  systemNamespace: string,
  version: TargetVersion,
): PolicyRole | undefined {
  const { kind, spec } = object;
  if (typeof kind !== 'string' || rulesOf(kind)?.policy !== true) return undefined;
  const { namespace, system } = placeOf(object, { systemNamespace });
  return findPolicyRole(isMap(spec) ? spec : {}, namespace, system, version).role;
}
