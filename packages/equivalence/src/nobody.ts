import type { Endpoints } from '@isthmus/behavior';
import { nobodyLabel } from '@isthmus/kubernetes';

/** The status with which the proxy answers because nobody is there; undefined where somebody may be. */
export function answerOfNobody(endpoints: Endpoints): number | undefined {
  if (endpoints.kind === 'none') return endpoints.status ?? 503;
  return endpoints.kind === 'workloads' && Object.hasOwn(endpoints.labels, nobodyLabel) ? 503 : undefined;
}
