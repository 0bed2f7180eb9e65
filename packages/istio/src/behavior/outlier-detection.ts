import type { ClusterSettings } from '@isthmus/behavior';
import { child, type Field, items, number } from '@isthmus/kubernetes';
import { given } from '../effective/fields.ts';
import type { RegistryService } from '../effective/registry.ts';
import { protoDuration } from './duration.ts';

type Settings = Record<string, number | string | boolean>;

function detector(field: Field | undefined, count: string, enforcing: string): Settings {
  const value = number(field)?.value;
  return value === undefined ? {} : { [count]: value, [enforcing]: value > 0 ? 100 : 0 };
}

/** Outlier detection (istio/pilot/pkg/networking/core/cluster_traffic_policy.go applyOutlierDetection, 1.32). */
export function outlierDetection(outlier: Field | undefined): Pick<ClusterSettings, 'outlierDetection'> {
  if (outlier === undefined) return {};
  const interval = protoDuration(given(outlier, 'interval'));
  const baseEjectionTime = protoDuration(given(outlier, 'baseEjectionTime'));
  const maxEjectionPercent = number(given(outlier, 'maxEjectionPercent'))?.value ?? 0;
  const split = child(outlier, 'splitExternalLocalOriginErrors')?.value === true;
  const local = number(given(outlier, 'consecutiveLocalOriginFailures'))?.value ?? 0;
  return {
    outlierDetection: {
      enforcingSuccessRate: 0,
      ...detector(given(outlier, 'consecutive5xxErrors'), 'consecutive5xx', 'enforcingConsecutive5xx'),
      ...detector(
        given(outlier, 'consecutiveGatewayErrors'),
        'consecutiveGatewayFailure',
        'enforcingConsecutiveGatewayFailure',
      ),
      ...(interval === undefined ? {} : { interval }),
      ...(baseEjectionTime === undefined ? {} : { baseEjectionTime }),
      ...(maxEjectionPercent > 0 ? { maxEjectionPercent } : {}),
      ...(split
        ? {
            splitExternalLocalOriginErrors: true,
            ...(local > 0 ? { consecutiveLocalOriginFailure: local, enforcingConsecutiveLocalOriginFailure: 100 } : {}),
            enforcingLocalOriginSuccessRate: 0,
          }
        : {}),
    },
  };
}

/**
 * The panic threshold: off unless outlier detection sets it (routing.md 3.6, verified by running Istio 1.32), and off whatever
 * it sets where a Service prefers endpoints nearby: the proxy then knows of endpoints that are not ready
 * (istio/pilot/pkg/model/service.go ForcesSupportUnhealthyEndpoints, 1.32).
 */
export function panicThreshold(
  outlier: Field | undefined,
  { trafficDistribution }: Pick<RegistryService, 'trafficDistribution'>,
): { readonly value?: number } {
  if (trafficDistribution !== undefined) return {};
  const percent = number(given(outlier, 'minHealthPercent'))?.value ?? 0;
  return percent > 0 ? { value: percent } : {};
}

/** Status codes that count as failures. */
export function outlierStatusCodes(outlier: Field | undefined): { readonly outlierStatusCodes?: readonly number[] } {
  const codes = items(child(outlier, 'outlierDetectionHttpErrorCodes')).flatMap((item) => number(item)?.value ?? []);
  return codes.length === 0 ? {} : { outlierStatusCodes: codes };
}
