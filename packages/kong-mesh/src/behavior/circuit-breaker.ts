import type { ClusterSettings } from '@isthmus/behavior';
import type { JsonObject } from '@isthmus/kubernetes';
import { envoyDuration } from './duration.ts';
import { decimalOf, mapOf, numberOf } from './value.ts';

const limits = ['maxConnections', 'maxPendingRequests', 'maxRequests', 'maxRetries', 'maxConnectionPools'] as const;

/** The limits of a MeshCircuitBreaker configuration; what it leaves out has Envoy's default. */
export function circuitBreakersOf(conf: JsonObject): ClusterSettings['circuitBreakers'] {
  const given = mapOf(conf.connectionLimits);
  const found = limits.flatMap((name) => {
    const value = numberOf(given[name]);
    return value === undefined ? [] : [[name, value] as const];
  });
  return { ...Object.fromEntries(found), trackRemaining: true };
}

type Detection = NonNullable<ClusterSettings['outlierDetection']>;

/** A detector that counts: enforced where its number is given, off where not. */
function counting(detector: JsonObject, enforcing: string, field: string): Detection {
  const consecutive = numberOf(detector.consecutive);
  return consecutive === undefined ? { [enforcing]: 0 } : { [enforcing]: 100, [field]: consecutive };
}

/** A detector that compares endpoints: enforced where it is there, for local errors too. */
function comparing(
  detector: JsonObject | undefined,
  enforcing: readonly string[],
  fields: Readonly<Record<string, string>>,
): Detection {
  const enforced = Object.fromEntries(enforcing.map((name) => [name, detector === undefined ? 0 : 100]));
  const given = Object.entries(fields).flatMap(([from, to]) => {
    const value = numberOf(detector?.[from]);
    return value === undefined ? [] : [[to, value] as const];
  });
  return { ...enforced, ...Object.fromEntries(given) };
}

function detectorsOf(detectors: JsonObject): Detection {
  const { totalFailures, localOriginFailures, gatewayFailures, successRate, failurePercentage } = detectors;
  const factor = decimalOf(mapOf(successRate).standardDeviationFactor);
  return {
    ...counting(mapOf(totalFailures), 'enforcingConsecutive5xx', 'consecutive5xx'),
    ...counting(mapOf(localOriginFailures), 'enforcingConsecutiveLocalOriginFailure', 'consecutiveLocalOriginFailure'),
    ...counting(mapOf(gatewayFailures), 'enforcingConsecutiveGatewayFailure', 'consecutiveGatewayFailure'),
    ...comparing(
      successRate == null ? undefined : mapOf(successRate),
      ['enforcingSuccessRate', 'enforcingLocalOriginSuccessRate'],
      { minimumHosts: 'successRateMinimumHosts', requestVolume: 'successRateRequestVolume' },
    ),
    ...(factor === undefined ? {} : { successRateStdevFactor: Math.trunc(Number((factor * 1000).toFixed(6))) }),
    ...comparing(
      failurePercentage == null ? undefined : mapOf(failurePercentage),
      ['enforcingFailurePercentage', 'enforcingFailurePercentageLocalOrigin'],
      {
        minimumHosts: 'failurePercentageMinimumHosts',
        requestVolume: 'failurePercentageRequestVolume',
        threshold: 'failurePercentageThreshold',
      },
    ),
  };
}

/** Whether a configuration detects outliers at all. */
const detects = (conf: JsonObject): boolean =>
  conf.outlierDetection != null && mapOf(conf.outlierDetection).disabled !== true;

/**
 * The outlier detection of a MeshCircuitBreaker configuration, in Envoy's names; undefined where there is none (kuma,
 * meshcircuitbreaker/plugin/xds/configurer.go).
 */
export function outlierDetectionOf(conf: JsonObject): Detection | undefined {
  if (!detects(conf)) return undefined;
  const { interval, baseEjectionTime, maxEjectionPercent, splitExternalAndLocalErrors, detectors } = mapOf(
    conf.outlierDetection,
  );
  const percent = numberOf(maxEjectionPercent);
  return {
    ...(interval == null ? {} : { interval: envoyDuration(interval, '') }),
    ...(baseEjectionTime == null ? {} : { baseEjectionTime: envoyDuration(baseEjectionTime, '') }),
    ...(percent === undefined ? {} : { maxEjectionPercent: percent }),
    ...(splitExternalAndLocalErrors === true ? { splitExternalLocalOriginErrors: true } : {}),
    ...detectorsOf(mapOf(detectors)),
  };
}

/** The panic threshold that a MeshCircuitBreaker configuration sets, in percent. */
export const panicThresholdOf = (conf: JsonObject): number | undefined =>
  detects(conf) ? decimalOf(mapOf(conf.outlierDetection).healthyPanicThreshold) : undefined;
