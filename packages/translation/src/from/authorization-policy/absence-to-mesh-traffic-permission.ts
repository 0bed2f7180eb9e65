import { codes } from '@isthmus/diagnostics';
import type { Context } from '../../context.ts';
import type { EmittedObject } from '../../emitted.ts';
import { meshSettings } from '../../mesh-settings.ts';
import { securityOf } from '../../security/view.ts';

const name = 'allow-all';

/**
 * No AuthorizationPolicy anywhere: Istio allows every call, Kong Mesh denies by default (security.md 1.8). One prefix for
 * Kong Mesh's own trust domain, and one for each of Istio's during the migration, closed by `/ns`: the start of a trust
 * domain is that of others too (security.md 1.6). Only an import that is complete says that something is absent; otherwise
 * the permission is a draft.
 */
export function translateAbsence(context: Context): void {
  const { settings, estate } = context;
  const [first] = estate.istio;
  if (context.ofKind('AuthorizationPolicy').length > 0) return;
  if (first === undefined && !settings.complete) return;
  const { domains, trust } = securityOf(context);
  const [trustDomain] = meshSettings(context, 'trustDomain');
  const prefix = (domain: string) => {
    const value = `spiffe://${domain}/ns`;
    const isNamed = trustDomain !== undefined && domain === trust.trustDomain;
    return { spiffeID: { type: 'Prefix', value: isNamed ? context.derived(trustDomain, value) : value } };
  };
  const object: EmittedObject = {
    apiVersion: 'kuma.io/v1alpha1',
    kind: 'MeshTrafficPermission',
    metadata: {
      name,
      namespace: settings.systemNamespace,
      labels: { 'kuma.io/mesh': settings.mesh, 'kuma.io/origin': 'zone' },
    },
    spec: {
      targetRef: { kind: 'Mesh' },
      rules: [
        {
          default: {
            allow: domains.map(({ target }) => prefix(target)),
          },
        },
      ],
    },
  };
  if (settings.complete) {
    context.emit({ role: 'resource', stage: 'access', object, services: [] });
    context.report(codes.authorizationPolicy.absent, { name }, undefined);
  } else {
    const why =
      'The import is not declared complete: that it holds no AuthorizationPolicy does not mean that there is none.';
    context.emit({ role: 'draft', stage: 'access', why, object, services: [] });
    context.report(codes.authorizationPolicy.absentFromPart, { name }, undefined);
  }
}
