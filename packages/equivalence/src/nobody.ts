import type { Endpoints } from '@isthmus/behavior';

/**
 * A label that Isthmus keeps for itself and no workload carries: a Service that selects by it has no endpoints, on purpose,
 * where Istio's route leads to nobody.
 */
const nobodyLabel = 'isthmus/no-endpoints';

/** The status with which the proxy answers because nobody is there; undefined where somebody may be. */
export function answerOfNobody(endpoints: Endpoints): number | undefined {
  if (endpoints.kind === 'none') return endpoints.status ?? 503;
  return endpoints.kind === 'workloads' && Object.hasOwn(endpoints.labels, nobodyLabel) ? 503 : undefined;
}
