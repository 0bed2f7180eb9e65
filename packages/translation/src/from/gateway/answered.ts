import type { Resource } from '@isthmus/kubernetes';
import type { Context } from '../../context.ts';
import { oncePerContext } from '../../once.ts';
import { detoursOf } from '../egress-gateway/detours.ts';
import { guardsOf } from './guards.ts';
import { readGateway } from './read-gateway.ts';
import { workloadOf } from './workload.ts';

const nameOf = ({ namespace, name }: Resource): string => `${namespace || 'default'}/${name}`;

/** The policies of gateways that rules of Kong answer for, before all routes; egress gateways have no such routes. */
export const answeredAtKong = oncePerContext((context: Context): ReadonlySet<Resource> => {
  const egress = detoursOf(context).gateways;
  const gateways = context
    .ofKind('Gateway')
    .filter((resource) => resource.group === 'networking.istio.io' && !egress.has(nameOf(resource)))
    .flatMap((resource) => {
      const gateway = readGateway(resource);
      return 'refused' in gateway ? [] : [gateway];
    });
  const groups = Map.groupBy(gateways, (gateway) => workloadOf(context, gateway).key);
  const guards = [...groups.values()].flatMap((same) => {
    const [first] = same;
    if (first === undefined) return [];
    const names = same.map(({ resource }) => nameOf(resource));
    return guardsOf(context, workloadOf(context, first), names);
  });
  return new Set(guards.flatMap(({ resource, entries }) => (entries === undefined ? [] : [resource])));
});
