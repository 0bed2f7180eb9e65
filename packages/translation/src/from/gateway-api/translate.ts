import type { Context } from '../../context.ts';
import { translateIstioGateways } from './edge.ts';
import { accountForMeshRoutes } from './mesh.ts';
import { accountForOthers } from './others.ts';

/**
 * Resources of the Gateway API that Istio serves: those of its own classes at the edge get copies for Kong Gateway, routes of
 * Services are translated with the VirtualServices that Istio makes of them (edge.md 3.12).
 */
export function translateGatewayApi(context: Context): void {
  translateIstioGateways(context);
  accountForMeshRoutes(context);
  accountForOthers(context);
}
