import { codes } from '@isthmus/diagnostics';
import type { Service } from '@isthmus/istio';
import type { Context } from '../../context.ts';
import { oncePerContext } from '../../once.ts';
import type { Backend } from './read-action.ts';

const annotation = 'konghq.com/protocol';

/** The Services that a patch tells Kong of already. */
const told = oncePerContext(() => new Set<Service>());

const isGrpc = ({ ports }: Service, port: number): boolean =>
  ports.find((one) => one.port === port)?.protocol === 'grpc';
const isAllGrpc = ({ ports }: Service): boolean =>
  ports.every(({ protocol, transport }) => protocol === 'grpc' || transport !== 'TCP');

/**
 * Kong speaks HTTP/1.1 to a Service unless an annotation of the Service says otherwise, for all of its ports; where the Services
 * of one rule differ in it, the rule has no route (edge.md 2.3, 2.4). So a Service that serves nothing but gRPC is annotated,
 * beside others of the same kind; any other waits for a person.
 */
export function settleProtocols(context: Context, backends: readonly Backend[]): void {
  const found = backends.map((backend) => ({
    backend,
    service: context.services.get(backend.namespace, backend.service),
  }));
  const isAlike = found.every(
    ({ service }) =>
      service !== undefined && isAllGrpc(service) && service.resource.annotations[annotation] === undefined,
  );
  for (const { backend, service } of found) {
    const { namespace, port, host, service: name } = backend;
    if (service === undefined || !isGrpc(service, port) || service.resource.annotations[annotation] !== undefined)
      continue;
    const named = `${namespace}/${name}`;
    if (!isAlike || backend.subset !== undefined) {
      context.report(codes.gateway.grpcBackend, { service: named, port }, host);
      continue;
    }
    if (told(context).has(service)) continue;
    told(context).add(service);
    context.report(codes.gateway.grpcAnnotated, { service: named }, host);
    context.emit({
      role: 'patch',
      base: service.resource,
      object: {
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { name, namespace, annotations: { [annotation]: 'grpc' } },
      },
      services: [named],
    });
  }
}
