import { codes } from '@isthmus/diagnostics';
import type { Context } from '../../context.ts';
import type { EmittedRole } from '../../emitted.ts';
import { child, entries, type Field, items, number, text } from '../../field.ts';
import { dnsLabel } from '../../names.ts';
import { reportBackendTls } from './backend-tls.ts';
import type { Binding } from './bind.ts';
import { gatewayApi } from './emit-gateway.ts';
import { type BackendUse, backendRefs, parentsOf } from './emit-route.ts';
import type { Listener } from './listeners.ts';
import { readRoute } from './read-action.ts';
import { gatewayKey } from './read-match.ts';

function holds(match: Field, { gateway, server }: Listener, namespace: string): boolean {
  const gateways = items(child(match, 'gateways')).map(({ value }) => gatewayKey(String(value), namespace));
  const port = number(child(match, 'port'))?.value;
  if (gateways.length > 0 && !gateways.includes(`${gateway.namespace}/${gateway.resource.name}`)) return false;
  return port === undefined || port === server.number.value;
}

/** What Istio ignores at gateways stays ignored: to give it life would close what is open (edge.md T69). */
function accountForMatch(context: Context, match: Field): void {
  for (const [name, field] of entries(match)) {
    if (['sniHosts', 'port', 'gateways'].includes(name)) continue;
    if (['sourceSubnet', 'destinationSubnets'].includes(name))
      context.inert(field, codes.gateway.subnetIgnored, { field: name });
    else context.unsupported(field, codes.gateway.connectionMatch, { field: name });
  }
  for (const name of ['port', 'gateways']) context.settled(child(match, name));
}

function emit(
  context: Context,
  binding: Binding,
  route: { readonly kind: 'TCPRoute' | 'TLSRoute'; readonly name: string; readonly hostnames?: unknown },
  rule: Field,
  listeners: readonly Listener[],
  uses: BackendUse[],
): void {
  const action = readRoute(context, child(rule, 'route') ?? rule);
  if (action.kind !== 'forward') {
    const why = action.kind === 'closed' ? action.why : 'it does not forward';
    context.report(codes.gateway.connectionClosed, { why }, action.kind === 'closed' ? action.at : rule);
    context.claim(rule, 'unsupported', codes.gateway.connectionClosed);
    return;
  }
  reportBackendTls(context, binding, action.backends);
  const draft = listeners[0]?.draft ?? binding.draftFor('*', true);
  const role: EmittedRole =
    draft === undefined ? { role: 'resource', stage: 'edge' } : { role: 'draft', stage: 'edge', why: draft };
  context.report(codes.gateway.connectionRoute, { kind: route.kind }, rule);
  context.emit({
    ...role,
    object: {
      apiVersion: `${gatewayApi}/v1alpha2`,
      kind: route.kind,
      metadata: { name: dnsLabel(route.name), namespace: binding.namespace },
      spec: {
        parentRefs: parentsOf(context, binding, listeners),
        ...(route.hostnames === undefined ? {} : { hostnames: route.hostnames }),
        rules: [{ backendRefs: backendRefs(context, route.kind, binding.namespace, action.backends, uses) }],
      },
    },
    services: [...new Set(action.backends.map((one) => `${one.namespace}/${one.service}`))].sort(),
  });
}

function translateTls(context: Context, binding: Binding, uses: BackendUse[]): void {
  const offered = [...new Set(binding.served.map(({ listener }) => listener))].filter(
    ({ protocol }) => protocol === 'TLS',
  );
  for (const [index, rule] of items(child(binding.spec, 'tls')).entries()) {
    const matches = items(child(rule, 'match'));
    const listeners = offered.filter((listener) => matches.some((match) => holds(match, listener, binding.namespace)));
    const hostnames: unknown[] = [];
    for (const match of matches) {
      accountForMatch(context, match);
      for (const item of items(child(match, 'sniHosts'))) {
        const name = text(item);
        if (name === undefined) continue;
        // Kong's expressions router drops wildcards of SNI: the route would take nothing (edge.md 2.2).
        if (name.value.includes('*')) context.unsupported(name, codes.gateway.sniWildcard, { host: name.value });
        else hostnames.push(context.exact(name, name.value.toLowerCase()));
      }
    }
    if (listeners.length === 0 || hostnames.length === 0) {
      context.report(codes.gateway.connectionClosed, { why: 'no listener passes TLS with such a name through' }, rule);
      context.claim(rule, 'unsupported', codes.gateway.connectionClosed);
      continue;
    }
    const name = `${binding.resource.name}-tls-${index + 1}`;
    emit(context, binding, { kind: 'TLSRoute', name, hostnames }, rule, listeners, uses);
  }
}

function translateTcp(context: Context, binding: Binding, uses: BackendUse[]): void {
  const open = new Set(
    [...binding.served.map(({ listener }) => listener)].filter(({ protocol }) => protocol === 'TCP'),
  );
  for (const [index, rule] of items(child(binding.spec, 'tcp')).entries()) {
    const matches = items(child(rule, 'match'));
    for (const match of matches) accountForMatch(context, match);
    // The first rule whose port and gateways fit takes every connection; later ones get none (edge.md V21).
    const listeners = [...open].filter(
      (listener) => matches.length === 0 || matches.some((match) => holds(match, listener, binding.namespace)),
    );
    for (const listener of listeners) open.delete(listener);
    if (listeners.length === 0) {
      context.inert(rule, codes.gateway.deadRule, {});
      continue;
    }
    emit(
      context,
      binding,
      { kind: 'TCPRoute', name: `${binding.resource.name}-tcp-${index + 1}` },
      rule,
      listeners,
      uses,
    );
  }
}

/** The tls and tcp rules of a VirtualService at gateways: TLSRoutes and TCPRoutes (edge.md V20, V21). */
export function translateConnections(context: Context, binding: Binding, uses: BackendUse[]): void {
  translateTls(context, binding, uses);
  translateTcp(context, binding, uses);
}
