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
  const annotatedWith = (annotation: string, value: string): string[] =>
    emitted
      .flatMap(({ object }) => {
        const { name, annotations } = object.metadata as { name: string; annotations?: Record<string, string> };
        return object.kind === 'Service' && annotations?.[`konghq.com/${annotation}`] === value ? [name] : [];
      })
      .sort();
  const codes = diagnostics.map(({ code }) => code).filter((code) => /GW-07[23]/.test(code));
  return {
    annotated: annotatedWith('protocol', 'grpc'),
    codes: [...new Set(codes)],
    once: annotatedWith('retries', '0'),
    said: diagnostics.flatMap(({ code, message }) => (/GW-07[67]/.test(code) ? [message.split(': ').at(-1)] : [])),
  };
}

const grpc = '{name: grpc-cart, port: 9000}';

test('a Service that serves nothing but gRPC tells Kong so, once', () => {
  for (const port of [grpc, '{name: cart, port: 9000, appProtocol: grpc}'])
    expect(translated(service('cart', port))).toMatchObject({ annotated: ['cart'], codes: ['ISTHMUS-GW-073'] });
  expect(translated(service('cart', grpc, '{konghq.com/protocol: grpc}'))).toMatchObject({ annotated: [], codes: [] });
  expect(translated(service('cart', '{name: http-cart, port: 9000}'))).toMatchObject({ annotated: [], codes: [] });
});

test('the annotation is for all ports, so that others wait for a person', () => {
  const both = service('cart', `${grpc}, {name: http-admin, port: 8080}`);
  expect(translated(both)).toMatchObject({ annotated: [], codes: ['ISTHMUS-GW-072'] });
  const datagrams = service('cart', `${grpc}, {name: dns, port: 53, protocol: UDP}`);
  expect(translated(datagrams)).toMatchObject({ annotated: ['cart'], codes: ['ISTHMUS-GW-073'] });
});

test('Services of one rule have to be alike, or the rule has no route', () => {
  const split = `${to('cart')}, ${to('basket')}`;
  const alike = service('cart', grpc) + service('basket', grpc);
  expect(translated(alike, split)).toMatchObject({ annotated: ['basket', 'cart'], codes: ['ISTHMUS-GW-073'] });
  const mixed = service('cart', grpc) + service('basket', '{name: http, port: 9000}');
  expect(translated(mixed, split)).toMatchObject({ annotated: [], codes: ['ISTHMUS-GW-072'] });
});

test('Services that are linked by other rules have to be alike, too', () => {
  const rules = `${to('cart')}, ${to('basket')}]}, {match: [{uri: {prefix: /b}}], route: [${to('basket')}, ${to('page')}`;
  const services = service('cart', grpc) + service('basket', grpc);
  expect(translated(services + service('page', grpc), rules).annotated).toEqual(['basket', 'cart', 'page']);
  expect(translated(services + service('page', '{name: http, port: 9000}'), rules)).toMatchObject({
    annotated: [],
    codes: ['ISTHMUS-GW-072'],
    once: ['basket', 'cart', 'page'],
  });
});

test('Kong sends each request once, where all Services of its rules are known', () => {
  const http = '{name: http, port: 9000}';
  expect(translated(service('cart', http))).toMatchObject({ once: ['cart'], said: ['web/cart.'] });
  const split = `${to('cart')}, ${to('gone')}`;
  expect(translated(service('cart', http), split)).toMatchObject({ once: [], said: ['web/cart, web/gone.'] });
  const own = service('basket', http, "{konghq.com/retries: '2'}");
  expect(translated(service('cart', http) + own, `${to('cart')}, ${to('basket')}`).once).toEqual([]);
});

test('Services of subsets say what the others of their rules say', () => {
  const subsets = `---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: cart, namespace: web}
spec: {host: cart, subsets: [{name: v1, labels: {version: v1}}, {name: v2, labels: {version: v2}}]}
`;
  const backends = ['v1', 'v2'].map(
    (subset) => `{destination: {host: cart, subset: ${subset}, port: {number: 9000}}, weight: 1}`,
  );
  const found = translated(service('cart', grpc) + subsets, backends.join(', '));
  expect(found).toMatchObject({
    annotated: ['cart-v1', 'cart-v2'],
    once: ['cart-v1', 'cart-v2'],
    codes: ['ISTHMUS-GW-073'],
  });
});
