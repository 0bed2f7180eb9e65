import { createJudge } from '@isthmus/equivalence';
import { takeIn } from '@isthmus/istio';
import { asResources, type Manifest } from '@isthmus/testkit';
import { expect, test } from 'vitest';
import { defaultSettings } from '../../settings.ts';
import { translate } from '../../translate.ts';

const object = (kind: string, name: string, namespace: string, spec: object): Manifest =>
  ({
    apiVersion: `${kind.endsWith('Policy') || kind.startsWith('Request') ? 'security' : 'networking'}.istio.io/v1`,
    kind,
    metadata: { name, namespace },
    spec,
  }) as unknown as Manifest;

const estate = [
  object('Gateway', 'public', 'istio-system', {
    selector: { istio: 'ingressgateway' },
    servers: [{ port: { number: 80, name: 'http', protocol: 'HTTP' }, hosts: ['*.kongair.example'] }],
  }),
  object('VirtualService', 'doors', 'sales', {
    hosts: ['partners.kongair.example', 'www.kongair.example'],
    gateways: ['istio-system/public'],
    http: [{ route: [{ destination: { host: 'web', port: { number: 80 } } }] }],
  }),
];

const translated = (policy: Manifest) => {
  const resources = asResources([...estate, policy]);
  const intake = takeIn([
    { file: 'x.yaml', documents: resources.length, resources, unidentified: [], diagnostics: [] },
  ]);
  return translate(intake, { ...defaultSettings, complete: true });
};

/** The hosts whose routes can be applied as they are, with a policy in the estate. */
function open(policy: Manifest): string[] {
  return translated(policy)
    .emitted.filter(({ object, role }) => object.kind === 'HTTPRoute' && role === 'resource')
    .flatMap(({ object }) => (object.spec as { hostnames: string[] }).hostnames)
    .sort();
}

const www = 'www.kongair.example';
const both = ['partners.kongair.example', www];
const deny = (host: string): object => ({ action: 'DENY', rules: [{ to: [{ operation: { hosts: [host] } }] }] });

const denyTo = (operation: object): object => ({ action: 'DENY', rules: [{ to: [{ operation }] }] });
const from = (source: object): object => ({ action: 'DENY', rules: [{ from: [{ source }] }] });

test.each<[string, Manifest, string[]]>([
  ['denied host', object('AuthorizationPolicy', 'p', 'istio-system', deny('partners.kongair.example')), both],
  ['with its port', object('AuthorizationPolicy', 'p', 'istio-system', deny('partners.kongair.example:80')), both],
  ['a prefix of hosts', object('AuthorizationPolicy', 'p', 'istio-system', deny('partners.*')), []],
  ['a suffix of hosts', object('AuthorizationPolicy', 'p', 'istio-system', deny('*example')), []],
  ['another host', object('AuthorizationPolicy', 'p', 'istio-system', deny('fleet.example')), both],
  ['denies nothing', object('AuthorizationPolicy', 'p', 'istio-system', { action: 'DENY', rules: [] }), both],
  ['allows nothing', object('AuthorizationPolicy', 'p', 'istio-system', {}), []],
  ['allows all', object('AuthorizationPolicy', 'p', 'istio-system', { rules: [{}] }), both],
  ['only audits', object('AuthorizationPolicy', 'p', 'istio-system', { action: 'AUDIT', rules: [{}] }), both],
  ['of other pods', object('AuthorizationPolicy', 'p', 'sales', { selector: { matchLabels: { app: 'web' } } }), both],
  ['tokens', object('RequestAuthentication', 'p', 'istio-system', { jwtRules: [{ issuer: 'kongair' }] }), both],
  [
    'tokens elsewhere',
    object('RequestAuthentication', 'p', 'istio-system', {
      jwtRules: [{ issuer: 'kongair', fromHeaders: [{ name: 'x-token' }] }],
    }),
    [],
  ],
  ['addresses', object('AuthorizationPolicy', 'p', 'istio-system', from({ notIpBlocks: ['10.0.0.0/8'] })), []],
  ['all paths but one', object('AuthorizationPolicy', 'p', 'istio-system', denyTo({ notPaths: ['/a'] })), []],
  ['a path template', object('AuthorizationPolicy', 'p', 'istio-system', denyTo({ paths: ['/a/{*}'] })), []],
])('routes behind a policy that is about: %s', (_, policy, expected) => {
  expect(open(policy)).toEqual(expected);
});

const web = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'web', namespace: 'sales' },
  spec: { selector: { app: 'web' }, ports: [{ name: 'http', port: 80, appProtocol: 'http' }] },
} as unknown as Manifest;

/** What Kong answers where it does otherwise than Istio, by host. */
function judged(policy: Manifest): (string | undefined)[] {
  const resources = asResources([...estate, web, policy]);
  const intake = takeIn([{ file: 'x.yaml', documents: 4, resources, unidentified: [], diagnostics: [] }]);
  const { estate: read, emitted, settings, diagnostics } = translate(intake, { ...defaultSettings, complete: true });
  const judge = createJudge({ estate: read, emitted, settings, findings: diagnostics, concerning: () => [] });
  return judge
    .verify('istio-system/gateway:public', [])
    .filter(({ aspect }) => aspect === 'routing')
    .map(({ verdict, counterexample }) =>
      verdict === 'same'
        ? verdict
        : `${counterexample?.after.decision} ${JSON.stringify(counterexample?.request.headers)}`,
    );
}

test.each([
  [{ paths: ['/actuator', '/actuator/*', '*/internal/metrics'] }],
  [{ paths: ['/admin*'], methods: ['POST', 'DELETE'] }],
  [{ methods: ['TRACE'], ports: ['8080'] }],
  [{ hosts: ['partners.kongair.example'], paths: ['*'] }],
])('what is denied by %j is denied at Kong, and nothing else', (operation) => {
  expect(judged(object('AuthorizationPolicy', 'p', 'istio-system', denyTo(operation)))).toEqual(['same', 'same']);
});

test('requests with a token are closed, since Kong checks none', () => {
  const policy = object('RequestAuthentication', 'p', 'istio-system', { jwtRules: [{ issuer: 'kongair' }] });
  const closed = 'answered with 503 {"authorization":["a"]}';
  expect(judged(policy)).toEqual([closed, closed]);
});

test('connections behind a denial by path wait, since it denies them whatever they carry', () => {
  const tls = [
    object('Gateway', 'raw', 'istio-system', {
      selector: { istio: 'ingressgateway' },
      servers: [{ port: { number: 443, name: 'tls', protocol: 'TLS' }, hosts: ['raw.kongair.example'], tls: {} }],
    }),
    object('VirtualService', 'raw', 'sales', {
      hosts: ['raw.kongair.example'],
      gateways: ['istio-system/raw'],
      tls: [
        {
          match: [{ sniHosts: ['raw.kongair.example'] }],
          route: [{ destination: { host: 'web', port: { number: 443 } } }],
        },
      ],
    }),
  ];
  const policy = object('AuthorizationPolicy', 'p', 'istio-system', denyTo({ paths: ['/a'] }));
  const resources = asResources([...tls, policy]);
  const intake = takeIn([{ file: 'x.yaml', documents: 3, resources, unidentified: [], diagnostics: [] }]);
  const routes = translate(intake, defaultSettings).emitted.filter(({ object: { kind } }) => kind === 'TLSRoute');
  expect(routes.map(({ role }) => role)).toEqual(['draft']);
});
