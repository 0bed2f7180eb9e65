import { checkMatches } from '../common/match.ts';
import { checkNoNegativeDuration, checkPositiveDuration } from '../common/numbers.ts';
import { defineRules, type Report, type Validation } from '../common/resource.ts';
import {
  affectsInbound,
  checkAnySection,
  checkRulesAlone,
  type InboundRule,
  type Sections,
} from '../common/sections.ts';
import { checkTargetRef, checkTopTargetRef } from '../common/target-ref.ts';

interface Http {
  readonly requestTimeout?: string;
  readonly streamIdleTimeout?: string;
  readonly maxStreamDuration?: string;
  readonly maxConnectionDuration?: string;
  readonly requestHeadersTimeout?: string;
}

interface Conf {
  readonly connectionTimeout?: string;
  readonly idleTimeout?: string;
  readonly http?: Http;
}

const httpFields = [
  'requestTimeout',
  'streamIdleTimeout',
  'maxStreamDuration',
  'maxConnectionDuration',
  'requestHeadersTimeout',
] as const;

function forbid(conf: Conf, httpNames: readonly (keyof Http)[], path: string, why: string, report: Report): void {
  for (const name of ['connectionTimeout', 'idleTimeout'] as const)
    if (conf[name] !== undefined) report(`${path}.${name}`, why);
  for (const name of httpNames) if (conf.http?.[name] !== undefined) report(`${path}.http.${name}`, why);
}

function checkConf(conf: Conf, path: string, topKind: string, { report }: Validation): void {
  const { connectionTimeout, idleTimeout, http } = conf;
  if (connectionTimeout === undefined && idleTimeout === undefined && http === undefined) {
    report(path, 'it must have a timeout');
    return;
  }
  if (topKind === 'MeshHTTPRoute')
    forbid(
      conf,
      ['maxStreamDuration', 'maxConnectionDuration'],
      path,
      'it must not be set for a MeshHTTPRoute',
      report,
    );
  checkPositiveDuration(connectionTimeout, `${path}.connectionTimeout`, report);
  checkNoNegativeDuration(idleTimeout, `${path}.idleTimeout`, report);
  if (http === undefined) return;
  if (httpFields.slice(0, 4).every((name) => http[name] === undefined))
    report(`${path}.http`, 'it must have a timeout besides requestHeadersTimeout');
  for (const name of httpFields) checkNoNegativeDuration(http[name], `${path}.http.${name}`, report);
}

function checkRule(
  { matches, default: conf = {} }: InboundRule<Conf>,
  path: string,
  topKind: string,
  validation: Validation,
): void {
  if (checkMatches(matches, `${path}.matches`, validation.report)) {
    const why = 'it does not depend on who the client is, and must not be set where a match has a spiffeID';
    forbid(
      conf,
      ['requestHeadersTimeout', 'maxStreamDuration', 'maxConnectionDuration'],
      `${path}.default`,
      why,
      validation.report,
    );
  }
  checkConf(conf, `${path}.default`, topKind, validation);
}

/** kuma, pkg/plugins/policies/meshtimeout/api/v1alpha1/validator.go; routing.md 2.7. */
function validate(spec: Sections<Conf>, validation: Validation): void {
  const { targetRef, to = [], from = [], rules = [] } = spec;
  const { report } = validation;
  const system = ['MeshGateway', 'MeshHTTPRoute'];
  checkTopTargetRef(targetRef, { system, listenerTags: true, inbound: affectsInbound(spec) }, validation);
  checkRulesAlone(spec, validation);
  checkAnySection(spec, validation);
  const topKind = targetRef?.kind ?? 'Mesh';
  const gatewayScope = system.includes(topKind);
  if (gatewayScope && from.length > 0) report('spec.from', `it must not be set for the kind ${topKind}`);
  for (const [index, item] of (gatewayScope ? [] : from).entries()) {
    checkTargetRef(item.targetRef, `spec.from[${index}].targetRef`, { kinds: ['Mesh'] }, validation);
    checkConf(item.default ?? {}, `spec.from[${index}].default`, topKind, validation);
  }
  const kinds = gatewayScope
    ? ['Mesh', 'MeshExternalService']
    : ['Mesh', 'MeshService', 'MeshExternalService', 'MeshMultiZoneService', 'MeshHTTPRoute'];
  for (const [index, item] of to.entries()) {
    checkTargetRef(item.targetRef, `spec.to[${index}].targetRef`, { kinds }, validation);
    checkConf(item.default ?? {}, `spec.to[${index}].default`, topKind, validation);
  }
  for (const [index, rule] of rules.entries()) checkRule(rule, `spec.rules[${index}]`, topKind, validation);
}

export const meshTimeout = defineRules({
  kind: 'MeshTimeout',
  policy: true,
  go: { durations: ['connectionTimeout', 'idleTimeout', ...httpFields] },
  validate,
});
