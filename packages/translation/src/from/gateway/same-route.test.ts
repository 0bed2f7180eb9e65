import { takeIn } from '@isthmus/istio';
import { compileKongGateway, type EdgeRequest, type KongGatewayBehavior } from '@isthmus/kong-gateway';
import { asResources, type Manifest } from '@isthmus/testkit';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { EmittedObject } from '../../emitted.ts';
import { defaultSettings } from '../../settings.ts';
import { translate } from '../../translate.ts';

interface Rule {
  readonly uri?: { readonly exact?: string; readonly prefix?: string; readonly regex?: string };
  readonly ignoreUriCase?: boolean;
  readonly method?: string;
  readonly header?: { readonly exact?: string; readonly prefix?: string; readonly regex?: string };
  readonly timeout?: string;
}

const door: Manifest = {
  apiVersion: 'networking.istio.io/v1',
  kind: 'Gateway',
  metadata: { name: 'door', namespace: 'default' },
  spec: {
    selector: { istio: 'ingressgateway' },
    servers: [{ port: { number: 80, name: 'http', protocol: 'HTTP' }, hosts: ['*'] }],
  },
} as unknown as Manifest;

const rules = fc.array(
  fc.record(
    {
      uri: fc.oneof(
        fc.record({ exact: fc.constantFrom('/', '/a', '/a/b', '/A', '/a.b') }),
        fc.record({ prefix: fc.constantFrom('/', '/a', '/a/', '/a/b', '/b') }),
        fc.record({ regex: fc.constantFrom('/a|/b', '/[ab]+', '.*/b', '/a/.*', '/.*') }),
      ),
      ignoreUriCase: fc.boolean(),
      method: fc.constantFrom('GET', 'POST'),
      header: fc.oneof(
        fc.constant({}),
        fc.record({ exact: fc.constantFrom('1', '2') }),
        fc.record({ prefix: fc.constantFrom('1', 'x') }),
        fc.record({ regex: fc.constantFrom('[12]', '1.*') }),
      ),
      timeout: fc.constantFrom('1s', '2s'),
    },
    { requiredKeys: [] },
  ) as fc.Arbitrary<Rule>,
  { minLength: 1, maxLength: 7 },
);

const requests: EdgeRequest[] = ['GET', 'POST', 'PUT'].flatMap((method) =>
  ['/', '/a', '/a/', '/a/b', '/ab', '/A', '/b', '/b/c', '/axb', '/a.b', '/c'].flatMap((path) =>
    [{}, { 'x-lane': '1' }, { 'x-lane': '12' }, { 'x-lane': '2' }, { 'x-lane': 'x' }].flatMap((headers) =>
      ['one.example', 'two.example'].map((host) => ({ method, scheme: 'http' as const, host, path, headers })),
    ),
  ),
);

const whole = (expression: string, value: string, flags = ''): boolean =>
  new RegExp(`^(?:${expression})$`, flags).test(value);

function textMatches(condition: Rule['uri'], value: string, ignoreCase = false): boolean {
  if (condition?.regex !== undefined) return whole(condition.regex, value);
  const fold = (text: string): string => (ignoreCase ? text.toLowerCase() : text);
  if (condition?.exact !== undefined) return fold(condition.exact) === fold(value);
  return condition?.prefix === undefined || fold(value).startsWith(fold(condition.prefix));
}

/** Istio's answer: the first rule of the list that matches (routing.md 5.1). */
function istio(list: readonly Rule[], { method, path, headers }: EdgeRequest): number | undefined {
  const lane = headers['x-lane'];
  const found = list.findIndex(
    (rule) =>
      textMatches(rule.uri, path, rule.ignoreUriCase) &&
      (rule.method === undefined || rule.method === method) &&
      (rule.header === undefined || (typeof lane === 'string' && textMatches(rule.header, lane))),
  );
  return found < 0 ? undefined : found;
}

const matchOf = ({ uri, ignoreUriCase, method, header }: Rule): Record<string, unknown> => ({
  ...(uri === undefined ? {} : { uri }),
  ...(ignoreUriCase === undefined ? {} : { ignoreUriCase }),
  ...(method === undefined ? {} : { method: { exact: method } }),
  ...(header === undefined ? {} : { headers: { 'x-lane': header } }),
});

const service = (name: string, host: string, list: readonly Rule[]): Manifest =>
  ({
    apiVersion: 'networking.istio.io/v1',
    kind: 'VirtualService',
    metadata: { name, namespace: 'default' },
    spec: {
      hosts: [host],
      gateways: ['door'],
      http: list.map((rule, index) => ({
        match: [matchOf(rule)],
        ...(rule.timeout === undefined ? {} : { timeout: rule.timeout }),
        route: [{ destination: { host: `${name}-${index}`, port: { number: 80 } } }],
      })),
    },
  }) as unknown as Manifest;

/** The Services that routes name, since Kong answers 500 for those that are missing. */
const servicesOf = (routes: readonly EmittedObject[]): Manifest[] =>
  [...new Set(JSON.stringify(routes).match(/(?:narrow|wide)-\d(?=","port)/g))].map(
    (name) =>
      ({
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { name, namespace: 'default' },
        spec: { ports: [{ port: 80 }] },
      }) as unknown as Manifest,
  );

/** Where Kong sends a request: the Service, or the name of the plugin that answers. */
function kong(
  routes: readonly EmittedObject[],
  behavior: KongGatewayBehavior,
  request: EdgeRequest,
): string | undefined {
  const decision = behavior.decide(request);
  if (decision.kind === 'forward') return decision.backends[0]?.service.replace('default/', '');
  const route = routes.find(({ metadata }) => metadata.name === decision.by?.name);
  const { rules: own = [] } = (route?.spec ?? {}) as {
    rules?: { filters?: { extensionRef?: { name: string } }[] }[];
  };
  return own[decision.by?.matches[0]?.rule ?? -1]?.filters?.[0]?.extensionRef?.name;
}

test('Kong sends every request where the first matching rule of Istio does, with one host and beside a wider one', () => {
  fc.assert(
    fc.property(rules, rules, (narrow, wide) => {
      const estate = takeIn([
        {
          file: 'generated.yaml',
          documents: 3,
          resources: asResources([door, service('narrow', 'one.example', narrow), service('wide', '*', wide)]),
          unidentified: [],
          diagnostics: [],
        },
      ]);
      const { emitted } = translate(estate, defaultSettings);
      const objects = emitted.map(({ object }) => object);
      const routes = objects.filter(({ kind }) => kind === 'HTTPRoute');
      const behavior = compileKongGateway([...objects, ...servicesOf(routes)] as never, {
        flavor: 'expressions',
        webhook: true,
      });
      expect(behavior.refusedByAdmission).toEqual([]);
      expect(behavior.refusedByKong).toEqual([]);
      for (const request of requests) {
        const own = request.host === 'one.example';
        const rule = istio(own ? narrow : wide, request);
        // Istio answers 404 for a host whose rules do not match; no wider host takes over.
        const expected = rule === undefined ? [undefined, 'no-rule-matches'] : [`${own ? 'narrow' : 'wide'}-${rule}`];
        expect(expected).toContain(kong(routes, behavior, request));
      }
    }),
    { numRuns: 60 },
  );
});
