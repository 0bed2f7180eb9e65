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

/** The hosts whose routes can be applied as they are, with a policy in the estate. */
function open(policy: Manifest): string[] {
  const resources = asResources([...estate, policy]);
  const intake = takeIn([
    { file: 'x.yaml', documents: resources.length, resources, unidentified: [], diagnostics: [] },
  ]);
  return translate(intake, defaultSettings)
    .emitted.filter(({ object, role }) => object.kind === 'HTTPRoute' && role === 'resource')
    .flatMap(({ object }) => (object.spec as { hostnames: string[] }).hostnames)
    .sort();
}

const www = 'www.kongair.example';
const both = ['partners.kongair.example', www];
const deny = (host: string): object => ({ action: 'DENY', rules: [{ to: [{ operation: { hosts: [host] } }] }] });

test.each<[string, Manifest, string[]]>([
  ['denied host', object('AuthorizationPolicy', 'p', 'istio-system', deny('partners.kongair.example')), [www]],
  ['with its port', object('AuthorizationPolicy', 'p', 'istio-system', deny('partners.kongair.example:80')), [www]],
  ['a prefix of hosts', object('AuthorizationPolicy', 'p', 'istio-system', deny('partners.*')), []],
  ['a suffix of hosts', object('AuthorizationPolicy', 'p', 'istio-system', deny('*example')), []],
  ['another host', object('AuthorizationPolicy', 'p', 'istio-system', deny('fleet.example')), both],
  ['denies nothing', object('AuthorizationPolicy', 'p', 'istio-system', { action: 'DENY', rules: [] }), both],
  ['allows nothing', object('AuthorizationPolicy', 'p', 'istio-system', {}), []],
  ['allows all', object('AuthorizationPolicy', 'p', 'istio-system', { rules: [{}] }), both],
  ['only audits', object('AuthorizationPolicy', 'p', 'istio-system', { action: 'AUDIT', rules: [{}] }), both],
  ['of other pods', object('AuthorizationPolicy', 'p', 'sales', { selector: { matchLabels: { app: 'web' } } }), both],
  ['tokens', object('RequestAuthentication', 'p', 'istio-system', { jwtRules: [{ issuer: 'kongair' }] }), []],
])('routes behind a policy that is about: %s', (_, policy, expected) => {
  expect(open(policy)).toEqual(expected);
});
