import {
  checkPercentage,
  checkPositive,
  checkPositiveDuration,
  type Integer,
  type IntegerOrText,
  inspectDecimal,
} from '../common/numbers.ts';
import { defineRules, type Report, type Validation } from '../common/resource.ts';
import { affectsInbound, checkAnySection, checkRulesAlone, type Sections } from '../common/sections.ts';
import { checkTargetRef, checkTopTargetRef } from '../common/target-ref.ts';

interface Detectors {
  readonly totalFailures?: { readonly consecutive?: Integer };
  readonly gatewayFailures?: { readonly consecutive?: Integer };
  readonly localOriginFailures?: { readonly consecutive?: Integer };
  readonly successRate?: {
    readonly minimumHosts?: Integer;
    readonly requestVolume?: Integer;
    readonly standardDeviationFactor?: IntegerOrText;
  };
  readonly failurePercentage?: {
    readonly minimumHosts?: Integer;
    readonly requestVolume?: Integer;
    readonly threshold?: Integer;
  };
}

interface Conf {
  readonly connectionLimits?: Readonly<Record<string, Integer>>;
  readonly outlierDetection?: {
    readonly interval?: string;
    readonly baseEjectionTime?: string;
    readonly maxEjectionPercent?: Integer;
    readonly healthyPanicThreshold?: IntegerOrText;
    readonly detectors?: Detectors;
  };
}

const limits = ['maxConnections', 'maxConnectionPools', 'maxPendingRequests', 'maxRetries', 'maxRequests'];

/** Where Kuma says that a conf is, and where it is: it says `from` for `rules`. */
interface Spot {
  readonly path: string;
  readonly at: string;
}

function checkHostsAndVolume(
  detector: { readonly minimumHosts?: Integer; readonly requestVolume?: Integer },
  { path, at }: Spot,
  report: Report,
): void {
  checkPositive(detector.minimumHosts, `${path}.minimumHosts`, report, `${at}.minimumHosts`);
  checkPositive(detector.requestVolume, `${path}.requestVolume`, report, `${at}.requestVolume`);
}

function checkDetectors(detectors: Detectors | undefined, { path, at }: Spot, { report }: Validation): void {
  if (detectors === undefined) {
    report(path, 'it must be set, for disabled outlier detection too', at);
    return;
  }
  if (Object.keys(detectors).length === 0) {
    report(path, 'it must have a detector', at);
    return;
  }
  const { successRate, failurePercentage } = detectors;
  for (const name of ['totalFailures', 'gatewayFailures', 'localOriginFailures'] as const) {
    const consecutive = detectors[name]?.consecutive;
    if (consecutive !== undefined)
      checkPositive(consecutive, `${path}.${name}.consecutive`, report, `${at}.${name}.consecutive`);
  }
  if (successRate !== undefined) {
    const rate: Spot = { path: `${path}.successRate`, at: `${at}.successRate` };
    checkHostsAndVolume(successRate, rate, report);
    const factor = successRate.standardDeviationFactor;
    if (factor !== undefined && !['to 100', 'above 100'].includes(inspectDecimal(factor)))
      report(
        `${rate.path}.standardDeviationFactor`,
        'it must be a number above 0',
        `${rate.at}.standardDeviationFactor`,
      );
  }
  if (failurePercentage !== undefined) {
    const share: Spot = { path: `${path}.failurePercentage`, at: `${at}.failurePercentage` };
    checkHostsAndVolume(failurePercentage, share, report);
    checkPercentage(failurePercentage.threshold, `${share.path}.threshold`, report, { at: `${share.at}.threshold` });
  }
}

function checkConf({ connectionLimits, outlierDetection }: Conf, { path, at }: Spot, validation: Validation): void {
  const { report } = validation;
  if (connectionLimits === undefined && outlierDetection === undefined) {
    report(path, 'it must have connectionLimits or outlierDetection', at);
    return;
  }
  for (const name of limits) {
    const limit = connectionLimits?.[name];
    if (limit !== undefined)
      checkPositive(limit, `${path}.connectionLimits.${name}`, report, `${at}.connectionLimits.${name}`);
  }
  if (outlierDetection === undefined) return;
  const outlier = { path: `${path}.outlierDetection`, at: `${at}.outlierDetection` };
  for (const name of ['interval', 'baseEjectionTime'] as const) {
    const duration = outlierDetection[name];
    if (duration !== undefined)
      checkPositiveDuration(duration, `${outlier.path}.${name}`, report, `${outlier.at}.${name}`);
  }
  for (const name of ['maxEjectionPercent', 'healthyPanicThreshold'] as const) {
    const percentage = outlierDetection[name];
    if (percentage !== undefined)
      checkPercentage(percentage, `${outlier.path}.${name}`, report, { at: `${outlier.at}.${name}` });
  }
  checkDetectors(
    outlierDetection.detectors,
    { path: `${outlier.path}.detectors`, at: `${outlier.at}.detectors` },
    validation,
  );
}

/** kuma, pkg/plugins/policies/meshcircuitbreaker/api/v1alpha1/validator.go; routing.md 2.9. */
function validate(spec: Sections<Conf>, validation: Validation): void {
  const { targetRef, to = [], from = [], rules = [] } = spec;
  const { version, report } = validation;
  checkTopTargetRef(targetRef, { all: ['MeshGateway'], listenerTags: true, inbound: affectsInbound(spec) }, validation);
  checkAnySection(spec, validation);
  // 3.0 takes both in one policy, unlike other kinds.
  if (version !== '3.0') checkRulesAlone(spec, validation);
  for (const [index, rule] of rules.entries())
    checkConf(
      rule.default ?? {},
      { path: `spec.from[${index}].default`, at: `spec.rules[${index}].default` },
      validation,
    );
  for (const [index, item] of from.entries()) {
    const path = `spec.from[${index}].default`;
    checkTargetRef(item.targetRef, `spec.from[${index}].targetRef`, { kinds: ['Mesh'] }, validation);
    checkConf(item.default ?? {}, { path, at: path }, validation);
  }
  const external = version === '2.13' ? [] : ['MeshExternalService'];
  const kinds = ['Mesh', 'MeshService', ...external, 'MeshMultiZoneService'];
  for (const [index, item] of to.entries()) {
    const path = `spec.to[${index}]`;
    checkTargetRef(item.targetRef, `${path}.targetRef`, { kinds }, validation);
    if (version === '2.13' && item.targetRef.kind === 'MeshExternalService' && (targetRef?.kind ?? 'Mesh') !== 'Mesh')
      report(`${path}.targetRef.kind`, 'a MeshExternalService can be meant only for the whole mesh');
    checkConf(item.default ?? {}, { path: `${path}.default`, at: `${path}.default` }, validation);
  }
}

export const meshCircuitBreaker = defineRules({
  kind: 'MeshCircuitBreaker',
  policy: true,
  go: { durations: ['interval', 'baseEjectionTime'] },
  validate,
});
