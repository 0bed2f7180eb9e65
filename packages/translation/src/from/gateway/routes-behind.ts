import { codes } from '@isthmus/diagnostics';
import { compileService } from '@isthmus/istio';
import type { Context } from '../../context.ts';
import { configOf } from '../../effective-config.ts';
import { clientUnits } from '../virtual-service/client-units.ts';
import type { Backend } from './read-action.ts';

/**
 * Kong's sidecar is a client of the mesh, so that routes of the mesh for the Service decide behind Kong, as they never did behind
 * Istio's gateway. Up to 2.14 they are written for sidecars only (`everySidecar`); 3.0 cannot tell gateways apart.
 */
export function reportMeshRoutes(context: Context, backends: readonly Backend[]): void {
  if (context.settings.target !== '3.0') return;
  const config = configOf(context);
  for (const { namespace, service: name, port, host } of backends) {
    const service = config.registry
      .withHost(`${name}.${namespace}.svc.${config.mesh.clusterDomain}`)
      .find(({ registry }) => registry === 'kubernetes');
    const [everybody] = service === undefined ? [] : clientUnits(config, service);
    if (service === undefined || everybody === undefined) continue;
    const compiled = compileService(config, everybody.client, service.host, port);
    const own = compiled?.hosts.find((one) => one.service?.host === service.host)?.virtualService;
    if (own === undefined) continue;
    const route = `${own.namespace}/${own.resource.name}`;
    context.report(codes.gateway.routesBehind, { service: `${namespace}/${name}`, port, route }, host);
  }
}
