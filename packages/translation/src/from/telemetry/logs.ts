import { codes } from '@isthmus/diagnostics';
import type { Workload } from '@isthmus/istio';
import { matchesLabels } from '@isthmus/kubernetes';
import type { Context } from '../../context.ts';
import { child, descend, type Field, flag, items, text } from '../../field.ts';
import { meshSettings } from '../../mesh-settings.ts';
import { oncePerContext } from '../../once.ts';
import { defaultProviders, effectiveLogs, keyOfLogs, type LogSpec, type Mode, providersIn } from './effective.ts';
import { emit, isUsable, observe, reportOverlaps } from './emit.ts';
import { type Chain, type Level, type Levels, nameOf, targetOf, workloadsByNamespace } from './levels.ts';
import { kindOf, logBackend, logsTo, meshFormat, providerOf } from './providers.ts';

/** The log that the older `accessLogFile` asks for, which counts where no provider does. */
const olderLog = oncePerContext((context): unknown[] => {
  const [path] = meshSettings(context, 'accessLogFile').flatMap((field) => text(field) ?? []);
  if (path === undefined || path.value === '') {
    context.settled(path);
    return [];
  }
  return [{ type: 'File', file: { path: context.exact(path, path.value), format: meshFormat(context) } }];
});

/** Backends by the names of their providers: what is said of a provider is said once. */
const knownBackends = oncePerContext(() => new Map<string, unknown>());

function backendsOf(context: Context, logs: readonly LogSpec[] | undefined): unknown[] {
  if (logs === undefined) return olderLog(context);
  return logs.flatMap(({ name, disabled, field }) => {
    const provider = providerOf(context, name);
    if (disabled || provider === undefined) return [];
    const known = knownBackends(context);
    const backend = known.has(name) ? known.get(name) : logBackend(context, provider, field);
    known.set(name, backend);
    return backend === undefined ? [] : [context.derived(field, backend)];
  });
}

/** Says of each field of a level's items what becomes of it. */
function claimItems(context: Context, levels: Levels, level: Level): void {
  const wider = levels.chainOf(level).slice(0, -1);
  const named = wider.flatMap(({ spec }) => items(child(spec, 'accessLogging')).flatMap(providersIn));
  let parents = named.length > 0 || defaultProviders(context, 'accessLogging').length > 0;
  for (const item of items(child(level.spec, 'accessLogging'))) {
    const providers = providersIn(item);
    const disabled = flag(child(item, 'disabled'));
    const filter = child(item, 'filter');
    parents ||= providers.length > 0;
    context.settled(descend(item, 'match', 'mode'));
    for (const name of providers) {
      const provider = providerOf(context, name.value);
      if (!isUsable(context, name, kindOf(provider).logs) || provider === undefined) continue;
      if (disabled?.value === true || logsTo(provider)) context.settled(name);
      else context.claim(name, 'unsupported', codes.telemetry.noBackend);
    }
    // Against the older accessLogFile a bare `disabled` does nothing (edge.md T15).
    if (disabled?.value === true && !parents) context.inert(disabled, codes.telemetry.disabledIdle, {});
    else context.settled(disabled);
    if (filter === undefined) continue;
    if (providers.length === 0 || disabled?.value === true) context.inert(filter, codes.telemetry.filterIdle, {});
    else context.unsupported(filter, codes.telemetry.filter, {});
  }
}

/** Some pods, and what Istio merges for them. */
interface Group {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly chain: Chain;
}

/** Labels that pods keep when they change meshes. */
const ownLabels = ({ labels }: Workload): Record<string, string> =>
  Object.fromEntries(Object.entries(labels).filter(([key]) => !/(?:^|\.)istio\.io\//.test(key)));

const inNamespace = (namespace: string): Record<string, string> => ({ 'k8s.kuma.io/namespace': namespace });

const selectedBy = (levels: Levels, level: Level): Group => ({
  name: `${level.namespace}-${level.resource.name}`,
  labels: { ...inNamespace(level.namespace), ...level.selector },
  chain: levels.chainOf(level),
});

/** The groups of a namespace: its pods as a whole where all log alike, else workload by workload. */
function groupsOf(
  { context, levels, keyOf }: { context: Context; levels: Levels; keyOf: (chain: Chain) => string },
  namespace: string,
): Group[] {
  const workloads = workloadsByNamespace(context).get(namespace) ?? [];
  const common = { name: namespace, labels: inNamespace(namespace), chain: levels.chainOfNamespace(namespace) };
  const apart = levels.used.filter(
    (level) =>
      level.scope === 'workload' &&
      level.namespace === namespace &&
      keyOf(levels.chainOf(level)) !== keyOf(common.chain),
  );
  if (apart.length === 0) return [common];
  const unseen = apart.filter(({ selector = {} }) => !workloads.some(({ labels }) => matchesLabels(selector, labels)));
  const seen = workloads.map((workload) => ({
    name: `${namespace}-${workload.name}`,
    labels: { ...inNamespace(namespace), ...ownLabels(workload) },
    chain: levels.chainOfWorkload(workload),
  }));
  const groups = [...(seen.length === 0 ? [common] : seen), ...unseen.map((level) => selectedBy(levels, level))];
  return [...new Map(groups.map((group) => [JSON.stringify(Object.entries(group.labels).sort()), group])).values()];
}

/**
 * Logs of servers from 2.14 on. Rules of several policies add up there instead of one taking the other's place (kuma,
 * meshaccesslog/plugin/v1alpha1/plugin.go applyToInbounds, 2.14; edge.md 1.3): where not all proxies log alike, each gets one
 * policy, and none is for the whole mesh.
 */
function emitForServers(context: Context, levels: Levels): void {
  const keyOf = (chain: Chain): string => keyOfLogs(effectiveLogs(context, chain, 'SERVER'));
  const mesh = levels.used.filter(({ scope }) => scope === 'mesh');
  const speaking = levels.used.filter(
    (level) => level.scope !== 'mesh' && keyOf(levels.chainOf(level)) !== keyOf(mesh),
  );
  const [first] = speaking;
  const emitGroup = (name: string, targetRef: unknown, chain: Chain): void => {
    const backends = backendsOf(context, effectiveLogs(context, chain, 'SERVER'));
    if (backends.length > 0)
      emit(context, 'MeshAccessLog', `access-log-${name}-inbound`, { targetRef, rules: [{ default: { backends } }] });
  };
  if (first === undefined) {
    emitGroup('mesh', { kind: 'Mesh' }, mesh);
    return;
  }
  const known = workloadsByNamespace(context);
  const namespaces = new Set([...known.keys(), ...speaking.map(({ namespace }) => namespace)]);
  // An import without workloads does not say which namespaces there are.
  const groups =
    known.size === 0
      ? [{ name: 'mesh', labels: {}, chain: mesh }, ...speaking.map((level) => selectedBy(levels, level))]
      : [...namespaces].sort().flatMap((namespace) => groupsOf({ context, levels, keyOf }, namespace));
  for (const { name, labels, chain } of groups)
    emitGroup(name, Object.keys(labels).length === 0 ? { kind: 'Mesh' } : { kind: 'Dataplane', labels }, chain);
  if (known.size > 0) context.report(codes.telemetry.serversApart, {}, first.spec);
  const meeting = groups.filter(({ labels, chain }) =>
    groups.some(
      (other) => other.labels !== labels && matchesLabels(labels, other.labels) && keyOf(other.chain) !== keyOf(chain),
    ),
  );
  if (meeting.length === 0) return;
  context.report(codes.telemetry.serversMeet, { pods: meeting.map(({ name }) => name).join(', ') }, first.spec);
  for (const { spec } of speaking)
    context.claim(child(spec, 'accessLogging') ?? spec, 'approximate', codes.telemetry.serversMeet);
}

/** Emits one side's policy for a level where it differs from what is said more widely. */
function emitSide(context: Context, levels: Levels, level: Level | undefined, mode: Mode): boolean {
  const chain = level === undefined ? [] : levels.chainOf(level);
  const logs = effectiveLogs(context, chain, mode);
  const isWidest = level === undefined || level.scope === 'mesh';
  if (!isWidest && keyOfLogs(effectiveLogs(context, chain.slice(0, -1), mode)) === keyOfLogs(logs)) return false;
  const backends = backendsOf(context, logs);
  if (mode === 'CLIENT') observe(context, 'MeshAccessLog', level, backends);
  if (isWidest && backends.length === 0) return false;
  const targetRef = targetOf(context, level);
  const name = `access-log-${nameOf(level)}`;
  if (mode === 'CLIENT')
    emit(context, 'MeshAccessLog', `${name}-outbound`, {
      targetRef,
      to: [{ targetRef: { kind: 'Mesh' }, default: { backends } }],
    });
  else emit(context, 'MeshAccessLog', `${name}-inbound`, { targetRef, rules: [{ default: { backends } }] });
  return true;
}

/** Access logs: what clients see (`to`) and what servers see (`rules`); both cannot stand in one policy (edge.md V-MAL-1). */
export function translateLogs(context: Context, levels: Levels): void {
  const merges = context.settings.target === '2.13';
  const mesh = levels.used.find(({ scope }) => scope === 'mesh');
  const speaking = levels.used.filter(({ spec }) => items(child(spec, 'accessLogging')).length > 0);
  for (const level of mesh === undefined
    ? [undefined, ...speaking]
    : [mesh, ...speaking.filter((one) => one !== mesh)]) {
    const emitted = (['CLIENT', ...(merges ? (['SERVER'] as const) : [])] as const).map((mode) =>
      emitSide(context, levels, level, mode),
    );
    const at: Field | undefined =
      level === undefined ? meshSettings(context, 'accessLogFile')[0] : items(child(level.spec, 'accessLogging'))[0];
    if (emitted.includes(true)) context.report(codes.telemetry.accessLog, {}, at ?? level?.spec);
    if (level === undefined) continue;
    claimItems(context, levels, level);
    const section = child(level.spec, 'accessLogging');
    if (section !== undefined) reportOverlaps(context, levels, level, section);
  }
  if (!merges) emitForServers(context, levels);
  for (const name of defaultProviders(context, 'accessLogging'))
    if (isUsable(context, name, kindOf(providerOf(context, name.value)).logs)) {
      const provider = providerOf(context, name.value);
      if (provider !== undefined && logsTo(provider)) context.settled(name);
      else context.claim(name, 'unsupported', codes.telemetry.noBackend);
    }
  // Where some proxy follows the older settings, they were claimed with the log.
  for (const name of ['accessLogFile', 'accessLogFormat', 'accessLogEncoding'])
    for (const field of meshSettings(context, name))
      if (context.unclaimed(field).length > 0) context.inert(field, codes.telemetry.olderIdle, { field: name });
}
