import { codes } from '@isthmus/diagnostics';
import { child, descend, effectiveNamespace, items, type Resource, rootField, text } from '@isthmus/kubernetes';
import { amount } from '../amounts.ts';
import type { Check } from '../check.ts';
import { called } from '../facts.ts';

const group = 'gateway.networking.k8s.io';

/** Whether a ReferenceGrant lets routes of a namespace name a Service of its own. */
function grants(grant: Resource, from: string, service: string): boolean {
  const spec = descend(rootField(grant), 'spec');
  return (
    items(child(spec, 'from')).some(
      (one) => text(child(one, 'kind'))?.value === 'HTTPRoute' && text(child(one, 'namespace'))?.value === from,
    ) &&
    items(child(spec, 'to')).some(
      (one) =>
        text(child(one, 'kind'))?.value === 'Service' && [undefined, service].includes(text(child(one, 'name'))?.value),
    )
  );
}

export const referenceGrants: Check = {
  id: 'reference-grants',
  holds: 'Routes across namespaces have a grant',
  area: 'traffic',
  code: codes.preflight.referenceGrants,
  examines: 'backends of HTTPRoutes in other namespaces and ReferenceGrants, for Kong Mesh 3.0',
  examples: {
    failing: `apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: seats, namespace: sales}
spec:
  parentRefs: [{kind: Service, name: seats}]
  rules: [{backendRefs: [{name: crew, namespace: operations, port: 8080}]}]
`,
    passing: `apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: seats, namespace: sales}
spec:
  parentRefs: [{kind: Service, name: seats}]
  rules: [{backendRefs: [{name: crew, namespace: operations, port: 8080}]}]
---
apiVersion: gateway.networking.k8s.io/v1beta1
kind: ReferenceGrant
metadata: {name: sales, namespace: operations}
spec:
  from: [{group: gateway.networking.k8s.io, kind: HTTPRoute, namespace: sales}]
  to: [{group: "", kind: Service}]
`,
    settings: { target: '3.0' },
  },
  run: (facts) => {
    if (facts.settings.target !== '3.0')
      return { skipped: `Only Kong Mesh 3.0 asks for grants; the target is ${facts.settings.target}.` };
    const routes = facts.ofKind(group, 'HTTPRoute');
    const all = facts.ofKind(group, 'ReferenceGrant');
    const evidence = routes.flatMap((route) => {
      const own = effectiveNamespace(route);
      return items(descend(rootField(route), 'spec', 'rules'))
        .flatMap((rule) => items(child(rule, 'backendRefs')))
        .flatMap((at) => {
          const namespace = text(child(at, 'namespace'))?.value ?? own;
          const name = text(child(at, 'name'))?.value ?? '';
          const isService = (text(child(at, 'kind'))?.value ?? 'Service') === 'Service';
          if (namespace === own || !isService) return [];
          if (all.some((grant) => effectiveNamespace(grant) === namespace && grants(grant, own, name))) return [];
          const id = `${namespace}/${name}`;
          return {
            found: `${called(route)} sends to Service ${id}, and no ReferenceGrant allows it.`,
            at,
            services: [id],
          };
        });
    });
    return { examined: [amount(routes.length, 'HTTPRoute')], evidence };
  },
};
