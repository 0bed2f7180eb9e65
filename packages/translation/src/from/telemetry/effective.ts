import type { Context } from '../../context.ts';
import { child, descend, type Field, flag, items, number, text } from '../../field.ts';
import { meshSettings } from '../../mesh-settings.ts';
import type { Chain } from './levels.ts';
import { kindOf, providerOf } from './providers.ts';

export type Mode = 'CLIENT' | 'SERVER';

/** Names of an item's providers. */
export const providersIn = (item: Field): Field<string>[] =>
  items(child(item, 'providers')).flatMap((provider) => text(child(provider, 'name')) ?? []);

/** The mesh's default providers of some kind. */
export const defaultProviders = (context: Context, kind: 'accessLogging' | 'metrics' | 'tracing'): Field<string>[] =>
  meshSettings(context, 'defaultProviders', kind).flatMap((field) => items(field).flatMap((item) => text(item) ?? []));

/** Whether an item is for what proxies do as clients or as servers. */
function isFor(item: Field, mode: Mode): boolean {
  const wanted = descend(item, 'match', 'mode')?.value ?? 'CLIENT_AND_SERVER';
  return wanted === 'CLIENT_AND_SERVER' || wanted === mode;
}

/** A provider that access logs go to, or are turned off for. */
export interface LogSpec {
  readonly name: string;
  readonly disabled: boolean;
  readonly filter: Field | undefined;
  /** What names it. */
  readonly field: Field<string>;
}

/**
 * Where proxies log to (istio/pilot/pkg/model/telemetry.go mergeLogs, 1.32); undefined: what the older `accessLogFile` says,
 * because none of the providers is one that Istio knows for logs.
 */
export function effectiveLogs(context: Context, chain: Chain, mode: Mode): LogSpec[] | undefined {
  const defaults = defaultProviders(context, 'accessLogging');
  const logging = chain.map(({ spec }) => items(child(spec, 'accessLogging'))).filter((list) => list.length > 0);
  const found = new Map<string, LogSpec>();
  if (logging.length === 0)
    for (const field of defaults)
      found.set(field.value, { name: field.value, disabled: false, filter: undefined, field });
  let inScope = new Set(defaults.map(({ value }) => value));
  const filters = new Map<string, Field | undefined>();
  for (const list of logging) {
    const own = list
      .filter((item) => isFor(item, mode))
      .flatMap((item) => providersIn(item).map(({ value }) => [value, child(item, 'filter')] as const));
    for (const [name, filter] of own) filters.set(name, filter);
    if (own.length > 0) inScope = new Set(own.map(([name]) => name));
  }
  let parents = defaults;
  for (const item of logging.flat()) {
    const named = providersIn(item);
    parents = named.length > 0 ? named : parents;
    if (!isFor(item, mode)) continue;
    const disabled = flag(child(item, 'disabled'))?.value === true;
    for (const field of parents)
      if (inScope.has(field.value)) {
        const filter = disabled ? undefined : filters.get(field.value);
        found.set(field.value, { name: field.value, disabled, filter, field });
      }
  }
  const known = [...found.values()].filter(({ name }) => kindOf(providerOf(context, name)).logs);
  return known.length === 0 ? undefined : known.sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** What two sets of logs are told apart by: where the lines go. Conditions are lost either way. */
export const keyOfLogs = (logs: readonly LogSpec[] | undefined): string =>
  JSON.stringify(logs?.flatMap(({ name, disabled }) => (disabled ? [] : [name])) ?? 'older');

/** How proxies trace. */
export interface TraceSpec {
  /** What names the provider; undefined: nothing does. */
  readonly named: Field<string> | undefined;
  readonly disabled: Field<boolean> | undefined;
  readonly tags: Field | undefined;
  readonly sampling: Field<number> | undefined;
}

/** How proxies trace (telemetry.go Tracing, 1.32); undefined: as the older settings of `defaultConfig` say. */
export function effectiveTrace(context: Context, chain: Chain, mode: Mode): TraceSpec | undefined {
  const all = chain.flatMap(({ spec }) => items(child(spec, 'tracing')));
  const [byDefault] = defaultProviders(context, 'tracing');
  if (all.length === 0 && byDefault === undefined) return undefined;
  let spec: TraceSpec = { named: byDefault, disabled: undefined, tags: undefined, sampling: undefined };
  for (const item of all.filter((one) => isFor(one, mode)))
    spec = {
      named: providersIn(item)[0] ?? spec.named,
      disabled: flag(child(item, 'disableSpanReporting')) ?? spec.disabled,
      tags: child(item, 'customTags') ?? spec.tags,
      sampling: number(child(item, 'randomSamplingPercentage')) ?? spec.sampling,
    };
  return spec;
}

/** Names of the providers of metrics (telemetry.go mergeMetrics, 1.32). */
export function effectiveMetrics(context: Context, chain: Chain): Field<string>[] {
  let named = defaultProviders(context, 'metrics');
  for (const item of chain.flatMap(({ spec }) => items(child(spec, 'metrics')))) {
    const own = providersIn(item);
    if (own.length > 0) named = own;
  }
  return named;
}
