import { codes } from '@isthmus/diagnostics';
import { effectiveNamespace } from '@isthmus/kubernetes';
import type { Context } from '../../context.ts';
import { child, descend, type Field, items, rootField, text } from '../../field.ts';
import { gatewayApi } from '../gateway/emit-gateway.ts';
import { servedGateways } from './gateways.ts';

const isCore = (field: Field): boolean => ['', 'core'].includes(text(child(field, 'group'))?.value ?? '');

/**
 * Whether Kong's ingress controller reads a BackendTLSPolicy by itself, in a sentence: it refuses what it cannot do, and so sends
 * plain text (kic/internal/controllers/gateway/backendtlspolicy_utils.go validateBackendTLSPolicy, 3.5).
 */
function readByKong(spec: Field): string {
  const validation = child(spec, 'validation');
  const kindOf = (field: Field): string => text(child(field, 'kind'))?.value ?? '';
  const authorities = items(child(validation, 'caCertificateRefs'));
  const refused = [
    ...(items(child(validation, 'subjectAltNames')).length > 0 ? ['subjectAltNames'] : []),
    ...(child(validation, 'wellKnownCACertificates') === undefined ? [] : ['wellKnownCACertificates']),
    ...(authorities.some((one) => !isCore(one) || !['ConfigMap', 'Secret'].includes(kindOf(one)))
      ? ['authorities that are neither ConfigMaps nor Secrets']
      : []),
  ];
  if (refused.length > 0) return `Kong's ingress controller refuses it for ${refused.join(' and ')}`;
  const targets = items(child(spec, 'targetRefs'));
  if (!targets.some((one) => isCore(one) && kindOf(one) === 'Service'))
    return "Kong's ingress controller reads such policies of Services only";
  const parts = targets.some((one) => child(one, 'sectionName') !== undefined)
    ? ', for all ports of the Service and not for the one that it names'
    : '';
  return `Kong's ingress controller reads it too once it runs with the feature gate GatewayAlpha${parts}`;
}

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
      context.unsupported(spec, codes.gatewayApi.backendTls, {
        targets: targets.join(', ') || 'nobody',
        kong: readByKong(spec),
      });
    }
    if (resource.kind !== 'ListenerSet') continue;
    const name = text(descend(spec, 'parentRef', 'name'))?.value ?? '';
    const namespace = text(descend(spec, 'parentRef', 'namespace'))?.value ?? effectiveNamespace(resource);
    const gateway = `${namespace}/${name}`;
    if (served.has(gateway)) context.unsupported(spec, codes.gatewayApi.listenerSet, { gateway });
  }
}
