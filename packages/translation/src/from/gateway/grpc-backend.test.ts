import { takeIn } from '@isthmus/istio';
import { readManifest } from '@isthmus/kubernetes';
import { expect, test } from 'vitest';
import { defaultSettings } from '../../settings.ts';
import { translate } from '../../translate.ts';

const service = (name: string, ports: string, annotations = '{}') => `
---
apiVersion: v1
kind: Service
metadata: {name: ${name}, namespace: web, annotations: ${annotations}}
spec: {selector: {app: ${name}}, ports: [${ports}]}
`;
const to = (name: string) => `{destination: {host: ${name}, port: {number: 9000}}, weight: 1}`;

function translated(services: string, backends = to('cart')) {
  const text = `
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: door, namespace: web}
spec: {selector: {istio: ingressgateway}, servers: [{port: {number: 80, name: http, protocol: HTTP}, hosts: ["*"]}]}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: cart, namespace: web}
spec: {hosts: [cart.example], gateways: [door], http: [{match: [{uri: {prefix: /a}}], route: [${backends}]}, {route: [${backends}]}]}
${services}`;
  const { diagnostics, emitted } = translate(
    takeIn([readManifest('a.yaml', new TextEncoder().encode(text))]),
    defaultSettings,
  );
  const annotated = emitted.flatMap(({ role, object }) => {
    const { name, annotations } = object.metadata as { name: string; annotations?: Record<string, string> };
    return role === 'patch' && annotations?.['konghq.com/protocol'] === 'grpc' ? [name] : [];
  });
  const codes = diagnostics.map(({ code }) => code).filter((code) => /GW-07[23]/.test(code));
  return { annotated: annotated.sort(), codes: [...new Set(codes)] };
}

const grpc = '{name: grpc-cart, port: 9000}';

test('a Service that serves nothing but gRPC tells Kong so, once', () => {
  for (const port of [grpc, '{name: cart, port: 9000, appProtocol: grpc}'])
    expect(translated(service('cart', port))).toEqual({ annotated: ['cart'], codes: ['ISTHMUS-GW-073'] });
  expect(translated(service('cart', grpc, '{konghq.com/protocol: grpc}'))).toEqual({ annotated: [], codes: [] });
  expect(translated(service('cart', '{name: http-cart, port: 9000}'))).toEqual({ annotated: [], codes: [] });
});

test('the annotation is for all ports, so that others wait for a person', () => {
  const both = service('cart', `${grpc}, {name: http-admin, port: 8080}`);
  expect(translated(both)).toEqual({ annotated: [], codes: ['ISTHMUS-GW-072'] });
  const datagrams = service('cart', `${grpc}, {name: dns, port: 53, protocol: UDP}`);
  expect(translated(datagrams)).toEqual({ annotated: ['cart'], codes: ['ISTHMUS-GW-073'] });
});

test('Services of one rule have to be alike, or the rule has no route', () => {
  const split = `${to('cart')}, ${to('basket')}`;
  const alike = service('cart', grpc) + service('basket', grpc);
  expect(translated(alike, split)).toEqual({ annotated: ['basket', 'cart'], codes: ['ISTHMUS-GW-073'] });
  const mixed = service('cart', grpc) + service('basket', '{name: http, port: 9000}');
  expect(translated(mixed, split)).toEqual({ annotated: [], codes: ['ISTHMUS-GW-072'] });
});
