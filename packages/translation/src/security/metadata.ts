import { codes } from '@isthmus/diagnostics';
import { join, type Resource } from '@isthmus/kubernetes';
import type { Context } from '../context.ts';
import { isIstioKey } from '../leaves.ts';
import { fieldAt } from './view.ts';

// Marks of conversion tools, of the analyzer and of the operator.
const idle = new Set([
  'security.istio.io/alpha-policy-convert',
  'security.istio.io/autoRegistration',
  'galley.istio.io/analyze-suppress',
  'install.operator.istio.io/owning-resource',
  'install.operator.istio.io/owning-resource-namespace',
  'operator.istio.io/component',
  'operator.istio.io/managed',
  'operator.istio.io/version',
]);

/** Accounts for Istio's labels and annotations of a security policy, except those that its translator reads itself. */
export function accountForMetadata(context: Context, resource: Resource, own: readonly string[] = []): void {
  for (const part of ['annotations', 'labels'] as const) {
    for (const [key, value] of Object.entries(resource[part])) {
      if (!isIstioKey(key) || own.includes(key)) continue;
      const field = fieldAt(resource, join(`metadata.${part}`, key));
      if (part === 'labels' && key === 'istio.io/rev')
        context.unsupported(field, codes.security.revision, { revision: value });
      else if (idle.has(key)) context.inert(field, codes.security.metadataIdle, { key });
      else context.unsupported(field, codes.security.metadataUnknown, { key });
    }
  }
}
