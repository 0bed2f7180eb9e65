import { codes } from '@isthmus/diagnostics';
import { effectiveNamespace } from '@isthmus/kubernetes';
import type { Context } from '../../context.ts';
import { child, descend, items, rootField, text } from '../../field.ts';
import { gatewayApi } from '../gateway/emit-gateway.ts';
import { servedGateways } from './gateways.ts';

/** What stands beside Gateways and routes and is read by Istio (edge.md 3.12, K6 and K7). */
export function accountForOthers(context: Context): void {
  const { served } = servedGateways(context);
  for (const resource of context.estate.context) {
    const spec = child(rootField(resource), 'spec');
    if (resource.group !== gatewayApi || spec === undefined) continue;
    // Who may refer to what is said in the same words for Kong.
    if (resource.kind === 'ReferenceGrant') context.settled(spec);
    if (resource.kind === 'BackendTLSPolicy') {
      const targets = items(child(spec, 'targetRefs')).map(
        (target) => `${child(target, 'kind')?.value ?? ''} ${child(target, 'name')?.value ?? ''}`,
      );
      context.unsupported(spec, codes.gatewayApi.backendTls, { targets: targets.join(', ') || 'nobody' });
    }
    if (resource.kind !== 'ListenerSet') continue;
    const name = text(descend(spec, 'parentRef', 'name'))?.value ?? '';
    const namespace = text(descend(spec, 'parentRef', 'namespace'))?.value ?? effectiveNamespace(resource);
    const gateway = `${namespace}/${name}`;
    if (served.has(gateway)) context.unsupported(spec, codes.gatewayApi.listenerSet, { gateway });
  }
}
