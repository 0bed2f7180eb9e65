import { codes } from '@isthmus/diagnostics';
import type { Context } from '../../context.ts';
import { child } from '../../field.ts';
import { draftForGateways } from './at-gateways.ts';
import { observedIn } from './emit.ts';
import { levelsOf } from './levels.ts';
import { translateLogs } from './logs.ts';
import { translateMetrics } from './metrics.ts';
import { translateTraces } from './traces.ts';

/**
 * Telemetries and what the mesh's configuration says of logs, traces and metrics (edge.md 3.8): MeshAccessLog, MeshTrace and
 * MeshMetric for each level; the nearest level wins in both meshes.
 */
export function translateTelemetry(context: Context): void {
  const levels = levelsOf(context);
  for (const { spec } of levels.unused) {
    context.report(codes.telemetry.shadowed, {}, spec);
    context.claim(spec, 'inert', codes.telemetry.shadowed);
  }
  for (const { spec } of levels.attached) {
    context.report(codes.telemetry.targetRef, {}, child(spec, 'targetRef') ?? child(spec, 'targetRefs'));
    context.claim(spec, 'unsupported', codes.telemetry.targetRef);
  }
  translateLogs(context, levels);
  translateTraces(context, levels);
  translateMetrics(context, levels);
  for (const { spec } of levels.used)
    for (const leaf of context.unclaimed(spec)) context.claim(leaf, 'inert', codes.telemetry.unusedField);
  draftForGateways(context, observedIn(context));
}
