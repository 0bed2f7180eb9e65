import { codes } from '@isthmus/diagnostics';
import {
  effectiveNamespace,
  isList,
  type Json,
  type JsonObject,
  join,
  mapOf,
  type Resource,
} from '@isthmus/kubernetes';
import type { Context } from '../context.ts';
import { isForSidecars } from './gateway.ts';
import { fieldAt, securityOf } from './view.ts';

const area = codes.existingPolicy;
const listOf = (value: Json | undefined): readonly Json[] => (isList(value) ? value : []);

/** The label of a namespace whose key decides whether Kong Mesh's webhooks see it. */
export const injection = 'kuma.io/sidecar-injection';

/** Whether the import knows that a namespace lacks the label without which Kong Mesh's webhooks do not see it. */
export function isUnseen(namespaces: ReadonlyMap<string, Resource>, namespace: string): boolean {
  const found = namespaces.get(namespace);
  return found !== undefined && !Object.hasOwn(found.labels, injection);
}

/** The Namespaces of an import by name. */
export function namespacesOf(resources: readonly Resource[]): ReadonlyMap<string, Resource> {
  return new Map(
    resources.filter(({ group, kind }) => group === '' && kind === 'Namespace').map((one) => [one.name, one]),
  );
}

interface Match {
  readonly path: string;
  readonly part: string;
  /** Path of the list that it stands in. */
  readonly list: string;
  readonly value: JsonObject;
}

function matchesIn(spec: JsonObject): Match[] {
  return listOf(spec.rules).flatMap((rule, index) =>
    Object.entries(mapOf(mapOf(rule).default)).flatMap(([part, matches]) =>
      listOf(matches).map((match, at) => {
        const list = join(`${join('spec.rules', index)}.default`, part);
        return { path: join(list, at), part, list, value: mapOf(match) };
      }),
    ),
  );
}

/** A Mesh with mTLS of its own, and the backend that it uses. */
interface OwnMtls {
  readonly mesh: string;
  readonly backend: string;
}

/** Meshes whose own mTLS is on; 3.0 knows none. */
function ownMtlsOf(context: Context, existing: readonly Resource[]): ReadonlyMap<string, OwnMtls> {
  if (context.settings.target === '3.0') return new Map();
  return new Map(
    existing.flatMap(({ kind, name, object }): [string, OwnMtls][] => {
      const { enabledBackend } = mapOf(mapOf(object.spec).mtls);
      return kind === 'Mesh' && typeof enabledBackend === 'string' && enabledBackend !== ''
        ? [[name, { mesh: name, backend: enabledBackend }]]
        : [];
    }),
  );
}

/** Denials of one identity, in a mesh whose certificates have several names. */
function checkDenials(context: Context, resource: Resource, own: OwnMtls | undefined): void {
  if (own === undefined) return;
  for (const { part, path, value } of matchesIn(mapOf(resource.object.spec))) {
    const { type, value: identity } = mapOf(value.spiffeID);
    if (part === 'deny' && type === 'Exact' && typeof identity === 'string')
      context.report(area.exactDenial, { identity, ...own }, fieldAt(resource, path));
  }
}

function checkPermission(context: Context, resource: Resource, restricted: boolean): void {
  const spec = mapOf(resource.object.spec);
  const { target, systemNamespace } = context.settings;
  const matches = matchesIn(spec);
  const known = target === '2.13' ? ['spiffeID'] : ['spiffeID', 'sni'];
  const isEmpty = ({ value }: Match): boolean => !known.some((key) => value[key] !== undefined);
  // Beside others in a list an empty match is passed over (verified by running 2.14 with Envoy 1.40).
  for (const group of Map.groupBy(matches, ({ list }) => list).values())
    if (group.every(isEmpty)) context.report(area.emptyMatch, {}, fieldAt(resource, (group[0] as Match).path));
  if (listOf(spec.from).length > 0) {
    const effect = {
      '2.13': '2.13 honours it beside the emitted permissions, and it opens what it allows',
      '2.14':
        '2.14 ignores it for proxies with a MeshIdentity, so that what only it allows is refused, and what it denies is not',
      '3.0': '3.0 refuses it, so that what it denies is not denied any more',
    }[target];
    context.report(area.fromRules, { effect }, fieldAt(resource, 'spec.from'));
  }
  const allowing = matches.find(({ part }) => part === 'allow' || part === 'allowWithShadowDeny');
  if (allowing === undefined) return;
  const ref = mapOf(spec.targetRef);
  const wide = effectiveNamespace(resource) === systemNamespace && (ref.kind === undefined || ref.kind === 'Mesh');
  context.report(wide && restricted ? area.allowsAll : area.allowsBeside, {}, fieldAt(resource, allowing.path));
}

function checkLabels(context: Context, resource: Resource): void {
  const { target } = context.settings;
  const namespace = effectiveNamespace(resource);
  const report = (label: string, effect: string): void =>
    context.report(
      area.movedByLabel,
      { label, value: resource.labels[label] ?? '', effect },
      fieldAt(resource, join('metadata.labels', label)),
    );
  const moved = resource.labels['k8s.kuma.io/namespace'];
  if (moved !== undefined && moved !== namespace)
    report('k8s.kuma.io/namespace', 'it acts on proxies of that namespace instead of its own');
  if (resource.labels['kuma.io/zone'] !== undefined && resource.labels['kuma.io/zone'] !== context.settings.zone)
    report('kuma.io/zone', 'it acts on no proxy of this zone');
  if (resource.labels['kuma.io/origin'] === 'global' && target !== '3.0')
    report('kuma.io/origin', 'it acts on the whole mesh from any namespace');
}

/**
 * Checks the policies of Kong Mesh that the import holds already for what was found by running it: they stand beside the
 * emitted ones and can open what these close.
 */
export function checkExistingPolicies(context: Context): void {
  const { estate, settings } = context;
  const existing = estate.context.filter(({ group }) => group === 'kuma.io');
  if (existing.length === 0) return;
  const view = securityOf(context);
  const restricted = view.policies.some((policy) => !policy.dryRun && isForSidecars(view, policy));
  const namespaces = namespacesOf(estate.context);
  const ownMtls = ownMtlsOf(context, existing);
  for (const resource of existing) {
    const { kind, name, object } = resource;
    const spec = mapOf(object.spec);
    const namespace = effectiveNamespace(resource);
    if (kind === 'MeshTrafficPermission') {
      checkPermission(context, resource, restricted);
      checkDenials(context, resource, ownMtls.get(resource.labels['kuma.io/mesh'] ?? 'default'));
    }
    const permissive = [...listOf(spec.rules), ...listOf(spec.from)].some(
      (rule) => mapOf(mapOf(rule).default).mode === 'Permissive',
    );
    if (kind === 'MeshTLS' && permissive && restricted) context.report(area.permissive, {}, resource);
    const backend = mapOf(spec.mtls).enabledBackend;
    if (kind === 'Mesh' && typeof backend === 'string' && backend !== '') {
      const effect =
        settings.target === '3.0'
          ? '3.0 drops the field without a word, and without a MeshIdentity every connection is plaintext'
          : 'its certificates have several names, which an exact SPIFFE ID never fits, so that emitted denials of single callers would not deny them';
      context.report(area.meshMtls, { backend, effect }, fieldAt(resource, 'spec.mtls.enabledBackend'));
    }
    const isPolicy =
      kind.startsWith('Mesh') && ['targetRef', 'to', 'from', 'rules'].some((key) => spec[key] !== undefined);
    if (!isPolicy) continue;
    checkLabels(context, resource);
    if (namespace !== settings.systemNamespace && isUnseen(namespaces, namespace))
      context.report(area.unseen, { namespace, kind, name }, resource);
  }
}
