import { effectiveNamespace, isMap, type Resource } from '@isthmus/kubernetes';
import type { Context } from '../../context.ts';
import { child, descend, items, rootField, text } from '../../field.ts';
import { oncePerContext } from '../../once.ts';
import { gatewayApi } from '../gateway/emit-gateway.ts';
import { type Guard, guardsOf } from '../gateway/guards.ts';

/** What Istio makes of a class (istio/pilot/pkg/config/kube/gateway/gatewayclass.go, 1.32). */
export type IstioClass = 'edge' | 'waypoint' | 'remote' | 'east-west';

const byName: Readonly<Record<string, IstioClass>> = {
  istio: 'edge',
  'istio-waypoint': 'waypoint',
  'istio-remote': 'remote',
  'istio-east-west': 'east-west',
};

const byController: Readonly<Record<string, IstioClass>> = {
  'istio.io/gateway-controller': 'edge',
  'istio.io/mesh-controller': 'waypoint',
  'istio.io/unmanaged-gateway': 'remote',
  'istio.io/eastwest-controller': 'east-west',
};

/** A Gateway of the Gateway API that Istio serves. */
export interface ServedGateway {
  readonly resource: Resource;
  readonly class: IstioClass;
  readonly className: string;
  /** What its pods enforce before any route. */
  readonly guards: readonly Guard[];
}

const specOf = (resource: Resource) => (isMap(resource.object.spec) ? resource.object.spec : {});

/** The Gateways of the import that Istio serves, by `namespace/name`, and the names of all Gateways. */
export const servedGateways = oncePerContext((context: Context) => {
  const own = context.estate.context.filter(({ group }) => group === gatewayApi);
  const classes = new Map<string, IstioClass | undefined>(Object.entries(byName));
  for (const resource of own)
    if (resource.kind === 'GatewayClass')
      classes.set(resource.name, byController[String(specOf(resource).controllerName)] ?? undefined);
  const served = new Map<string, ServedGateway>();
  const known = new Set<string>();
  for (const resource of own) {
    if (resource.kind !== 'Gateway') continue;
    const namespace = effectiveNamespace(resource);
    const key = `${namespace}/${resource.name}`;
    known.add(key);
    const className = text(descend(rootField(resource), 'spec', 'gatewayClassName'))?.value ?? '';
    const kind = classes.get(className);
    if (kind === undefined) continue;
    // The pods that Istio makes for it carry its name (istio/pilot/pkg/config/kube/gateway/deploymentcontroller.go, 1.32).
    const labels = { 'gateway.networking.k8s.io/gateway-name': resource.name };
    const workload = { key, namespace, labels, found: false, servicePort: (port: number) => port };
    served.set(key, { resource, class: kind, className, guards: guardsOf(context, workload, [key]) });
  }
  return { served, known };
});

/** The Gateways that a route names, as `namespace/name`, with the place of the reference in `parentRefs`. */
export function gatewayParents(route: Resource): { readonly index: number; readonly key: string }[] {
  return items(descend(rootField(route), 'spec', 'parentRefs')).flatMap((field, index) => {
    const kind = text(child(field, 'kind'))?.value ?? 'Gateway';
    if (kind !== 'Gateway' || (text(child(field, 'group'))?.value ?? gatewayApi) !== gatewayApi) return [];
    const namespace = text(child(field, 'namespace'))?.value ?? effectiveNamespace(route);
    return [{ index, key: `${namespace}/${text(child(field, 'name'))?.value ?? ''}` }];
  });
}
