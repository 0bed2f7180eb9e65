import { createJudge } from '@isthmus/equivalence';
import { takeIn } from '@isthmus/istio';
import { asResources, type Manifest } from '@isthmus/testkit';
import fc from 'fast-check';
import { expect, test } from 'vitest';
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

const backend = (name: string): Manifest =>
  ({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace: 'default' },
    spec: { selector: { app: name }, ports: [{ name: 'http', port: 80, appProtocol: 'http' }] },
  }) as unknown as Manifest;

test('Kong answers every request as Istio does, with one host and beside a wider one, or closes what it cannot keep', () => {
  let proven = 0;
  fc.assert(
    fc.property(rules, rules, (narrow, wide) => {
      const backends = ['narrow', 'wide'].flatMap((name) =>
        [...Array(7).keys()].map((index) => backend(`${name}-${index}`)),
      );
      const resources = asResources([
        door,
        service('narrow', 'one.example', narrow),
        service('wide', '*', wide),
        ...backends,
      ]);
      const intake = takeIn([
        { file: 'generated.yaml', documents: resources.length, resources, unidentified: [], diagnostics: [] },
      ]);
      const { estate, emitted, settings, diagnostics } = translate(intake, { ...defaultSettings, complete: true });
      const judge = createJudge({ estate, emitted, settings, findings: diagnostics, concerning: () => [] });
      const rows = judge.verify('default/gateway:door', []);
      expect(rows).toHaveLength(2);
      for (const { verdict, sentence, counterexample } of rows) {
        if (verdict === 'same') proven++;
        // What is withheld is closed with 503, for all requests to the host.
        else expect([sentence, counterexample?.after.decision]).toEqual([sentence, 'answered with 503']);
      }
    }),
    { numRuns: 60 },
  );
  expect(proven).toBeGreaterThan(60);
});
