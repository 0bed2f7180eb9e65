import {
  isList,
  isMap,
  type JsonObject,
  type LabelRequirement,
  type LabelSelector,
  matchesSelector,
} from '@isthmus/kubernetes';
import type { Estate } from '../estate.ts';
import { meshConfigOf } from './mesh-settings.ts';
import { labelsOf } from './workloads.ts';

const operators: ReadonlySet<string> = new Set(['In', 'NotIn', 'Exists', 'DoesNotExist']);

function readSelector({ matchLabels, matchExpressions }: JsonObject): LabelSelector {
  const requirements = (isList(matchExpressions) ? matchExpressions : []).flatMap((one): LabelRequirement[] => {
    if (!isMap(one) || typeof one.key !== 'string' || !operators.has(String(one.operator))) return [];
    const values = (isList(one.values) ? one.values : []).map(String);
    return [{ key: one.key, operator: one.operator as LabelRequirement['operator'], values }];
  });
  return { matchLabels: labelsOf(matchLabels), matchExpressions: requirements };
}

/**
 * Whether Istio's control plane looks at a namespace at all: `discoverySelectors` of the MeshConfig select namespaces by their
 * labels, one of several is enough, and Services of the others vanish from every proxy (edge.md M3, verified by running Istio
 * 1.32). Undefined where there are none, so that it looks at all. A namespace that the import does not hold counts as selected.
 */
export function discovery(estate: Estate, rootNamespace: string): ((namespace: string) => boolean) | undefined {
  const written = meshConfigOf(estate, rootNamespace)?.value.discoverySelectors;
  const selectors = (isList(written) ? written : []).flatMap((one) => (isMap(one) ? [readSelector(one)] : []));
  if (selectors.length === 0) return undefined;
  const namespaces = new Map(
    estate.context
      .filter(({ kind, group }) => kind === 'Namespace' && group === '')
      .map((one) => [one.name, one.labels]),
  );
  return (name) => {
    const labels = namespaces.get(name);
    if (labels === undefined) return true;
    // The API server sets this one on every namespace.
    const all = { 'kubernetes.io/metadata.name': name, ...labels };
    return selectors.some((selector) => matchesSelector(selector, all));
  };
}
