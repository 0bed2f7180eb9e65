import { codes } from '@isthmus/diagnostics';
import type { Context } from '../../context.ts';
import { child, descend, entries, type Field, flag, items, number, text } from '../../field.ts';
import { meshSettings } from '../../mesh-settings.ts';
import { dnsLabel } from '../../names.ts';
import { oncePerContext } from '../../once.ts';
import { untrace } from '../../trace.ts';
import { draftForGateways, type Observed } from './at-gateways.ts';
import { type Level, type Levels, levelsOf, targetOf } from './levels.ts';
import { addressOf, istioFormat, logBackend, providerOf, traceBackend } from './providers.ts';

/** What the policies of each level say, for the gateways that are none of their Dataplanes. */
const observedIn = oncePerContext((): Observed[] => []);

function emit(context: Context, kind: string, name: string, spec: Record<string, unknown>): void {
  context.emit({
    role: 'resource',
    stage: 'mesh',
    object: {
      apiVersion: 'kuma.io/v1alpha1',
      kind,
      metadata: {
        name: dnsLabel(name),
        namespace: context.settings.systemNamespace,
        labels: { 'kuma.io/mesh': context.settings.mesh, 'kuma.io/origin': 'zone' },
      },
      spec,
    },
    services: [],
  });
}

const nameOf = (level: Level | undefined): string =>
  level === undefined || level.scope === 'mesh' ? 'mesh' : `${level.namespace}-${level.resource.name}`;

function observe(
  context: Context,
  kind: Observed['kind'],
  level: Level | undefined,
  backends: readonly unknown[],
  traces?: { readonly random: unknown; readonly collector: string | undefined },
): void {
  const plain = (value: unknown): unknown => untrace(value, '', () => undefined);
  const more = traces === undefined ? {} : { ...traces, random: plain(traces.random) as number | string };
  observedIn(context).push({ kind, level, backends: backends.map(plain), ...more });
}

/** Emits the two policies of access logs: what clients see (`to`) and what servers see (`rules`); both cannot stand in one. */
function emitLogs(
  context: Context,
  level: Level | undefined,
  sides: { client?: readonly unknown[]; server?: readonly unknown[] },
): void {
  const targetRef = targetOf(context, level);
  const name = `access-log-${nameOf(level)}`;
  // Of a gateway's clients Istio's gateway is the server's side.
  observe(context, 'MeshAccessLog', level, sides.client ?? sides.server ?? []);
  if (sides.client !== undefined)
    emit(context, 'MeshAccessLog', `${name}-outbound`, {
      targetRef,
      to: [{ targetRef: { kind: 'Mesh' }, default: { backends: sides.client } }],
    });
  if (sides.server !== undefined)
    emit(context, 'MeshAccessLog', `${name}-inbound`, { targetRef, rules: [{ default: { backends: sides.server } }] });
}

const providersIn = (item: Field): Field<string>[] =>
  items(child(item, 'providers')).flatMap((provider) => text(child(provider, 'name')) ?? []);

/** Whether a wider level, or the mesh's default providers, log something that can be turned off. */
function inheritsProviders(context: Context, level: Level, levels: Levels): boolean {
  const wider = levels.inherited(level).slice(1);
  return (
    wider.some(({ spec }) => items(child(spec, 'accessLogging')).some((item) => providersIn(item).length > 0)) ||
    meshSettings(context, 'defaultProviders', 'accessLogging').some((field) => items(field).length > 0)
  );
}

function readLogs(context: Context, level: Level, levels: Levels): boolean {
  const list = items(child(level.spec, 'accessLogging'));
  const sides: { client?: unknown[]; server?: unknown[] } = {};
  let named = false;
  for (const item of list) {
    const providers = providersIn(item);
    const disabled = flag(child(item, 'disabled'));
    const filter = child(item, 'filter');
    const modeField = descend(item, 'match', 'mode');
    const mode = modeField?.value ?? 'CLIENT_AND_SERVER';
    context.settled(modeField);
    if (providers.length === 0 && disabled?.value !== true) {
      context.inert(filter, codes.telemetry.filterIdle, {});
      context.settled(disabled);
      continue;
    }
    // Against the older accessLogFile a bare `disabled` does nothing (edge.md T15).
    if (providers.length === 0 && !inheritsProviders(context, level, levels)) {
      context.inert(disabled, codes.telemetry.disabledIdle, {});
      continue;
    }
    if (filter !== undefined) context.unsupported(filter, codes.telemetry.filter, {});
    named ||= providers.length > 0;
    const backends =
      disabled?.value === true
        ? []
        : providers.flatMap((name) => {
            const provider = providerOf(context, name.value);
            if (provider === undefined) {
              context.unsupported(name, codes.telemetry.unknownProvider, { name: name.value });
              return [];
            }
            const backend = logBackend(context, provider, name);
            return backend === undefined ? [] : [context.exact(name, backend)];
          });
    if (disabled?.value === true) for (const name of providers) context.settled(name);
    context.settled(disabled);
    if (mode !== 'SERVER') sides.client = [...(sides.client ?? []), ...backends];
    if (mode !== 'CLIENT') sides.server = [...(sides.server ?? []), ...backends];
  }
  if (sides.client !== undefined || sides.server !== undefined) {
    emitLogs(context, level, sides);
    context.report(codes.telemetry.accessLog, {}, list[0]);
  }
  return named;
}

function tagsOf(context: Context, tags: Field | undefined): unknown[] {
  return entries(tags).flatMap(([name, tag]): unknown[] => {
    const literal = text(descend(tag, 'literal', 'value'));
    const header = text(descend(tag, 'header', 'name'));
    if (literal !== undefined) return [{ name, literal: context.exact(literal, literal.value) }];
    if (header !== undefined) {
      const value = text(descend(tag, 'header', 'defaultValue'));
      return [
        {
          name,
          header: {
            name: context.exact(header, header.value.toLowerCase()),
            ...(value === undefined ? {} : { default: context.exact(value, value.value) }),
          },
        },
      ];
    }
    context.unsupported(tag, codes.telemetry.tag, { name });
    return [];
  });
}

/** The sampling of Istio: the nearest level's, else the mesh's, else 1 % (edge.md T4); Kong Mesh would trace everything. */
function sampling(context: Context, chain: readonly Level[]): unknown {
  for (const { spec } of chain)
    for (const item of items(child(spec, 'tracing'))) {
      const share = number(child(item, 'randomSamplingPercentage'));
      if (share !== undefined)
        return context.exact(share, Number.isInteger(share.value) ? share.value : String(share.value));
    }
  const [share] = meshSettings(context, 'defaultConfig', 'tracing', 'sampling').flatMap((field) => number(field) ?? []);
  return share === undefined
    ? 1
    : context.exact(share, Number.isInteger(share.value) ? share.value : String(share.value));
}

function readTraces(context: Context, level: Level, levels: Levels): void {
  const list = items(child(level.spec, 'tracing'));
  const [first] = list;
  if (first === undefined) return;
  const chain = levels.inherited(level);
  for (const item of list) {
    for (const name of ['enableIstioTags', 'useRequestIdForTraceSampling', 'disableContextPropagation']) {
      const field = child(item, name);
      if (field !== undefined) context.unsupported(field, codes.telemetry.traceField, { field: name });
    }
    const mode = descend(item, 'match', 'mode');
    if (mode !== undefined && mode.value !== 'CLIENT_AND_SERVER')
      context.unsupported(mode, codes.telemetry.traceDirection, {});
    else context.settled(mode);
    for (const other of providersIn(item).slice(1)) context.inert(other, codes.telemetry.oneTracer, {});
  }
  const silent = list.map((item) => flag(child(item, 'disableSpanReporting'))).find((field) => field !== undefined);
  const targetRef = targetOf(context, level);
  const name = `trace-${nameOf(level)}`;
  if (silent?.value === true) {
    emit(context, 'MeshTrace', name, { targetRef, default: { backends: context.exact(silent, []) } });
    observe(context, 'MeshTrace', level, []);
    return;
  }
  context.settled(silent);
  const named = chain.flatMap(({ spec }) => items(child(spec, 'tracing')).flatMap(providersIn))[0];
  const byDefault = meshSettings(context, 'defaultProviders', 'tracing').flatMap(
    (field) => text(items(field)[0]) ?? [],
  )[0];
  const used = named ?? byDefault;
  const provider = used && providerOf(context, used.value);
  if (used === undefined || provider === undefined) {
    if (used !== undefined) context.unsupported(used, codes.telemetry.unknownProvider, { name: used.value });
    for (const item of list) context.claim(item, 'inert', codes.telemetry.noTracer);
    context.report(codes.telemetry.noTracer, {}, first);
    return;
  }
  const backend = traceBackend(context, provider, used);
  if (backend === undefined) {
    for (const item of list) context.claim(item, 'unsupported', codes.telemetry.noBackend);
    return;
  }
  const tags = chain
    .map(({ spec }) =>
      items(child(spec, 'tracing'))
        .map((item) => child(item, 'customTags'))
        .find((field) => field !== undefined),
    )
    .find((field) => field !== undefined);
  const written = tagsOf(context, tags);
  const random = sampling(context, chain);
  observe(context, 'MeshTrace', level, [backend], { random, collector: addressOf(context, provider)?.host });
  emit(context, 'MeshTrace', name, {
    targetRef,
    default: {
      backends: [context.exact(used, backend)],
      sampling: { overall: 100, client: 100, random },
      ...(written.length === 0 ? {} : { tags: written }),
    },
  });
  context.report(codes.telemetry.trace, {}, first);
}

function readMetrics(context: Context, level: Level): void {
  const list = items(child(level.spec, 'metrics'));
  for (const item of list) {
    for (const name of ['overrides', 'reportingInterval']) {
      const field = child(item, name);
      if (field !== undefined) context.unsupported(field, codes.telemetry.metricField, { field: name });
    }
  }
  const providers = list.flatMap(providersIn);
  const isPrometheus = (name: string): boolean =>
    name === 'prometheus' || providerOf(context, name)?.kind === 'prometheus';
  for (const name of providers)
    if (!isPrometheus(name.value))
      context.unsupported(name, codes.telemetry.noBackend, { name: name.value, kind: 'metrics' });
  const scraped = providers.filter(({ value }) => isPrometheus(value));
  if (scraped.length === 0) return;
  const backend = { type: 'Prometheus', prometheus: { port: 5670, path: '/metrics' } };
  observe(context, 'MeshMetric', level, [backend]);
  emit(context, 'MeshMetric', `metrics-${nameOf(level)}`, {
    targetRef: targetOf(context, level),
    default: { backends: [context.derived(scraped, backend)] },
  });
  for (const name of scraped) context.claim(name, 'approximate', codes.telemetry.metrics);
  context.report(codes.telemetry.metrics, {}, scraped[0]);
}

/** The access log of the mesh without a Telemetry that names providers: default providers, else the older `accessLogFile`. */
function readMeshLogs(context: Context): void {
  const names = meshSettings(context, 'defaultProviders', 'accessLogging').flatMap((field) =>
    items(field).flatMap((item) => text(item) ?? []),
  );
  if (names.length > 0) {
    const backends = names.flatMap((name) => {
      const provider = providerOf(context, name.value);
      const backend = provider && logBackend(context, provider, name);
      return backend === undefined ? [] : [context.exact(name, backend)];
    });
    emitLogs(context, undefined, { client: backends, server: backends });
    return;
  }
  const [path] = meshSettings(context, 'accessLogFile').flatMap((field) => text(field) ?? []);
  if (path === undefined || path.value === '') {
    context.settled(path);
    return;
  }
  const [format] = meshSettings(context, 'accessLogFormat').flatMap((field) => text(field) ?? []);
  const [encoding] = meshSettings(context, 'accessLogEncoding');
  const json = encoding?.value === 'JSON';
  // Istio's own list of fields, or one written as JSON, would have to be taken apart; the text says the same.
  if (json) context.unsupported(encoding as Field, codes.telemetry.jsonEncoding, {});
  else context.settled(encoding);
  const plain =
    format === undefined || format.value === '' || json
      ? istioFormat
      : context.exact(format, format.value.replace(/\n$/, ''));
  if (format !== undefined && json) context.claim(format, 'unsupported', codes.telemetry.jsonEncoding);
  const backend = { type: 'File', file: { path: context.exact(path, path.value), format: { type: 'Plain', plain } } };
  emitLogs(context, undefined, { client: [backend], server: [backend] });
  context.report(codes.telemetry.accessLog, {}, path);
}

/**
 * Telemetries and what the mesh's configuration says of logs, traces and metrics (edge.md 3.8): MeshAccessLog, MeshTrace and
 * MeshMetric for each level; the nearest level wins in both meshes.
 */
export function translateTelemetry(context: Context): void {
  const levels = levelsOf(context);
  for (const level of levels.unused) {
    context.report(codes.telemetry.shadowed, {}, level.spec);
    context.claim(level.spec, 'inert', codes.telemetry.shadowed);
  }
  let logged = false;
  for (const level of levels.used) {
    const targets = [child(level.spec, 'targetRef'), child(level.spec, 'targetRefs')].filter(
      (field) => field !== undefined && !(Array.isArray(field.value) && field.value.length === 0),
    );
    const [target] = targets;
    if (target !== undefined) {
      context.report(codes.telemetry.targetRef, {}, target);
      context.claim(level.spec, 'unsupported', codes.telemetry.targetRef);
      continue;
    }
    const named = readLogs(context, level, levels);
    if (level.scope === 'mesh') logged = named;
    readTraces(context, level, levels);
    readMetrics(context, level);
    for (const leaf of context.unclaimed(level.spec)) context.claim(leaf, 'inert', codes.telemetry.unusedField);
  }
  if (!logged) readMeshLogs(context);
  draftForGateways(context, observedIn(context));
}
