import { takeIn } from '@isthmus/istio';
import { readManifest } from '@isthmus/kubernetes';
import { expect, test } from 'vitest';
import { defaultSettings } from '../../settings.ts';
import { translate } from '../../translate.ts';

const codesOf = (port: string, annotations = '{}'): string[] => {
  const text = `
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: door, namespace: web}
spec: {selector: {istio: ingressgateway}, servers: [{port: {number: 80, name: http, protocol: HTTP}, hosts: ["*"]}]}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: cart, namespace: web}
spec: {hosts: [cart.example], gateways: [door], http: [{route: [{destination: {host: cart, port: {number: 9000}}}]}]}
---
apiVersion: v1
kind: Service
metadata: {name: cart, namespace: web, annotations: ${annotations}}
spec: {selector: {app: cart}, ports: [${port}]}
`;
  const { diagnostics } = translate(takeIn([readManifest('a.yaml', new TextEncoder().encode(text))]), defaultSettings);
  return diagnostics.map(({ code }) => code).filter((code) => code === 'ISTHMUS-GW-072');
};

test('a backend that serves gRPC is a blocker until its Service tells Kong so', () => {
  expect(codesOf('{name: grpc-cart, port: 9000}')).toHaveLength(1);
  expect(codesOf('{name: cart, port: 9000, appProtocol: grpc}')).toHaveLength(1);
  expect(codesOf('{name: grpc-cart, port: 9000}', '{konghq.com/protocol: grpc}')).toEqual([]);
  expect(codesOf('{name: http-cart, port: 9000}')).toEqual([]);
});
