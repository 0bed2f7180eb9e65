import { checkMatches } from '../common/match.ts';
import { checkPositive, type Integer, nanoseconds } from '../common/numbers.ts';
import { defineRules, type Report, type Validation } from '../common/resource.ts';
import { affectsInbound, checkAnySection, checkRulesAlone, type Sections } from '../common/sections.ts';
import { checkTargetRef, checkTopTargetRef, includesGateways } from '../common/target-ref.ts';

interface Rate {
  readonly num: Integer;
  readonly interval: string;
}

interface Conf {
  readonly local?: {
    readonly http?: {
      readonly disabled?: boolean;
      readonly requestRate?: Rate;
      readonly onRateLimit?: { readonly status?: Integer };
    };
    readonly tcp?: { readonly disabled?: boolean; readonly connectionRate?: Rate };
  };
}

const leastInterval = 50_000_000n;

function checkRate(rate: Rate | undefined, path: string, report: Report): void {
  if (rate === undefined) return;
  checkPositive(rate.num, `${path}.num`, report);
  if (nanoseconds(rate.interval) <= leastInterval) report(`${path}.interval`, 'it must be above 50ms');
}

function checkConf({ local }: Conf, path: string, report: Report): void {
  if (local === undefined) {
    report(`${path}.local`, 'it must be set');
    return;
  }
  const { http, tcp } = local;
  if (http === undefined && tcp === undefined) report(`${path}.local`, 'it must have tcp or http');
  if (http !== undefined) {
    const field = `${path}.local.http`;
    if (http.disabled === undefined && http.requestRate === undefined && http.onRateLimit === undefined)
      report(field, 'it must have disabled, requestRate or onRateLimit');
    checkRate(http.requestRate, `${field}.requestRate`, report);
    checkPositive(http.onRateLimit?.status, `${field}.onRateLimit.status`, report);
  }
  if (tcp !== undefined) {
    const field = `${path}.local.tcp`;
    if (tcp.disabled === undefined && tcp.connectionRate === undefined)
      report(field, 'it must have disabled or connectionRate');
    checkRate(tcp.connectionRate, `${field}.connectionRate`, report);
  }
}

/** kuma, pkg/plugins/policies/meshratelimit/api/v1alpha1/validator.go; routing.md 2.11. */
function validate(spec: Sections<Conf>, validation: Validation): void {
  const { targetRef, to = [], from = [], rules = [] } = spec;
  const { version, report } = validation;
  checkRulesAlone(spec, validation);
  if (version === '3.0') checkAnySection(spec, validation);
  const system = ['MeshGateway', 'MeshHTTPRoute'];
  checkTopTargetRef(targetRef, { system, listenerTags: true, inbound: affectsInbound(spec) }, validation);
  const gateways = includesGateways(targetRef);
  for (const [name, list] of [
    ['rules', rules],
    ['from', from],
  ] as const)
    if (gateways && list.length > 0)
      report(`spec.${name}`, 'it must not be set where the proxies meant can be gateways');
  for (const [index, { matches, default: conf = {} }] of (gateways ? [] : rules).entries()) {
    const path = `spec.rules[${index}]`;
    if (checkMatches(matches, `${path}.matches`, report) && conf.local?.tcp !== undefined)
      report(
        `${path}.default.local.tcp`,
        'it does not depend on who the client is, and must not be set where a match has a spiffeID',
      );
    checkConf(conf, `${path}.default`, report);
  }
  for (const [index, item] of (gateways ? [] : from).entries()) {
    checkTargetRef(item.targetRef, `spec.from[${index}].targetRef`, { kinds: ['Mesh'] }, validation);
    checkConf(item.default ?? {}, `spec.from[${index}].default`, report);
  }
  if (!gateways && to.length > 0) report('spec.to', 'it can be set only where the proxies meant can be gateways');
  for (const [index, item] of (gateways ? to : []).entries()) {
    checkTargetRef(item.targetRef, `spec.to[${index}].targetRef`, { kinds: ['Mesh'] }, validation);
    checkConf(item.default ?? {}, `spec.to[${index}].default`, report);
  }
}

export const meshRateLimit = defineRules({
  kind: 'MeshRateLimit',
  policy: true,
  go: { durations: ['requestRate.interval', 'connectionRate.interval'] },
  validate,
});
