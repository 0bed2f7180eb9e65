import { expect, test } from 'vitest';
import { refusals } from '../refusals.test-support.ts';

test.each([
  ['{}', 'accepted'],
  ['{endpoint: {address: otel.example.com, port: 4317}}', 'accepted'],
  ['{endpoint: {address: "a b", port: 0}}', 'spec.endpoint.address spec.endpoint.port'],
  ['{endpoint: {path: /v1}}', 'spec.endpoint.path'],
  ['{protocol: http, endpoint: {path: /v1}}', 'accepted'],
  ['{protocol: http, endpoint: {path: "v1?a"}}', 'spec.endpoint.path spec.endpoint.path'],
  ['{protocol: thrift}', 'spec.protocol'],
])('%s: %s', (spec, path) =>
  expect(refusals('MeshOpenTelemetryBackend', spec, { namespace: 'kuma-system' })).toBe(path),
);
