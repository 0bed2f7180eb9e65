import { checkMatch } from '../common/match.ts';
import { checkNoNegativeDuration, checkPercentage, type Integer, type IntegerOrText } from '../common/numbers.ts';
import { defineRules, type Report, type Validation } from '../common/resource.ts';
import { affectsInbound, type Sections } from '../common/sections.ts';
import { checkTargetRef, checkTopTargetRef, includesGateways } from '../common/target-ref.ts';

interface Fault {
  readonly abort?: { readonly httpStatus: Integer; readonly percentage: IntegerOrText };
  readonly delay?: { readonly value: string; readonly percentage: IntegerOrText };
  readonly responseBandwidth?: { readonly limit: string; readonly percentage: IntegerOrText };
}

interface Conf {
  readonly http?: readonly Fault[];
}

// Kuma writes the index behind the kind of fault: `http.abort[0]` for `http[0].abort`.
function checkConf({ http = [] }: Conf, path: string, report: Report): void {
  for (const [index, { abort, delay, responseBandwidth }] of http.entries()) {
    const spot = (name: string): [path: string, at: string] => {
      const [fault, field] = name.split('.');
      return [`${path}.http.${fault}[${index}].${field}`, `${path}.http[${index}].${name}`];
    };
    const percentage = (fault: { readonly percentage: IntegerOrText } | undefined, name: string): void => {
      const [where, at] = spot(`${name}.percentage`);
      checkPercentage(fault?.percentage, where, report, { at });
    };
    if (abort !== undefined && (abort.httpStatus < 100 || abort.httpStatus > 599)) {
      const [where, at] = spot('abort.httpStatus');
      report(where, 'it must be from 100 to 599', at);
    }
    percentage(abort, 'abort');
    const [where, at] = spot('delay.value');
    checkNoNegativeDuration(delay?.value, where, report, at);
    percentage(delay, 'delay');
    if (responseBandwidth !== undefined && !/^\d*[\t\n\f\r ]?[GMk]+bps$/.test(responseBandwidth.limit)) {
      const [limit, real] = spot('responseBandwidth.limit');
      report(limit, 'it must be a whole number of kbps, Mbps or Gbps', real);
    }
    percentage(responseBandwidth, 'responseBandwidth');
  }
}

/** kuma, pkg/plugins/policies/meshfaultinjection/api/v1alpha1/validator.go; routing.md 2.10. */
function validate(spec: Sections<Conf>, validation: Validation): void {
  const { targetRef, to = [], from = [], rules = [] } = spec;
  const { report } = validation;
  checkTopTargetRef(
    targetRef,
    { system: ['MeshGateway'], listenerTags: true, inbound: affectsInbound(spec) },
    validation,
  );
  if (from.length > 0 && rules.length > 0) report('spec', 'rules must not stand beside from');
  for (const [index, { matches = [], default: conf = {} }] of rules.entries()) {
    for (const [number, match] of matches.entries())
      checkMatch(match, `spec.rules[${index}].matches[${number}]`, report);
    checkConf(conf, `spec.rules[${index}].default`, report);
  }
  const gateways = includesGateways(targetRef);
  if (gateways && from.length > 0) report('spec.from', 'it must not be set where the proxies meant can be gateways');
  for (const [index, item] of (gateways ? [] : from).entries()) {
    const kinds = ['Mesh', 'MeshSubset', 'MeshServiceSubset', 'MeshService'];
    checkTargetRef(item.targetRef, `spec.from[${index}].targetRef`, { kinds }, validation);
    checkConf(item.default ?? {}, `spec.from[${index}].default`, report);
  }
  if (!gateways && to.length > 0) report('spec.to', 'it can be set only where the proxies meant can be gateways');
  for (const [index, item] of (gateways ? to : []).entries()) {
    checkTargetRef(item.targetRef, `spec.to[${index}].targetRef`, { kinds: ['Mesh'] }, validation);
    checkConf(item.default ?? {}, `spec.to[${index}].default`, report);
  }
}

export const meshFaultInjection = defineRules({
  kind: 'MeshFaultInjection',
  policy: true,
  go: { durations: ['delay.value'], integers: { httpStatus: 'int32' } },
  validate,
});
