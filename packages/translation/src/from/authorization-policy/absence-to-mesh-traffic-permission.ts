import { codes } from '@isthmus/diagnostics';
import type { Context } from '../../context.ts';
import type { EmittedObject } from '../../emitted.ts';
import { meshSettings } from '../../mesh-settings.ts';
import { securityOf } from '../../security/view.ts';

const name = 'allow-all';

/**
 * No AuthorizationPolicy anywhere: Istio allows every call, Kong Mesh denies by default (security.md 1.8). One prefix for
 * the trust domains of the mesh, `<mesh>` and `<mesh>.<zone>.mesh.local`, and one for each of Istio's during the migration.
 * Only an import that is complete says that something is absent; otherwise the permission is a draft.
 */
export function translateAbsence(context: Context): void {
  const { settings, estate } = context;
  const [first] = estate.istio;
  if (context.ofKind('AuthorizationPolicy').length > 0) return;
  if (first === undefined && !settings.complete) return;
  const { trust } = securityOf(context);
  const [trustDomain] = meshSettings(context, 'trustDomain');
  const prefix = (value: unknown) => ({ spiffeID: { type: 'Prefix', value } });
  const istioPrefix = `spiffe://${trust.trustDomain}/ns`;
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
            allow: [
              prefix(`spiffe://${settings.mesh}`),
              prefix(trustDomain === undefined ? istioPrefix : context.derived(trustDomain, istioPrefix)),
              ...[...trust.aliases, ...trust.foreign].map((domain) => prefix(`spiffe://${domain}/ns`)),
            ],
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
