import { codes } from '@isthmus/diagnostics';
import { compareCreation } from '@isthmus/istio';
import type { Context } from '../../context.ts';
import type { IstioGateway, Server } from './read-gateway.ts';

type PortUse = 'http' | 'tls' | 'tcp';
const useOf = ({ family }: Server): PortUse => (family === 'http' ? 'http' : family === 'tcp' ? 'tcp' : 'tls');

/**
 * The servers that Istio serves, of Gateways on the same pods (edge.md G18, T70): a port speaks what its first server
 * speaks, and a TLS server with one host that is taken already is skipped as a whole. The skipped ones are inert.
 */
export function effectiveServers(
  context: Context,
  gateways: readonly IstioGateway[],
): ReadonlyMap<IstioGateway, readonly Server[]> {
  const uses = new Map<number, { readonly use: PortUse; readonly gateway: IstioGateway }>();
  const taken = new Map<string, IstioGateway>();
  const kept = new Map<IstioGateway, Server[]>();
  for (const gateway of [...gateways].sort((a, b) => compareCreation(a.resource, b.resource))) {
    const own: Server[] = [];
    kept.set(gateway, own);
    for (const server of gateway.servers) {
      const port = server.number.value;
      const use = useOf(server);
      const first = uses.get(port);
      const other = first !== undefined && (first.use !== use || use === 'tcp') ? first.gateway : undefined;
      if (other !== undefined) {
        const names = `${other.namespace}/${other.resource.name}`;
        context.report(codes.gateway.portTaken, { port, other: names }, server.number);
        context.claim(server.field, 'inert', codes.gateway.portTaken);
        continue;
      }
      uses.set(port, { use, gateway });
      const keys = server.hosts.map(({ name }) => `${port} ${name}`);
      const clash = use === 'tls' ? keys.findIndex((key) => taken.has(key)) : -1;
      if (clash >= 0) {
        const by = taken.get(keys[clash] as string) as IstioGateway;
        const parameters = {
          host: server.hosts[clash]?.name ?? '',
          port,
          other: `${by.namespace}/${by.resource.name}`,
        };
        context.report(codes.gateway.hostTaken, parameters, server.hosts[clash]?.field ?? server.field);
        context.claim(server.field, 'inert', codes.gateway.hostTaken);
        continue;
      }
      for (const key of keys) taken.set(key, gateway);
      own.push(server);
    }
  }
  return kept;
}
