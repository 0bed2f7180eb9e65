import { checkMatch, type Match } from '../common/match.ts';
import { defineRules, type Validation } from '../common/resource.ts';
import { affectsInbound, type DirectedItem } from '../common/sections.ts';
import { checkTargetRef, checkTopTargetRef, type TargetRef } from '../common/target-ref.ts';

interface Spec {
  readonly targetRef?: TargetRef;
  readonly from?: readonly DirectedItem<{ readonly action?: string }>[];
  readonly rules?: readonly {
    readonly default: Readonly<Record<(typeof lists)[number], readonly Match[] | undefined>>;
  }[];
}

const lists = ['allow', 'allowWithShadowDeny', 'deny'] as const;

/** kuma, pkg/plugins/policies/meshtrafficpermission/api/v1alpha1/validator.go; security.md 1.6 and 1.7. */
function validate(spec: Spec, validation: Validation): void {
  const { targetRef, from = [], rules = [] } = spec;
  const { version, report } = validation;
  checkTopTargetRef(targetRef, { inbound: affectsInbound({ from, rules: rules.map(() => ({})) }) }, validation);
  if (from.length > 0 && rules.length > 0) report('spec', 'rules must not stand beside from');
  if (from.length === 0 && rules.length === 0)
    report('spec', version === '3.0' ? 'it must have rules' : 'it must have rules or from');
  for (const [index, { default: conf }] of rules.entries()) {
    const path = `spec.rules[${index}]`;
    if (lists.every((name) => (conf[name] ?? []).length === 0)) report(path, 'it must allow or deny something');
    // Kuma leaves `default` out of the path.
    for (const name of lists)
      for (const [number, match] of (conf[name] ?? []).entries())
        checkMatch(match, `${path}.${name}[${number}]`, report, `${path}.default.${name}[${number}]`);
  }
  for (const [index, item] of from.entries()) {
    const kinds = ['Mesh', 'MeshSubset', 'MeshService', 'MeshServiceSubset'];
    checkTargetRef(item.targetRef, `spec.from[${index}].targetRef`, { kinds }, validation);
    if ((item.default?.action ?? '') === '') report(`spec.from[${index}].default.action`, 'it must be set');
  }
}

export const meshTrafficPermission = defineRules({ kind: 'MeshTrafficPermission', policy: true, go: {}, validate });
