import { codes } from '@isthmus/diagnostics';
import {
  type AuthorizationPolicy,
  type allConstraints,
  contains,
  effectiveMtls,
  isIdentity,
  type MtlsMode,
  matchesEverything,
  overlaps,
  type PolicyScope,
  selects,
  servedPorts,
} from '@isthmus/istio';
import type { Context } from '../../context.ts';
import type { EmittedRole } from '../../emitted.ts';
import { child, type Field, rootField } from '../../field.ts';
import { dnsLabel } from '../../names.ts';
import { matchesOf } from '../../security/entries.ts';
import { isForSidecars } from '../../security/gateway.ts';
import { type InboundTarget, lastInbound, placePorts, servicesIn, targetRefOf } from '../../security/target.ts';
import { type SecurityView, securityOf } from '../../security/view.ts';
import { permission } from '../authorization-policy/emit.ts';
import { anyone } from '../authorization-policy/project.ts';
import { accountForPolicy, accountForRest } from './account.ts';
import { type Level, levelsOf, modeFieldOf } from './levels.ts';

const area = codes.peerAuthentication;
const asResource: EmittedRole = { role: 'resource', stage: 'mesh' };

type Constraints = ReturnType<typeof allConstraints>;

const namesIdentity = (constraints: Constraints): boolean =>
  constraints.some(({ attribute, negated }) => isIdentity(attribute) && !negated);
const exceptsIdentity = (constraints: Constraints): boolean =>
  constraints.some(({ attribute, negated }) => isIdentity(attribute) && negated);

/** What a rule asks of the source, in each of its alternatives. */
const sourcesOf = ({ from, when }: AuthorizationPolicy['rules'][number]): Constraints[] =>
  (from.length === 0 ? [[]] : from.map(({ constraints }) => constraints)).map((source) => [...source, ...when]);

/** Whether a policy keeps some plaintext caller out, who has no identity. */
function restrictsPlaintext(policy: AuthorizationPolicy): boolean {
  if (policy.dryRun || policy.action === 'AUDIT') return false;
  if (policy.problems.length > 0) return policy.action === 'ALLOW';
  if (policy.action === 'ALLOW') return !policy.rules.some(matchesEverything);
  return policy.rules.some((rule) => sourcesOf(rule).some((source) => !namesIdentity(source)));
}

/**
 * Whether a policy keeps somebody out by an identity, and lets the same request through without any: a denial that names one, or an
 * allowance for all but some. A caller without an identity meets no condition that names one, and every exception from one
 * (security.md 2; verified by running Istio 1.32).
 */
function sparesPlaintext({ action, dryRun, problems, rules }: AuthorizationPolicy): boolean {
  if (dryRun || action === 'AUDIT' || problems.length > 0) return false;
  const sources = rules.flatMap(sourcesOf);
  if (action !== 'ALLOW') return sources.some(namesIdentity);
  return !rules.some(matchesEverything) && sources.some((source) => exceptsIdentity(source) && !namesIdentity(source));
}

function meet(context: Context, view: SecurityView, a: PolicyScope, b: PolicyScope): boolean {
  if (!overlaps(a, b)) return false;
  return (
    !context.settings.complete ||
    view.workloads.length === 0 ||
    view.workloadsIn(a.namespace ?? b.namespace).some((workload) => selects(a, workload) && selects(b, workload))
  );
}

interface Emitting {
  readonly context: Context;
  readonly view: SecurityView;
  readonly restricting: readonly AuthorizationPolicy[];
  readonly levels: readonly Level[];
  /** Policies whose workloads have to be made Strict. */
  readonly strict: Set<AuthorizationPolicy>;
}

function emitMode(
  { context, view }: Emitting,
  name: string,
  target: InboundTarget,
  mode: 'Strict' | 'Permissive',
  origins: Field | undefined,
  level: Level | undefined,
  role: EmittedRole = asResource,
): void {
  const { mesh, systemNamespace } = context.settings;
  const ref = targetRefOf(context, target, level?.policy?.resource);
  // Of the whole mesh, and still to win over those of some proxies: a Dataplane without labels is every proxy (routing.md 2.2).
  const targetRef =
    name.startsWith('mtls-0') && Object.hasOwn(ref, 'labels') === false ? { ...ref, kind: 'Dataplane' } : ref;
  context.emit({
    ...role,
    object: {
      apiVersion: 'kuma.io/v1alpha1',
      kind: 'MeshTLS',
      metadata: { name, namespace: systemNamespace, labels: { 'kuma.io/mesh': mesh, 'kuma.io/origin': 'zone' } },
      spec: {
        targetRef,
        rules: [{ default: { mode: origins === undefined ? mode : context.derived(origins, mode) } }],
      },
    },
    services: servicesIn(view, target.scope),
  });
}

/** Accounts for the field of a mode that is emitted. */
function accountForMode(context: Context, field: Field | undefined, mode: MtlsMode): void {
  if (field === undefined) return;
  if (mode === 'STRICT' || field.value !== mode) context.settled(field);
  else context.approximate(field, undefined, mode === 'DISABLE' ? area.disable : area.permissive, {});
}

/** What both scopes hold. */
const common = (a: PolicyScope, b: PolicyScope): PolicyScope => ({
  namespace: a.namespace ?? b.namespace,
  labels: { ...a.labels, ...b.labels },
});

/**
 * Where in a scope mTLS may be off by a level, and no nearer level says otherwise. Of a whole estate it is known workload by
 * workload; otherwise the whole scope counts unless a nearer level holds all of it.
 */
function offWithin({ context, view, levels }: Emitting, level: Level, scope: PolicyScope): PolicyScope[] {
  const nearer = levels.filter((one) => one.rank < level.rank && one.mode !== undefined);
  const isOff = (within: (one: Level) => boolean): boolean =>
    nearer
      .filter(within)
      .sort((a, b) => a.rank - b.rank)[0]
      ?.off.has('') ?? true;
  const workloads = view.workloads.filter((workload) => workload.inCluster && selects(scope, workload));
  const off = workloads.filter((workload) => isOff((one) => selects(one.scope, workload)));
  if (!context.settings.complete || workloads.length === 0)
    return isOff((one) => contains(one.scope, scope)) ? [scope] : [];
  if (off.length === workloads.length) return [scope];
  return off.map(({ namespace, labels }) => ({ namespace, labels }));
}

/**
 * Whether some workload of a policy takes plaintext beside mTLS in Istio; without a level that says so it is not known of a part of
 * an estate. Where mTLS is off nobody has an identity in Istio either, so that nothing is lost between the meshes.
 */
function takesPlaintextToo({ context, view, levels }: Emitting, policy: AuthorizationPolicy): boolean {
  const { scope } = policy;
  if (!isForSidecars(view, policy) || !levels.some((level) => meet(context, view, level.scope, scope))) return false;
  const workloads = view.workloadsIn(scope.namespace).filter((one) => one.inCluster && selects(scope, one));
  const asked = workloads.length > 0 ? workloads : [{ namespace: scope.namespace ?? '', labels: scope.labels }];
  return asked.some((workload) => {
    const { mode, ports } = effectiveMtls(view.peers, workload);
    return [mode, ...ports.values()].includes('PERMISSIVE');
  });
}

/** Denies everyone where mTLS is off in Istio and a policy restricts. */
function close(
  emitting: Emitting,
  level: Level,
  policy: AuthorizationPolicy,
  target: InboundTarget,
  at: Field | undefined,
): void {
  const { context, view } = emitting;
  const { namespace } = policy;
  const { name } = policy.resource;
  const both = common(target.scope, policy.scope);
  const scopes = target.section === undefined ? offWithin(emitting, level, both) : [both];
  if (scopes.length === 0) return;
  context.report(area.disabledAndRestricted, { policy: `${namespace}/${name}` }, at ?? policy.resource);
  if (at !== undefined) context.claim(at, 'unsupported', area.disabledAndRestricted);
  const section = target.section === undefined ? '' : `-${target.section}`;
  const rules = [{ default: { deny: matchesOf(context, anyone([...view.domains, ...view.foreign])) } }];
  for (const scope of scopes) {
    const part = scopes.length === 1 ? '' : `-${Object.values(scope.labels).join('-')}`;
    context.emit({
      role: 'resource',
      stage: 'access',
      object: permission(
        context,
        dnsLabel(`without-mtls-${level.name}-${name}${part}${section}`),
        targetRefOf(context, { ...target, scope }),
        rules,
      ),
      services: servicesIn(view, scope),
    });
  }
}

function emitLevel(emitting: Emitting, level: Level, mode: MtlsMode, field: Field | undefined): void {
  const { context, view, restricting, strict } = emitting;
  accountForMode(context, field, mode);
  const target: InboundTarget = { scope: level.scope };
  emitMode(
    emitting,
    dnsLabel(`mtls-${level.rank}-${level.name}`),
    target,
    mode === 'STRICT' ? 'Strict' : 'Permissive',
    field,
    level,
  );
  for (const policy of restricting) {
    if (!meet(context, view, level.scope, policy.scope)) continue;
    if (mode !== 'STRICT') strict.add(policy);
    if (level.off.has('')) close(emitting, level, policy, target, field);
  }
}

/** Name of a workload that demands mTLS, and whose undeclared ports the mode of this port would open; undefined where none is. */
function exposedBy(view: SecurityView, scope: PolicyScope, port: number): string | undefined {
  return view
    .workloadsIn(scope.namespace)
    .find(
      (workload) =>
        selects(scope, workload) &&
        lastInbound(view, workload) === port &&
        effectiveMtls(view.peers, workload).mode === 'STRICT',
    )?.name;
}

/**
 * Name of a workload of a scope where no Service sends to a port on any of them, as far as a whole estate tells: Kong Mesh makes
 * inbounds of the ports of Services only, so that a policy for the port would select nothing (security.md 3.1).
 */
function unservedIn({ context, view }: Emitting, scope: PolicyScope, port: number): string | undefined {
  if (!context.settings.complete) return undefined;
  const workloads = view.workloadsIn(scope.namespace).filter((workload) => selects(scope, workload));
  const isUnserved = workloads.every((workload) => {
    const served = servedPorts(workload, view.services);
    return workload.inCluster && served.length > 0 && !served.includes(port);
  });
  return isUnserved ? workloads[0]?.name : undefined;
}

function emitPort(emitting: Emitting, level: Level, port: string, mode: MtlsMode): boolean {
  const { context, view, restricting } = emitting;
  const field = modeFieldOf(level, port);
  const placement = placePorts(view, level.scope, { kind: 'only', ports: [Number(port)] });
  const restrictedBy = restricting.filter((policy) => meet(context, view, level.scope, policy.scope));
  const [first] = restrictedBy;
  if (level.off.has(port))
    for (const one of restrictedBy)
      for (const target of placement.kind === 'placed' ? placement.targets : [{ scope: level.scope }])
        close(emitting, level, one, target, field);
  if (mode !== 'STRICT' && first !== undefined) {
    const { namespace, resource } = first;
    const policy = `${namespace}/${resource.name}`;
    if (field !== undefined && !level.off.has(port))
      context.approximate(field, undefined, area.withoutExceptions, { port, policy });
    return true;
  }
  const unserved = mode === 'STRICT' ? undefined : unservedIn(emitting, level.scope, Number(port));
  if (unserved !== undefined) {
    if (field === undefined) context.report(area.unserved, { port, workload: unserved }, level.policy?.resource);
    else context.approximate(field, undefined, area.unserved, { port, workload: unserved });
    return true;
  }
  const emitted = mode === 'STRICT' ? 'Strict' : 'Permissive';
  const nameFor = (section: string): string => dnsLabel(`mtls-${level.rank}-${level.name}-${section}`);
  const exposed = mode === 'STRICT' ? undefined : exposedBy(view, level.scope, Number(port));
  if (exposed !== undefined) {
    if (field === undefined) context.report(area.lastPort, { port, workload: exposed }, level.policy?.resource);
    else context.approximate(field, undefined, area.lastPort, { port, workload: exposed });
    return true;
  }
  if (placement.kind === 'placed') {
    accountForMode(context, field, mode);
    for (const target of placement.targets)
      emitMode(
        emitting,
        nameFor([...(placement.each ? Object.values(target.scope.labels) : []), target.section].join('-')),
        target,
        emitted,
        field,
        level,
      );
    return true;
  }
  if (mode === 'STRICT') return false;
  if (field !== undefined) context.approximate(field, undefined, area.portUnknown, { port });
  const why = 'The name of the port is not in the import.';
  emitMode(emitting, nameFor(port), { scope: level.scope, section: port }, emitted, field, level, {
    role: 'draft',
    stage: 'mesh',
    why,
  });
  return true;
}

function translateLevel(emitting: Emitting, level: Level): void {
  const { context } = emitting;
  const lost = [...level.ports].filter(([port, mode]) => !emitPort(emitting, level, port, mode));
  for (const [port] of lost) {
    const field = modeFieldOf(level, port);
    if (field !== undefined) context.claim(field, 'approximate', area.strictPortUnknown);
    if (level.mode !== 'STRICT') context.report(area.strictPortUnknown, { port }, field ?? level.policy?.resource);
  }
  // A port that demands mTLS and cannot be named takes the others with it.
  if (lost.length > 0 && level.mode !== 'STRICT') {
    const field = modeFieldOf(level);
    if (field !== undefined) context.claim(field, 'approximate', area.strictPortUnknown);
    emitMode(emitting, dnsLabel(`mtls-${level.rank}-${level.name}`), { scope: level.scope }, 'Strict', field, level);
  } else if (level.mode !== undefined) emitLevel(emitting, level, level.mode, modeFieldOf(level));
}

/**
 * PeerAuthentications to MeshTLS, one for each level, and Strict wherever an AuthorizationPolicy restricts who may call:
 * in Kong Mesh plaintext passes every permission.
 */
export function translatePeerAuthentications(context: Context): void {
  const view = securityOf(context);
  for (const policy of view.peers) accountForPolicy(context, view, policy);
  const restricting = view.policies.filter((policy) => restrictsPlaintext(policy) && isForSidecars(view, policy));
  const { levels, outlived } = levelsOf(context, view);
  const emitting: Emitting = { context, view, restricting, levels, strict: new Set() };
  if (context.estate.istio.length === 0) return;
  for (const level of levels) translateLevel(emitting, level);
  if (
    levels.some(({ rank, policy }) => rank === 4 && policy === undefined) &&
    !view.peers.some(({ level }) => level === 'mesh')
  )
    context.report(area.implicit, { name: 'mtls-4-mesh' }, undefined);
  const names = new Map<string, string>();
  for (const policy of emitting.strict) {
    const { resource, scope } = policy;
    const key = JSON.stringify(scope);
    const name = names.get(key) ?? dnsLabel(`mtls-0-${policy.namespace}-${resource.name}`);
    if (!names.has(key)) emitMode(emitting, name, { scope }, 'Strict', undefined, undefined);
    names.set(key, name);
    context.report(area.restricted, { name }, child(rootField(resource), 'spec') ?? resource);
  }
  for (const policy of view.policies)
    if (sparesPlaintext(policy) && takesPlaintextToo(emitting, policy))
      context.report(area.deniesByIdentity, {}, child(rootField(policy.resource), 'spec') ?? policy.resource);
  for (const policy of view.peers)
    if (policy.level !== 'ignored' && !outlived.has(policy)) accountForRest(context, policy);
}
