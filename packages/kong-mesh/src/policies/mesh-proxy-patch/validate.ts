import { checkJsonPatches, type JsonPatch } from '../common/json-patch.ts';
import { defineRules, type Validation } from '../common/resource.ts';
import { checkTopTargetRef, type TargetRef } from '../common/target-ref.ts';
import { type EnvoyResource, envoyProblem } from './envoy-resource.ts';

interface Modification {
  readonly match?: { readonly name?: string };
  readonly operation: string;
  readonly value?: string;
  readonly jsonPatches?: readonly JsonPatch[];
}

type Target = 'cluster' | 'listener' | 'virtualHost' | 'networkFilter' | 'httpFilter';

interface Spec {
  readonly targetRef?: TargetRef;
  readonly default: {
    readonly appendModifications?: readonly Readonly<Partial<Record<Target, Modification>>>[];
  };
}

const resources: Readonly<Record<Target, EnvoyResource>> = {
  cluster: 'Cluster',
  listener: 'Listener',
  virtualHost: 'VirtualHost',
  networkFilter: 'NetworkFilter',
  httpFilter: 'HttpFilter',
};

function checkPatch(
  target: Target,
  { value, jsonPatches = [] }: Modification,
  path: string,
  { report }: Validation,
): void {
  if (value === undefined && jsonPatches.length > 0) checkJsonPatches(jsonPatches, `${path}.jsonPatches`, report);
  else if (value === undefined || jsonPatches.length > 0) report(path, 'it must have either value or jsonPatches');
  else {
    const problem = envoyProblem(value, resources[target], 'part');
    if (problem !== undefined) report(`${path}.value`, problem);
  }
}

function checkAdd(
  target: Target,
  { operation, match, value }: Modification,
  path: string,
  { report }: Validation,
): void {
  if ((target === 'cluster' || target === 'listener') && match !== undefined)
    report(`${path}.match`, 'it must not be set to add something');
  if (target === 'virtualHost' && match?.name !== undefined)
    report(`${path}.match.name`, 'it must not be set to add something');
  if ((operation === 'AddBefore' || operation === 'AddAfter') && match?.name === undefined)
    report(`${path}.match.name`, `${operation} needs the name of the filter`);
  const problem = value === undefined ? 'it must be set' : envoyProblem(value, resources[target], 'whole');
  if (problem !== undefined) report(`${path}.value`, problem);
}

function checkModification(target: Target, modification: Modification, path: string, validation: Validation): void {
  const { operation, match, value } = modification;
  if (operation === 'Remove') {
    if (value !== undefined) validation.report(`${path}.value`, 'it must not be set to remove something');
    return;
  }
  if (operation !== 'Patch') {
    checkAdd(target, modification, path, validation);
    return;
  }
  if ((target === 'httpFilter' || target === 'networkFilter') && match?.name === undefined)
    validation.report(`${path}.match.name`, 'it must be set to patch a filter');
  checkPatch(target, modification, path, validation);
}

/** kuma, pkg/plugins/policies/meshproxypatch/api/v1alpha1/validator.go; edge.md 1.7. Operations are the schema's. */
function validate({ targetRef, default: conf }: Spec, validation: Validation): void {
  checkTopTargetRef(targetRef, { system: ['MeshGateway'] }, validation);
  const { appendModifications = [] } = conf;
  const path = 'spec.default.appendModifications';
  if (appendModifications.length === 0) validation.report(path, 'it must have an item');
  for (const [index, item] of appendModifications.entries()) {
    const [only, second] = Object.entries(item) as [Target, Modification][];
    if (only === undefined || second !== undefined)
      validation.report(`${path}[${index}]`, `it must have exactly one of ${Object.keys(resources).join(', ')}`);
    else checkModification(only[0], only[1], `${path}[${index}].${only[0]}`, validation);
  }
}

export const meshProxyPatch = defineRules({
  kind: 'MeshProxyPatch',
  policy: true,
  go: { pointers: ['jsonPatches.path', 'virtualHost.match'] },
  validate,
});
