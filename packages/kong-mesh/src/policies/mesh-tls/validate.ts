import { defineRules, type Validation } from '../common/resource.ts';
import { affectsInbound, type Sections } from '../common/sections.ts';
import { checkTargetRef, checkTopTargetRef } from '../common/target-ref.ts';
import { checkTlsVersions, type TlsVersionRange } from '../common/tls.ts';

interface Conf {
  readonly tlsVersion?: TlsVersionRange;
  readonly tlsCiphers?: readonly string[];
}

function checkConf({ tlsVersion, tlsCiphers = [] }: Conf, path: string, topKind: string, { report }: Validation): void {
  const whole = 'it can be set only for the whole mesh';
  if (tlsCiphers.length > 0 && topKind !== 'Mesh') report(`${path}.tlsCiphers`, whole);
  if (tlsVersion === undefined) return;
  if (topKind !== 'Mesh') report(`${path}.tlsVersion`, whole);
  else checkTlsVersions(tlsVersion, `${path}.tlsVersion`, report);
}

/** kuma, pkg/plugins/policies/meshtls/api/v1alpha1/validator.go; security.md 1.5. Modes and ciphers are the schema's. */
function validate(spec: Sections<Conf>, validation: Validation): void {
  const { targetRef, from = [], rules = [] } = spec;
  checkTopTargetRef(targetRef, { services: [], inbound: affectsInbound(spec) }, validation);
  if (rules.length > 0 && from.length > 0) validation.report('spec', 'rules must not stand beside from');
  const topKind = targetRef?.kind ?? 'Mesh';
  for (const [index, rule] of rules.entries())
    checkConf(rule.default ?? {}, `spec.rules[${index}].default`, topKind, validation);
  for (const [index, item] of from.entries()) {
    checkTargetRef(item.targetRef, `spec.from[${index}].targetRef`, { kinds: ['Mesh'] }, validation);
    checkConf(item.default ?? {}, `spec.from[${index}].default`, topKind, validation);
  }
}

export const meshTls = defineRules({
  kind: 'MeshTLS',
  policy: true,
  go: { pointers: ['tlsVersion.min', 'tlsVersion.max'] },
  validate,
});
