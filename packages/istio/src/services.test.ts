import { readManifest } from '@isthmus/kubernetes';
import { expect, test } from 'vitest';
import { indexServices } from './services.ts';
import { takeIn } from './take-in.ts';

const index = (text: string) =>
  indexServices(takeIn([readManifest('a.yaml', new TextEncoder().encode(text))]), 'cluster.local');

test.each([
  ['seats', 'shop', { namespace: 'shop', name: 'seats' }],
  ['seats', '', { namespace: 'default', name: 'seats' }],
  ['seats.air.svc.cluster.local', 'shop', { namespace: 'air', name: 'seats' }],
  ['seats.air', 'shop', undefined],
  ['seats.air.svc', 'shop', undefined],
  ['*.air.svc.cluster.local', 'shop', undefined],
  ['a.b.air.svc.cluster.local', 'shop', undefined],
  ['api.example.com', 'shop', undefined],
  ['', 'shop', undefined],
])('host %j used in namespace %j names %j', (host, namespace, expected) => {
  expect(index('').named(host, namespace)).toEqual(expected);
});

test('the protocol of a port is its appProtocol, else the prefix of its name; what Istio does not know is sniffed', () => {
  const { ports } = index(`apiVersion: v1
kind: Service
metadata: {name: seats, namespace: air}
spec:
  clusterIP: None
  selector: {app: seats}
  ports:
    - {name: grpc-web-x, port: 80}
    - {name: http-x, port: 81, appProtocol: kubernetes.io/h2c}
    - {name: tcp, port: 82, appProtocol: acme.io/own}
    - {name: db, port: 3306}
    - {name: web, port: 8080}
    - {name: http, port: 53, protocol: UDP}
    - broken
`).get('air', 'seats') ?? { ports: [] };
  expect(ports.map(({ port, protocol }) => [port, protocol])).toEqual([
    [80, 'grpc-web'],
    [81, 'http2'],
    [82, undefined],
    [3306, 'tcp'],
    [8080, undefined],
    [53, 'udp'],
  ]);
});
