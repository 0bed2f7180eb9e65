import { checkPercentage, checkPositive, type Integer, type IntegerOrText, inspectDecimal } from '../common/numbers.ts';
import { defineRules, type Report, type Validation } from '../common/resource.ts';
import type { Sections } from '../common/sections.ts';
import { checkTargetRef, checkTopTargetRef, type TargetRef } from '../common/target-ref.ts';

interface HashPolicy {
  readonly type: string;
  readonly header?: unknown;
  readonly cookie?: { readonly path?: string };
  readonly connection?: unknown;
  readonly queryParameter?: unknown;
  readonly filterState?: unknown;
}

interface LoadBalancer {
  readonly type: string;
  readonly leastRequest?: { readonly activeRequestBias?: IntegerOrText };
  readonly ringHash?: { readonly hashPolicies?: readonly HashPolicy[] };
  readonly maglev?: { readonly hashPolicies?: readonly HashPolicy[] };
}

interface CrossZone {
  readonly failover?: readonly {
    readonly from?: { readonly zones: readonly string[] };
    readonly to: { readonly type: string; readonly zones?: readonly string[] };
  }[];
  readonly failoverThreshold?: { readonly percentage: IntegerOrText };
}

interface Conf {
  readonly localityAwareness?: {
    readonly localZone?: { readonly affinityTags?: readonly { readonly key: string; readonly weight?: Integer }[] };
    readonly crossZone?: CrossZone;
  };
  readonly loadBalancer?: LoadBalancer;
  readonly hashPolicies?: readonly HashPolicy[];
}

const members = {
  Header: 'header',
  Cookie: 'cookie',
  Connection: 'connection',
  SourceIP: 'connection',
  QueryParameter: 'queryParameter',
  FilterState: 'filterState',
} as const;

function checkHashPolicies(policies: readonly HashPolicy[] | undefined, path: string, report: Report): void {
  for (const [index, policy] of (policies ?? []).entries()) {
    const member = members[policy.type as keyof typeof members];
    if (policy[member] === undefined)
      report(`${path}[${index}].${member}`, `it must be set for the type ${policy.type}`);
    else if (member === 'cookie' && policy.cookie?.path?.startsWith('/') === false)
      report(`${path}[${index}].cookie.path`, 'it must begin with a slash');
  }
}

function checkLoadBalancer({ type, leastRequest, ringHash, maglev }: LoadBalancer, path: string, report: Report): void {
  const bias = leastRequest?.activeRequestBias;
  if (type === 'RingHash') checkHashPolicies(ringHash?.hashPolicies, `${path}.ringHash.hashPolicies`, report);
  else if (type === 'Maglev') checkHashPolicies(maglev?.hashPolicies, `${path}.maglev.hashPolicies`, report);
  else if (type === 'LeastRequest' && bias !== undefined && ['none', 'negative'].includes(inspectDecimal(bias)))
    report(`${path}.leastRequest.activeRequestBias`, 'it must be a number, and not negative');
}

function checkLocalZone({ localZone }: NonNullable<Conf['localityAwareness']>, path: string, report: Report): void {
  const tags = localZone?.affinityTags ?? [];
  for (const [index, { key, weight }] of tags.entries()) {
    if (key === '') report(`${path}[${index}].key`, 'it must not be empty');
    checkPositive(weight, `${path}[${index}].weight`, report);
  }
  const weighted = tags.filter(({ weight }) => weight !== undefined).length;
  if (weighted > 0 && weighted < tags.length) report(path, 'either all tags have a weight or none has');
}

function checkCrossZone(
  { failover = [], failoverThreshold }: CrossZone,
  path: string,
  ref: TargetRef,
  report: Report,
): void {
  if (ref.kind === 'MeshService' && ((ref.sectionName ?? '') !== '' || Object.keys(ref.labels ?? {}).length > 0))
    report(path, 'it must not be set for a MeshService, whose traffic stays in the zone');
  for (const [index, { from, to }] of failover.entries()) {
    const item = `${path}.failover[${index}]`;
    if (from?.zones.length === 0) report(`${item}.from.zones`, 'it must have an item');
    for (const [number, zone] of (from?.zones ?? []).entries())
      if (zone === '') report(`${item}.from.zones[${number}]`, 'it must not be empty');
    const { type, zones = [] } = to;
    const named = type === 'AnyExcept' || type === 'Only';
    if (named !== zones.length > 0)
      report(`${item}.to.zones`, `it must ${named ? 'have an item' : 'be empty'} for the type ${type}`);
  }
  checkPercentage(failoverThreshold?.percentage, `${path}.failoverThreshold.percentage`, report, { zero: false });
}

function checkConf(conf: Conf, path: string, ref: TargetRef, report: Report): void {
  const { loadBalancer, localityAwareness, hashPolicies } = conf;
  if (ref.kind === 'MeshHTTPRoute') {
    checkHashPolicies(hashPolicies, `${path}.hashPolicies`, report);
    for (const name of ['loadBalancer', 'localityAwareness'] as const)
      if (conf[name] !== undefined) report(`${path}.${name}`, 'only hashPolicies can be set for a MeshHTTPRoute');
    return;
  }
  if (loadBalancer !== undefined) checkLoadBalancer(loadBalancer, `${path}.loadBalancer`, report);
  if (localityAwareness !== undefined)
    checkLocalZone(localityAwareness, `${path}.localityAwareness.localZone.affinityTags`, report);
  if (localityAwareness?.crossZone !== undefined)
    checkCrossZone(localityAwareness.crossZone, `${path}.localityAwareness.crossZone`, ref, report);
  checkHashPolicies(hashPolicies, `${path}.hashPolicies`, report);
  for (const name of ['ringHash', 'maglev'] as const)
    if (hashPolicies !== undefined && loadBalancer?.[name]?.hashPolicies !== undefined)
      report(`${path}.loadBalancer.${name}.hashPolicies`, 'it must not be set beside hashPolicies of the whole');
}

/** kuma, pkg/plugins/policies/meshloadbalancingstrategy/api/v1alpha1/validator.go; routing.md 2.6. */
function validate({ targetRef, to = [] }: Sections<Conf>, validation: Validation): void {
  const { version, report } = validation;
  checkTopTargetRef(targetRef, { all: ['MeshGateway'], listenerTags: true }, validation);
  if (version === '2.13' && to.length === 0) report('spec.to', 'it must have an item');
  const top = targetRef?.kind ?? 'Mesh';
  for (const [index, { targetRef: ref, default: conf = {} }] of to.entries()) {
    const path = `spec.to[${index}]`;
    const route = top === 'MeshGateway' ? [] : ['MeshHTTPRoute'];
    const external = version === '3.0' ? ['MeshExternalService'] : [];
    const kinds =
      top === 'MeshGateway' && conf.loadBalancer !== undefined
        ? ['Mesh']
        : ['Mesh', 'MeshService', ...external, 'MeshMultiZoneService', ...route];
    checkTargetRef(ref, `${path}.targetRef`, { kinds }, validation);
    if (version !== '3.0' && ref.kind === 'MeshExternalService' && top !== 'Mesh')
      report(`${path}.targetRef.kind`, 'a MeshExternalService can be meant only for the whole mesh');
    checkConf(conf, `${path}.default`, ref, report);
  }
}

export const meshLoadBalancingStrategy = defineRules({
  kind: 'MeshLoadBalancingStrategy',
  policy: true,
  go: { durations: ['ttl'] },
  validate,
});
