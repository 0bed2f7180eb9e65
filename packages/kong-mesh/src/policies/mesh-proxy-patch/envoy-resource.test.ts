import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type EnvoyResource, envoyProblem } from './envoy-resource.ts';

const lua = `name: envoy.filters.http.lua
typedConfig:
  "@type": type.googleapis.com/envoy.extensions.filters.http.lua.v3.Lua
  inlineCode: "function envoy_on_request(h) end"
`;

test.each([
  ['Cluster', '{connectTimeout: 5s, connect_timeout: 1.5s}'],
  ['Cluster', '{circuitBreakers: {thresholds: [{maxConnections: 7, priority: HIGH}]}}'],
  ['Cluster', '{lbPolicy: LEAST_REQUEST, someFutureField: {a: 1}}'],
  ['Cluster', '{dnsRefreshRate: null, outlierDetection: {consecutive5xx: "5"}}'],
  ['VirtualHost', '{routes: [{match: {prefix: /}, directResponse: {status: 200}}], requestHeadersToAdd: []}'],
  ['Listener', '{perConnectionBufferLimitBytes: 1024, filterChains: [{filters: [{name: a}]}]}'],
  ['HttpFilter', lua],
  ['NetworkFilter', '{"typed_config": {"@type": "type.googleapis.com/google.protobuf.Struct", "value": {}}}'],
  [
    'NetworkFilter',
    '{typed_config: {"@type": type.googleapis.com/envoy.extensions.filters.network.rbac.v3.RBAC, rules: 1}}',
  ],
  ['HttpFilter', '{\t"name": "json only"}'],
] as const)('%s %s is taken', (resource, text) => expect(envoyProblem(text, resource, 'part')).toBeUndefined());

test.each([
  ['Cluster', '{connectTimeout: 5}', 'its connectTimeout must be a duration such as 5s'],
  ['Cluster', '{connectTimeout: 5sX}', 'its connectTimeout must be a duration such as 5s'],
  ['Cluster', '{circuitBreakers: {thresholds: {maxConnections: 7}}}', 'its circuitBreakers.thresholds must be a list'],
  [
    'Cluster',
    '{circuitBreakers: {thresholds: [{maxConnections: -1}]}}',
    'its circuitBreakers.thresholds[0].maxConnections must be an integer from 0 to 4294967295',
  ],
  ['Cluster', '{respectDnsTtl: "true"}', 'its respectDnsTtl must be true or false'],
  ['Cluster', '{name: 1}', 'its name must be a string'],
  ['Cluster', '{metadata: {filterMetadata: []}}', 'its metadata.filterMetadata must be an object'],
  ['VirtualHost', '{requireTls: SOME}', 'its requireTls must be one of NONE, EXTERNAL_ONLY, ALL'],
  ['VirtualHost', '{routes: [1]}', 'its routes[0] must be an object'],
  ['HttpFilter', '{typedConfig: {}}', 'its typedConfig must be an object with an @type'],
  [
    'HttpFilter',
    '{typedConfig: {"@type": type.googleapis.com/envoy.Nothing}}',
    'its typedConfig has the unknown type type.googleapis.com/envoy.Nothing',
  ],
  [
    'HttpFilter',
    '{typedConfig: {"@type": type.googleapis.com/envoy.extensions.filters.http.lua.v3.Lua, inlineCode: 1}}',
    'its typedConfig.inlineCode must be a string',
  ],
  ['Listener', '[]', 'it must be an object'],
  ['Listener', 'a: [', 'it must be YAML'],
] as const)('%s %s is refused', (resource, text, problem) =>
  expect(envoyProblem(text, resource, 'part')).toBe(problem),
);

test('what is added whole needs its names', () => {
  expect(envoyProblem('', 'Cluster', 'part')).toBeUndefined();
  expect(envoyProblem('', 'Cluster', 'whole')).toBe('it must not be empty');
  expect(envoyProblem('{connectTimeout: 1s}', 'Cluster', 'whole')).toBe('its name must be set');
  expect(envoyProblem('{name: a}', 'VirtualHost', 'whole')).toBe('its domains must have an item');
  expect(envoyProblem('{name: a, domains: ["*"]}', 'VirtualHost', 'whole')).toBeUndefined();
  expect(envoyProblem('{address: {}}', 'Listener', 'whole')).toBeUndefined();
  expect(envoyProblem(lua, 'HttpFilter', 'whole')).toBeUndefined();
});

test('no text makes it throw', () => {
  const resources: EnvoyResource[] = ['Cluster', 'Listener', 'VirtualHost', 'NetworkFilter', 'HttpFilter'];
  const key = fc.constantFrom(
    'name',
    'routes',
    'typedConfig',
    '@type',
    'match',
    'filterChains',
    'metadata',
    '__proto__',
    'loadAssignment',
  );
  const { value } = fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 6 },
      fc.constantFrom(null, 1, 1.5, true, 'a', '1s', 'type.googleapis.com/envoy.config.cluster.v3.Cluster'),
      fc.array(tie('value'), { maxLength: 3 }),
      fc.dictionary(key, tie('value'), { maxKeys: 4 }),
    ),
  }));
  fc.assert(
    fc.property(
      fc.constantFrom(...resources),
      fc.oneof(
        fc.string(),
        value.map((one) => JSON.stringify(one)),
      ),
      (resource, text) => {
        for (const extent of ['part', 'whole'] as const) {
          const problem = envoyProblem(text, resource, extent);
          expect(problem === undefined || problem.length > 0).toBe(true);
        }
      },
    ),
    { numRuns: 2000 },
  );
});
