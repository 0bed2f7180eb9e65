import { codes } from '@isthmus/diagnostics';
import type { Context } from '../../context.ts';
import { child, type Field, items } from '../../field.ts';
import { defaultProviders, effectiveMetrics, providersIn } from './effective.ts';
import { emit, observe } from './emit.ts';
import { type Chain, type Level, type Levels, nameOf, targetOf } from './levels.ts';
import { providerOf } from './providers.ts';

const isPrometheus = (context: Context, { value }: Field<string>): boolean =>
  providerOf(context, value)?.kind === 'prometheus';

function claimProviders(context: Context, names: readonly Field<string>[]): void {
  for (const name of names) {
    const provider = providerOf(context, name.value);
    if (provider === undefined) context.unsupported(name, codes.telemetry.unknownProvider, { name: name.value });
    else if (isPrometheus(context, name)) {
      context.claim(name, 'approximate', codes.telemetry.metrics);
      context.settled(child(provider.field, 'name'));
    } else context.unsupported(name, codes.telemetry.noBackend, { name: name.value, kind: provider.kind });
  }
}

function emitMetrics(context: Context, level: Level | undefined, chain: Chain): void {
  const scrapedIn = (one: Chain): Field<string>[] =>
    effectiveMetrics(context, one).filter((name) => isPrometheus(context, name));
  const scraped = scrapedIn(chain);
  const isWidest = level === undefined || level.scope === 'mesh';
  // What is scraped everywhere needs no policy of its own; Kong Mesh's metrics cannot be told to stop by provider.
  if (scraped.length === 0 || (!isWidest && scrapedIn(chain.slice(0, -1)).length > 0)) return;
  const backend = { type: 'Prometheus', prometheus: { port: 5670, path: '/metrics' } };
  observe(context, 'MeshMetric', level, [backend]);
  emit(context, 'MeshMetric', `metrics-${nameOf(level)}`, {
    targetRef: targetOf(context, level),
    default: { backends: [context.derived(scraped, backend)] },
  });
  context.report(codes.telemetry.metrics, {}, scraped[0]);
}

/** Metrics: Prometheus finds them at each sidecar. What a Telemetry changes in Istio's own metrics has no counterpart. */
export function translateMetrics(context: Context, levels: Levels): void {
  claimProviders(context, defaultProviders(context, 'metrics'));
  const speaking = levels.used.filter(({ spec }) => items(child(spec, 'metrics')).length > 0);
  for (const { spec } of speaking) {
    const list = items(child(spec, 'metrics'));
    claimProviders(context, list.flatMap(providersIn));
    for (const item of list)
      for (const name of ['overrides', 'reportingInterval']) {
        const field = child(item, name);
        if (field !== undefined) context.unsupported(field, codes.telemetry.metricField, { field: name });
      }
  }
  const isSaidForAll = speaking.some(({ scope }) => scope === 'mesh');
  for (const level of isSaidForAll ? speaking : [undefined, ...speaking])
    emitMetrics(context, level, level === undefined ? [] : levels.chainOf(level));
}
