import { codes } from '@isthmus/diagnostics';
import { checkEdgeResource } from '@isthmus/kong-gateway';
import { isMap } from '@isthmus/kubernetes';
import type { Context } from '../../context.ts';
import { gatewayApi } from './emit-gateway.ts';

// The classes that Istio itself serves (istio/pilot/pkg/config/kube/gateway, 1.32).
const istioClasses = /^istio(?:-|$)/;

/**
 * Gateway API resources that the estate has already: those of Istio's classes are served by Istio, and Kong looks at its own
 * class only; routes may ask for what Kong refuses (edge.md 3.12).
 */
export function checkExistingGateways(context: Context): void {
  for (const resource of context.estate.context) {
    if (resource.group !== gatewayApi) continue;
    const spec = isMap(resource.object.spec) ? resource.object.spec : {};
    if (resource.kind === 'Gateway' && typeof spec.gatewayClassName === 'string') {
      const name = spec.gatewayClassName;
      if (name === 'istio-waypoint') context.report(codes.gateway.waypoint, {}, resource);
      else if (istioClasses.test(name)) context.report(codes.gateway.istioClass, { class: name }, resource);
    }
    if (resource.kind !== 'HTTPRoute') continue;
    const refused = checkEdgeResource(resource.object).find(({ message }) => message.startsWith('Kong '));
    if (refused !== undefined)
      context.report(codes.gateway.routeRefused, { path: refused.path, reason: refused.message }, resource);
  }
}
