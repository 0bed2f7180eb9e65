import { codes } from '@isthmus/diagnostics';
import { child, descend, effectiveNamespace, items, rootField, text } from '@isthmus/kubernetes';
import { amount } from '../amounts.ts';
import type { Check } from '../check.ts';
import { called } from '../facts.ts';

const group = 'gateway.networking.k8s.io';
const kinds = ['HTTPRoute', 'GRPCRoute', 'TCPRoute', 'TLSRoute'];

export const gatewayClass: Check = {
  id: 'gateway-class',
  holds: 'No route belongs to a gateway of Istio',
  area: 'traffic',
  code: codes.preflight.gatewayClass,
  examines: 'the parents of routes of the Gateway API, and the classes of their Gateways',
  examples: {
    failing: `apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: {name: public, namespace: sales}
spec: {gatewayClassName: istio, listeners: [{name: http, port: 80, protocol: HTTP}]}
---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: seats, namespace: sales}
spec:
  parentRefs: [{name: public}]
  rules: [{backendRefs: [{name: seats, port: 8080}]}]
`,
    passing: `apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: {name: public, namespace: sales}
spec: {gatewayClassName: kong, listeners: [{name: http, port: 80, protocol: HTTP}]}
---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: seats, namespace: sales}
spec:
  parentRefs: [{name: public}]
  rules: [{backendRefs: [{name: seats, port: 8080}]}]
`,
  },
  run: (facts) => {
    const gateways = new Map(
      facts.ofKind(group, 'Gateway').map((one) => [`${effectiveNamespace(one)}/${one.name}`, one] as const),
    );
    const routes = kinds.flatMap((kind) => facts.ofKind(group, kind));
    const evidence = routes.flatMap((route) =>
      items(descend(rootField(route), 'spec', 'parentRefs')).flatMap((at) => {
        if ((text(child(at, 'kind'))?.value ?? 'Gateway') !== 'Gateway') return [];
        const namespace = text(child(at, 'namespace'))?.value ?? effectiveNamespace(route);
        const gateway = gateways.get(`${namespace}/${text(child(at, 'name'))?.value}`);
        const name = gateway && text(descend(rootField(gateway), 'spec', 'gatewayClassName'))?.value;
        if (gateway === undefined || !/^istio(?:-|$)/.test(name ?? '')) return [];
        return { found: `${called(route)} belongs to ${called(gateway)} of class \`${name}\`.`, at, services: [] };
      }),
    );
    return { examined: [amount(routes.length, 'route of the Gateway API', 'routes of the Gateway API')], evidence };
  },
};
