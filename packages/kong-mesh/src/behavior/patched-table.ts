import type { Route, RouteTable, VirtualHost } from '@isthmus/behavior';
import type { ClientView } from './client-view.ts';
import type { DestinationPort } from './destination.ts';
import type { Subject } from './entry-index.ts';
import { readAnsweringRoute } from './envoy-route.ts';
import { UnfollowedPatch } from './json-patch.ts';
import type { Mesh } from './mesh.ts';
import { envoyNames, type Modification, notFollowed, routePatches } from './proxy-patch.ts';
import { filledOf, mapOf, textOf } from './value.ts';

/**
 * Puts routes that answer by themselves in front of the others: what a JSON patch of a virtual host can do without knowing the
 * routes that the control plane makes of policies, whose names and places are its own.
 */
function withAnswers(host: VirtualHost, modification: Modification, name: string): VirtualHost {
  const { operation, match, jsonPatches, value, policy, path } = modification;
  if (operation !== 'Patch' || value !== undefined)
    throw new UnfollowedPatch('only JSON patches of a virtual host are modelled');
  if (filledOf(match.name) !== name || match.routeConfigurationName !== undefined)
    throw new UnfollowedPatch('it does not name the virtual host alone');
  const routes = [...host.routes];
  for (const [index, item] of jsonPatches.entries()) {
    const { op, path: target, value: route } = mapOf(item);
    const place = Number(/^\/routes\/(\d+)$/.exec(textOf(target) ?? '')?.[1]);
    // Behind routes of policies a place is not known: those with a prefix are two in Envoy.
    const isInFront = place <= routes.length && routes.slice(0, place).every(({ rule }) => rule?.kind === policy.kind);
    if (op !== 'add' || !isInFront) throw new UnfollowedPatch('only routes put in front of all others are modelled');
    const added: Route = {
      ...readAnsweringRoute(route ?? null),
      rule: {
        kind: policy.kind,
        namespace: policy.namespace,
        name: policy.name,
        path: `${path}.virtualHost.jsonPatches[${index}]`,
      },
    };
    routes.splice(place, 0, added);
  }
  return { ...host, routes };
}

/** A port's table once MeshProxyPatches have changed what the client's proxy gets. */
export function patchedTable(
  mesh: Mesh,
  client: ClientView,
  { destination }: Subject,
  port: DestinationPort,
  table: RouteTable,
): RouteTable {
  const all = mesh.patchesOf(client);
  if (all.length === 0) return table;
  const [name] = envoyNames(destination, port, mesh.options);
  const [host] = table.virtualHosts;
  let patched = host;
  for (const one of routePatches(all, port, name ?? mesh.envoyNames())) {
    // Without routes there is nothing to put routes in front of.
    if (one.target === 'virtualHost' && (patched === undefined || table.opaque === true)) continue;
    try {
      if (one.target !== 'virtualHost') throw new UnfollowedPatch(`changes to a ${one.target} are not modelled`);
      if (name === undefined) throw new UnfollowedPatch('the names of Pods are not known');
      patched = withAnswers(patched as VirtualHost, one, name);
    } catch (error) {
      if (!(error instanceof UnfollowedPatch)) throw error;
      return { virtualHosts: [], otherwise: { kind: 'unknown', reason: notFollowed(one, error.message) } };
    }
  }
  return patched === undefined || patched === host ? table : { ...table, virtualHosts: [patched] };
}
