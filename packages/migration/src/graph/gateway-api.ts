import { isGatewayRoute } from '@isthmus/istio';
import {
  child,
  descend,
  effectiveNamespace,
  type Field,
  items,
  type Resource,
  rootField,
  text,
} from '@isthmus/kubernetes';
import type { Found } from './edge.ts';
import { type Surroundings, targetsOf } from './surroundings.ts';

const gatewayApi = 'gateway.networking.k8s.io';

/** A reference of a route, with the defaults of the Gateway API. */
interface Reference {
  readonly field: Field;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
}

function referenceOf(field: Field | undefined, group: string, kind: string, home: string): Reference | undefined {
  const name = text(child(field, 'name'));
  if (field === undefined || name === undefined) return undefined;
  const ofGroup = text(child(field, 'group'))?.value ?? group;
  return {
    field: name,
    kind: `${ofGroup}/${text(child(field, 'kind'))?.value ?? kind}`,
    namespace: text(child(field, 'namespace'))?.value ?? home,
    name: name.value,
  };
}

/** The Services that a rule sends to, and those that get copies. */
function backendsOf(rule: Field, home: string): { readonly kind: 'route' | 'mirror'; readonly to: Reference }[] {
  const of = (kind: 'route' | 'mirror', field: Field | undefined) => {
    const to = referenceOf(field, '', 'Service', home);
    return to?.kind === '/Service' ? [{ kind, to }] : [];
  };
  const backends = items(child(rule, 'backendRefs'));
  const filters = [rule, ...backends].flatMap((one) => items(child(one, 'filters')));
  return [
    ...backends.flatMap((field) => of('route', field)),
    ...filters.flatMap((filter) => of('mirror', descend(filter, 'requestMirror', 'backendRef'))),
  ];
}

function* evidenceOf(route: Resource, around: Surroundings): Generator<Found> {
  const home = effectiveNamespace(route);
  const spec = child(rootField(route), 'spec');
  const parents = items(child(spec, 'parentRefs')).flatMap(
    (field) => referenceOf(field, gatewayApi, 'Gateway', home) ?? [],
  );
  const hostOf = ({ name, namespace }: Reference): string => `${name}.${namespace}.svc.${around.clusterDomain}`;
  for (const rule of items(child(spec, 'rules')))
    for (const { kind, to } of backendsOf(rule, home)) {
      const place = { resource: route, path: to.field.path };
      for (const target of targetsOf(around, hostOf(to), to.namespace))
        for (const parent of parents) {
          if (parent.kind === `${gatewayApi}/Gateway` && target.between === 'services') {
            const from = `${parent.namespace}/${parent.name}`;
            const detail = `traffic of Gateway ${from} to ${to.namespace}/${to.name}`;
            yield {
              between: 'entry',
              from,
              to: target.to,
              evidence: { kind: 'gateway', confidence: 0.9, detail, ...place },
            };
          } else if (parent.kind === '/Service')
            for (const from of around.finder.named(hostOf(parent), parent.namespace)) {
              if (from === target.to) continue;
              const verb = kind === 'mirror' ? 'copied' : 'sent';
              const detail = `requests for ${from} are ${verb} to ${target.to}`;
              yield { ...target, from, evidence: { kind, confidence: 0.6, detail, ...place } };
            }
        }
    }
}

/**
 * Calls that routes of the Gateway API show: those of a Service reach its backends, so that the Service depends on them; those
 * of a Gateway are where traffic enters.
 */
export function* gatewayRouteEvidence(around: Surroundings): Generator<Found> {
  for (const route of around.estate.context) if (isGatewayRoute(route)) yield* evidenceOf(route, around);
}
