import { hasNameCharacters } from './names.ts';
import type { Report, Validation } from './resource.ts';

/** Any of Kuma's references to resources; 3.0 knows only `kind`, `labels` and `sectionName`. */
export interface TargetRef {
  readonly kind: string;
  readonly name?: string;
  readonly namespace?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly tags?: Readonly<Record<string, string>>;
  readonly sectionName?: string;
  readonly mesh?: string;
  readonly proxyTypes?: readonly string[];
}

export interface TargetRefOptions {
  readonly kinds: readonly string[];
  /** Whether the policy acts on inbound traffic, so that a section of a Dataplane can be meant. */
  readonly inbound?: boolean;
  /** Whether a MeshGateway can be narrowed to listeners by tags. */
  readonly listenerTags?: boolean;
  /** A name that is taken although it has other characters. */
  readonly oddName?: string;
}

type FieldName = 'name' | 'namespace' | 'labels' | 'tags' | 'sectionName' | 'mesh' | 'proxyTypes';

const isSet = (value: TargetRef[FieldName]): boolean =>
  value !== undefined &&
  (typeof value === 'string' || Array.isArray(value) ? value.length > 0 : Object.keys(value).length > 0);

function forbid(ref: TargetRef, fields: readonly FieldName[], path: string, report: Report): void {
  for (const field of fields)
    if (isSet(ref[field])) report(`${path}.${field}`, `it must not be set for the kind ${ref.kind}`);
}

/** Reports tags whose keys or values have other characters than the pattern allows, or none. */
function checkTags(tags: TargetRef['tags'], path: string, value: RegExp, report: Report): void {
  for (const [key, text] of Object.entries(tags ?? {}).sort(([a], [b]) => (a < b ? -1 : 1))) {
    const at = `${path}.tags[${JSON.stringify(key)}]`;
    if (key === '') report(`${path}.tags`, 'the name of a tag must not be empty');
    if (!/^[a-zA-Z0-9.\-_:/]*$/.test(key)) report(at, 'the name of a tag has only letters, digits and . - _ : /');
    if (text === '') report(at, 'the value of a tag must not be empty');
    if (!value.test(text)) report(at, 'the value of a tag has only letters, digits and a few signs');
  }
}

function checkProxyTypes({ proxyTypes }: TargetRef, path: string, report: Report): void {
  if (proxyTypes?.length === 0) report(`${path}.proxyTypes`, 'it must have an item, or be left out');
}

function checkSection(ref: TargetRef, path: string, inbound: boolean, report: Report): void {
  if (!inbound && isSet(ref.sectionName))
    report(`${path}.sectionName`, 'a section of a Dataplane can be meant only by a policy for inbound traffic');
}

function checkV3(ref: TargetRef, path: string, { inbound = false }: TargetRefOptions, report: Report): void {
  switch (ref.kind) {
    case 'Mesh':
      forbid(ref, ['labels', 'sectionName'], path, report);
      break;
    case 'Dataplane':
      checkSection(ref, path, inbound, report);
      break;
    default:
      if (ref.kind === 'MeshHTTPRoute' || ref.kind === 'MeshExternalService')
        forbid(ref, ['sectionName'], path, report);
      if (!isSet(ref.labels)) report(`${path}.labels`, `it must be set for the kind ${ref.kind}`);
  }
}

/** A reference by name, or by labels instead of name and namespace. */
function checkNamed(ref: TargetRef, path: string, options: TargetRefOptions, { version, report }: Validation): void {
  const { name = '', kind } = ref;
  if (name !== options.oddName && !hasNameCharacters(name))
    report(`${path}.name`, 'it has only lower-case letters, digits and - . _');
  forbid(ref, ['mesh', 'tags', 'proxyTypes'], path, report);
  if (!isSet(ref.labels) && name === '')
    report(version === '2.13' ? `${path}.name` : path, `a name or labels must be set for the kind ${kind}`);
  if (isSet(ref.labels) && (name !== '' || isSet(ref.namespace)))
    report(`${path}.labels`, 'either labels or a name and a namespace can be set');
}

function checkV2(ref: TargetRef, path: string, options: TargetRefOptions, validation: Validation): void {
  const { report } = validation;
  switch (ref.kind) {
    case 'Mesh':
      forbid(ref, ['name', 'mesh', 'tags', 'labels', 'namespace', 'sectionName'], path, report);
      checkProxyTypes(ref, path, report);
      break;
    case 'Dataplane':
      forbid(ref, ['tags', 'mesh', 'proxyTypes'], path, report);
      if (isSet(ref.labels) && (isSet(ref.name) || isSet(ref.namespace)))
        report(`${path}.labels`, 'either labels or a name and a namespace can be set');
      checkSection(ref, path, options.inbound ?? false, report);
      break;
    case 'MeshSubset':
      forbid(ref, ['name', 'mesh'], path, report);
      checkTags(ref.tags, path, /^[a-zA-Z0-9.\-_:]*$/, report);
      forbid(ref, ['labels', 'namespace', 'sectionName'], path, report);
      checkProxyTypes(ref, path, report);
      break;
    case 'MeshService':
      checkNamed(ref, path, options, validation);
      break;
    case 'MeshHTTPRoute':
    case 'MeshExternalService':
      checkNamed(ref, path, options, validation);
      forbid(ref, ['sectionName'], path, report);
      break;
    case 'MeshServiceSubset':
    case 'MeshGateway':
      if (!isSet(ref.name)) report(`${path}.name`, `it must be set for the kind ${ref.kind}`);
      if (!hasNameCharacters(ref.name ?? ''))
        report(`${path}.name`, 'it has only lower-case letters, digits and - . _');
      forbid(ref, ['mesh', 'proxyTypes'], path, report);
      checkTags(ref.tags, path, /^(?:[a-zA-Z0-9.\-_:/]*|\*)$/, report);
      if (ref.kind === 'MeshGateway' && options.listenerTags !== true) forbid(ref, ['tags'], path, report);
      forbid(ref, ['labels', 'namespace', 'sectionName'], path, report);
      break;
    default:
  }
}

/**
 * Reports what Kuma's `ValidateTargetRef` refuses (kuma, pkg/core/resources/apis/mesh/validators.go; routing.md 2.0).
 * A MeshMultiZoneService is not looked into before 3.0.
 */
export function checkTargetRef(ref: TargetRef, path: string, options: TargetRefOptions, validation: Validation): void {
  const { version, report } = validation;
  if (!options.kinds.includes(ref.kind)) report(`${path}.kind`, `it must be one of ${options.kinds.join(', ')}`);
  else if (version === '3.0') checkV3(ref, path, options, report);
  else checkV2(ref, path, options, validation);
}

export interface TopTargetRefOptions {
  /** Kinds of 2.x besides Mesh, MeshSubset and Dataplane. Default: the two kinds of services. */
  readonly services?: readonly string[];
  /** Kinds of 2.x that only system policies may name, or all may. */
  readonly system?: readonly string[];
  readonly all?: readonly string[];
  readonly inbound?: boolean;
  readonly listenerTags?: boolean;
}

/** Kinds that every policy may name, as most do: the others are listed only where another is named. */
const always = ['Mesh', 'Dataplane'];

/** Reports what is refused in the `targetRef` of a policy, which says whose traffic it is about. */
export function checkTopTargetRef(
  ref: TargetRef | undefined,
  {
    services = ['MeshService', 'MeshServiceSubset'],
    system = [],
    all = [],
    inbound = false,
    listenerTags = false,
  }: TopTargetRefOptions,
  validation: Validation,
): void {
  if (ref === undefined) return;
  const old =
    validation.version === '3.0' || always.includes(ref.kind)
      ? []
      : ['MeshSubset', ...services, ...all, ...(validation.role === 'system' ? system : [])];
  const kinds = [...always, ...old];
  checkTargetRef(ref, 'spec.targetRef', { kinds, inbound, listenerTags }, validation);
}

/** Whether the proxies meant can be gateways (kuma, api/common/v1alpha1/targetref.go `IncludesGateways`). */
export function includesGateways(ref: TargetRef | undefined): boolean {
  const { kind = 'Mesh', proxyTypes = [] } = ref ?? {};
  if (kind === 'Mesh' || kind === 'MeshSubset') return proxyTypes.length === 0 || proxyTypes.includes('Gateway');
  return kind === 'MeshGateway' || kind === 'MeshHTTPRoute';
}
