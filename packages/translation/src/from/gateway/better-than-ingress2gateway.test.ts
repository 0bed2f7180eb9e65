// Each test is named after a behaviour of ingress2gateway's Istio provider that the reference lists (edge.md 6.3).
import { takeIn } from '@isthmus/istio';
import { readManifest } from '@isthmus/kubernetes';
import { expect, test } from 'vitest';
import { defaultSettings } from '../../settings.ts';
import { translate } from '../../translate.ts';

// biome-ignore lint/suspicious/noExplicitAny: assertions look into emitted objects of many kinds.
type Loose = any;

function run(text: string) {
  const estate = takeIn([readManifest('input.yaml', new TextEncoder().encode(text))]);
  const translation = translate(estate, defaultSettings);
  const of = (kind: string, role = 'resource'): Loose[] =>
    translation.emitted.flatMap((one) => (one.object.kind === kind && one.role === role ? [one.object] : []));
  const codes = translation.diagnostics.map(({ code }) => code);
  const outcome = (path: string): string | undefined =>
    translation.ledger.flatMap(({ fields }) => fields).find((field) => field.path === path)?.outcome;
  return { of, codes, outcome, translation };
}

const gateway = (servers: string, version = 'v1', selector = 'istio: ingressgateway') => `
apiVersion: networking.istio.io/${version}
kind: Gateway
metadata: {name: door, namespace: web}
spec:
  selector: {${selector}}
  servers: [${servers}]
`;
const http = (hosts = '"*"', more = '') => `{port: {number: 80, name: http, protocol: HTTP}, hosts: [${hosts}]${more}}`;
const service = (rules: string, more = '', version = 'v1') => `---
apiVersion: networking.istio.io/${version}
kind: VirtualService
metadata: {name: shop, namespace: web}
spec:
  hosts: [${more === '' ? '"shop.example"' : more}]
  gateways: [door]
  http: [${rules}]
`;
const to = (host: string) => `{route: [{destination: {host: ${host}, port: {number: 80}}}]}`;
const only = (rules: string, hosts?: string) => run(gateway(http()) + service(rules, hosts));
const rulesOf = (found: ReturnType<typeof run>): Loose[] => found.of('HTTPRoute').flatMap((route) => route.spec.rules);

test.each(['v1', 'v1beta1', 'v1alpha3'])('B1: every version of the API is read (%s)', (version) => {
  expect(run(gateway(http(), version) + service(to('web'), '', version)).of('HTTPRoute')[0].spec.parentRefs).toEqual([
    { name: 'door', sectionName: 'http' },
  ]);
});

test('B2: every kind of Istio’s API has a verdict, leaf by leaf', () => {
  const others = ['DestinationRule', 'ServiceEntry', 'Sidecar', 'EnvoyFilter', 'WorkloadEntry'].map(
    (kind) => `---
apiVersion: networking.istio.io/v1
kind: ${kind}
metadata: {name: other, namespace: web}
spec: {host: web, hosts: [web.example], address: 10.0.0.1, egress: [{hosts: ["./*"]}], configPatches: []}
`,
  );
  const { ledger } = run(gateway(http()) + service(to('web')) + others.join('')).translation;
  const kinds = ledger.map(({ resource }) => resource.kind);
  expect(new Set(kinds)).toEqual(
    new Set([
      'Gateway',
      'VirtualService',
      'DestinationRule',
      'ServiceEntry',
      'Sidecar',
      'EnvoyFilter',
      'WorkloadEntry',
    ]),
  );
  expect(ledger.flatMap(({ fields }) => fields).filter(({ outcome }) => outcome === 'untranslated')).toEqual([]);
});

test('B3: a single destination without weight gets all traffic', () => {
  expect(rulesOf(only(to('web')))[0].backendRefs).toEqual([{ name: 'web', port: 80 }]);
});

test('B4: a port that is not written is looked up', () => {
  const found = run(
    `${gateway(http())}${service('{route: [{destination: {host: web}}]}')}---
apiVersion: v1
kind: Service
metadata: {name: web, namespace: web}
spec: {ports: [{name: http, port: 8080}]}
`,
  );
  expect(rulesOf(found)[0].backendRefs).toEqual([{ name: 'web', port: 8080 }]);
});

test('B5, B6: listeners admit other namespaces, and backends of other namespaces have a ReferenceGrant', () => {
  const found = only(to('api.back.svc.cluster.local'));
  expect(found.of('Gateway')[0].spec.listeners[0].allowedRoutes).toEqual({ namespaces: { from: 'All' } });
  expect(found.of('ReferenceGrant')[0]).toMatchObject({
    metadata: { namespace: 'back' },
    spec: { to: [{ kind: 'Service', name: 'api' }] },
  });
});

test('B7: the namespace of a host limits who may use the listener, and hosts meet in the narrower one', () => {
  const found = run(gateway(http('other/shop.example, web/*.example')) + service(to('web')));
  const [first, second] = found.of('Gateway')[0].spec.listeners;
  expect(first.allowedRoutes.namespaces.selector.matchLabels).toEqual({ 'kubernetes.io/metadata.name': 'other' });
  expect(second.allowedRoutes.namespaces.from).toBe('Same');
  expect(found.of('HTTPRoute')[0].spec.parentRefs).toEqual([{ name: 'door', sectionName: second.name }]);
});

test('B8: the credential is the certificate of the listener', () => {
  const found = run(
    gateway(
      '{port: {number: 443, name: s, protocol: HTTPS}, hosts: ["a.example"], tls: {mode: SIMPLE, credentialName: c}}',
    ),
  );
  expect(found.of('Gateway')[0].spec.listeners[0].tls.certificateRefs[0]).toMatchObject({ name: 'c' });
});

test.each(['MUTUAL', 'OPTIONAL_MUTUAL'])('B9, B10, B38: %s is never downgraded: a draft and a blocker', (mode) => {
  const found = run(
    gateway(`{port: {number: 443, name: s, protocol: HTTPS}, hosts: ["*"], tls: {mode: ${mode}, credentialName: c}}`) +
      service(to('web')),
  );
  expect(found.of('Gateway')).toEqual([]);
  expect(found.of('HTTPRoute')).toEqual([]);
  expect(found.of('Gateway', 'draft')).toHaveLength(1);
  expect(found.codes).toContain('ISTHMUS-GW-019');
});

test('B10: httpsRedirect redirects with 301, and its listener has no tls', () => {
  const found = run(gateway(http('"*"', ', tls: {httpsRedirect: true}')));
  expect(found.of('Gateway')[0].spec.listeners[0].tls).toBeUndefined();
  expect(found.of('HTTPRoute')[0].metadata.annotations).toEqual({
    'konghq.com/protocols': 'https',
    'konghq.com/https-redirect-status-code': '301',
  });
});

test('B11: protocols in any letter case, and gRPC-Web, abort nothing', () => {
  const found = run(
    gateway(
      '{port: {number: 80, name: a, protocol: http}, hosts: ["*"]}, {port: {number: 81, name: b, protocol: grpc-web}, hosts: ["*"]}, {port: {number: 82, name: c, protocol: Tcp}, hosts: ["*"]}',
    ),
  );
  expect(found.of('Gateway')[0].spec.listeners.map(({ protocol }: Loose) => protocol)).toEqual(['HTTP', 'HTTP', 'TCP']);
});

test('B12: prefixes and presence of headers, and methods by expression, keep their condition', () => {
  const found = only(
    `{match: [{headers: {x-a: {prefix: v}, x-b: {}}, method: {regex: "P.*T"}}], route: [{destination: {host: web, port: {number: 80}}}]}`,
  );
  const { matches } = rulesOf(found)[0];
  expect(matches.map(({ method }: Loose) => method)).toEqual(['POST', 'PUT']);
  expect(matches[0].headers).toEqual([
    { type: 'RegularExpression', name: 'x-a', value: '^v' },
    { type: 'RegularExpression', name: 'x-b', value: '.*' },
  ]);
});

test.each(['withoutHeaders: {x: {}}', 'authority: {exact: a}', 'sourceLabels: {app: unknown}'])(
  'B13: a condition that cannot be kept (%s) withholds the routes instead of widening them',
  (condition) => {
    const found = only(
      `{match: [{${condition}}], route: [{destination: {host: web, port: {number: 80}}}]}, ${to('rest')}`,
    );
    expect(found.codes).toContain('ISTHMUS-GW-032');
    expect(rulesOf(found).flatMap(({ backendRefs }) => backendRefs ?? [])).toEqual([]);
  },
);

test('B14: rules stay in one route and in the order of the list', () => {
  const found = only(
    `{match: [{headers: {x: {exact: "1"}}}], ${to('first').slice(1)}, {match: [{uri: {prefix: /api}}], ${to('second').slice(1)}`,
  );
  const [first, second] = rulesOf(found);
  expect(found.of('HTTPRoute')).toHaveLength(1);
  expect(first.matches[0].path.value.length).toBeGreaterThan(second.matches[0].path.value.length);
});

test('B15: a prefix of the text stays one', () => {
  const found = only(`{match: [{uri: {prefix: /v1.0}}], ${to('web').slice(1)}`);
  expect(rulesOf(found)[0].matches[0].path).toEqual({ type: 'RegularExpression', value: '/v1\\.0.*' });
});

test('B16: an expression matches the whole path', () => {
  const found = only(`{match: [{uri: {regex: "/a|/b"}}], ${to('web').slice(1)}`);
  expect(rulesOf(found)[0].matches[0].path.value).toBe('(?:/a|/b)$');
});

test('B17: a rule without a match takes every request, with a rewrite or without', () => {
  const found = only(`{rewrite: {uri: /new}, ${to('web').slice(1)}`);
  expect(found.of('HTTPRoute').map(({ metadata }) => metadata.name)).toEqual(['shop']);
  expect(rulesOf(found)[0].matches).toEqual([{ path: { type: 'RegularExpression', value: '/(.*)' } }]);
});

test('B18: a rewrite of the authority leaves the path alone, and one of a prefix keeps what follows', () => {
  const authority = only(`{rewrite: {authority: in.example}, ${to('web').slice(1)}`);
  expect(rulesOf(authority)[0].filters).toEqual([{ type: 'URLRewrite', urlRewrite: { hostname: 'in.example' } }]);
  const prefix = only(`{match: [{uri: {prefix: /api/}}], rewrite: {uri: /}, ${to('web').slice(1)}`);
  expect(prefix.of('KongPlugin')[0].config.replace.uri).toBe('/$(uri_captures[1])');
});

test('B19: a redirect to another host goes there, with 301', () => {
  expect(
    rulesOf(only('{redirect: {authority: "new.example:8443", scheme: https}}'))[0].filters[0].requestRedirect,
  ).toEqual({ scheme: 'https', hostname: 'new.example', port: 8443, statusCode: 301 });
});

test('B20: direct responses, CORS and faults of all requests are answered by plugins', () => {
  const found = only(
    '{match: [{uri: {exact: /robots.txt}}], directResponse: {status: 200, body: {string: nobody}}}, {fault: {abort: {httpStatus: 503}}}',
  );
  expect(found.of('KongPlugin').map(({ config }) => config.status_code)).toEqual([200, 503]);
});

test('B21: a mirror is named as lost, and does not take the route with it', () => {
  const found = only(`{mirror: {host: copy}, ${to('web').slice(1)}`);
  expect(found.outcome('spec.http[0].mirror.host')).toBe('unsupported');
  expect(rulesOf(found)[0].backendRefs).toHaveLength(1);
});

test('B22: header changes of the only destination are kept, those of one among several are named as lost', () => {
  const headers = 'headers: {request: {set: {x: a}}}';
  const one = only(`{route: [{destination: {host: web, port: {number: 80}}, ${headers}}]}`);
  expect(rulesOf(one)[0].filters).toEqual([
    { type: 'RequestHeaderModifier', requestHeaderModifier: { set: [{ name: 'x', value: 'a' }] } },
  ]);
  const two = only(
    `{route: [{destination: {host: web, port: {number: 80}}, weight: 1, ${headers}}, {destination: {host: old, port: {number: 80}}, weight: 1}]}`,
  );
  expect(rulesOf(two)[0].filters).toBeUndefined();
  expect(two.outcome('spec.http[0].route[0].headers.request.set.x')).toBe('unsupported');
});

test('B23: timeouts are written in whole units', () => {
  expect(rulesOf(only(`{timeout: 1.5s, ${to('web').slice(1)}`))[0].timeouts).toEqual({ backendRequest: '1s500ms' });
});

test('B24: destinations of one name in two namespaces stay two', () => {
  const found = only(
    '{route: [{destination: {host: s.a.svc.cluster.local, port: {number: 80}}, weight: 50}, {destination: {host: s.b.svc.cluster.local, port: {number: 80}}, weight: 50}]}',
  );
  expect(rulesOf(found)[0].backendRefs.map(({ namespace, weight }: Loose) => [namespace, weight])).toEqual([
    ['a', 50],
    ['b', 50],
  ]);
});

test.each(['api.example.com', 'reviews.prod', '"*"', '""'])('B25: host %s is no Service', (host) => {
  const found = only(to(host));
  expect(rulesOf(found)[0].backendRefs).toBeUndefined();
  expect(found.codes).toContain('ISTHMUS-GW-034');
});

test('B25: a Service that is not there is a finding', () => {
  expect(only(to('web')).codes).toContain('ISTHMUS-GW-075');
});

test('B26: routes name the listener that they are for', () => {
  const found = run(
    `${gateway(`${http()}, {port: {number: 9000, name: tcp, protocol: TCP}, hosts: ["*"]}`)}---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: raw, namespace: web}
spec: {hosts: ["*"], gateways: [door], tcp: [{match: [{port: 9000}], route: [{destination: {host: raw, port: {number: 9000}}}]}]}
`,
  );
  expect(found.of('TCPRoute')[0].spec.parentRefs).toEqual([{ name: 'door', sectionName: 'tcp' }]);
});

test('B27: what is for the mesh becomes no route of the gateway, and no route stands without a parent', () => {
  const inMesh = run(`${gateway(http())}${service(to('web')).replace('gateways: [door]', 'gateways: [mesh]')}`);
  expect(inMesh.of('HTTPRoute')).toEqual([]);
  const both = run(`${gateway(http())}${service(to('web')).replace('gateways: [door]', 'gateways: [mesh, door]')}`);
  expect(both.of('HTTPRoute').map(({ spec }) => spec.parentRefs)).toEqual([[{ name: 'door', sectionName: 'http' }]]);
});

test('B28: a VirtualService for every host gets the hosts of the server', () => {
  expect(run(gateway(http('"*.example"')) + service(to('web'), '"*"')).of('HTTPRoute')[0].spec.hostnames).toEqual([
    '*.example',
  ]);
});

test('B29: a Gateway that is not in the import is a finding, and the route a draft', () => {
  const found = run(service(to('web')).slice(4));
  expect(found.codes).toContain('ISTHMUS-GW-005');
  expect(found.of('HTTPRoute', 'draft')[0].spec.parentRefs).toEqual([{ name: 'door' }]);
});

test('B30: listeners of equal protocol and host on two ports have two names', () => {
  const found = run(gateway(`${http()}, {port: {number: 8080, name: http, protocol: HTTP}, hosts: ["*"]}`));
  const names = found.of('Gateway')[0].spec.listeners.map(({ name }: Loose) => name);
  expect(new Set(names).size).toBe(2);
});

test('B31: owners, finalizers and annotations of the source are not copied', () => {
  const [route] = run(
    gateway(http()) +
      service(to('web')).replace('namespace: web}', 'namespace: web, finalizers: [a], annotations: {a: b}}'),
  ).of('HTTPRoute');
  expect(route.metadata).toEqual({ name: 'shop', namespace: 'web' });
});

test('B32: the same input gives the same output, in any order', () => {
  const parts = [
    gateway(http('"shop.example"')),
    service(`{headers: {request: {set: {b: "1", a: "2"}}}, ${to('web').slice(1)}`).slice(4),
  ];
  const text = (list: readonly string[]): string =>
    JSON.stringify(run(list.join('---\n')).translation.emitted.map(({ object }) => object));
  expect(text([...parts].reverse())).toBe(text(parts));
});

test('B33: nothing is handed on from one VirtualService to the next, nor from one translation to another', () => {
  const door = gateway(http('"*.example"'));
  const named = (name: string, rules: string): string =>
    service(rules, `"${name}.example"`).replace('name: shop', `name: ${name}`);
  const texts = [
    named('shop', `{match: [{uri: {exact: /a}}], rewrite: {uri: /b}, timeout: 3s, ${to('web').slice(1)}`),
    named('fares', to('fares')),
    named('seats', `{match: [{headers: {x-cabin: {exact: crew}}}], ${to('seats').slice(1)}`),
  ];
  const routes = (text: string): Loose[] => run(text).of('HTTPRoute');
  const alone = texts.flatMap((text) => routes(door + text));
  expect(alone).toHaveLength(3);
  for (let times = 0; times < 2; times++) {
    const together = routes(door + texts.join(''));
    expect(together).toHaveLength(3);
    for (const route of alone) expect(together).toContainEqual(route);
  }
});

test('B34: Gateways of different pods have different classes', () => {
  const other = gateway(http(), 'v1', 'app: internal').replace('name: door', 'name: inside');
  const found = run(`${gateway(http())}---${other}`);
  expect(found.of('GatewayClass').map(({ metadata, spec }) => [metadata.name, spec.controllerName])).toEqual([
    ['kong', 'konghq.com/kic-gateway-controller'],
    ['kong-internal', 'konghq.com/kic-gateway-controller-internal'],
  ]);
});

test('B35, B36, B38: what is carried over as it is has nothing said about it, and losses stand out', () => {
  const about = (found: ReturnType<typeof run>): string[] =>
    found.translation.diagnostics
      .filter(({ severity, resource }) => severity !== 'info' && resource !== undefined)
      .map(({ code }) => code);
  const quiet = run(
    `${gateway(http('"shop.example"'))}${service(to('web.web.svc.cluster.local'))}---
apiVersion: v1
kind: Service
metadata: {name: web, namespace: web}
spec: {ports: [{name: http, port: 80, appProtocol: http}]}
`,
  );
  expect(about(quiet).filter((code) => code.startsWith('ISTHMUS-GW'))).toEqual([]);
  const lossy = run(
    gateway(
      `{port: {number: 443, name: s, protocol: HTTPS}, hosts: ["shop.example"], tls: {mode: MUTUAL, credentialName: c}}`,
    ),
  );
  expect(
    lossy.translation.diagnostics.filter(({ severity }) => severity === 'blocker').map(({ code }) => code),
  ).toContain('ISTHMUS-GW-019');
});

test('B37: two rules of one name are both kept', () => {
  const found = only(`{name: a, match: [{uri: {exact: /1}}], ${to('one').slice(1)}, {name: a, ${to('two').slice(1)}`);
  expect(rulesOf(found)).toHaveLength(2);
});

test('B39: wildcards of SNI are not copied', () => {
  const found = run(
    `${gateway('{port: {number: 443, name: t, protocol: TLS}, hosts: ["*.example"], tls: {mode: PASSTHROUGH}}')}---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: t, namespace: web}
spec: {hosts: ["*.example"], gateways: [door], tls: [{match: [{sniHosts: ["*.example"]}], route: [{destination: {host: t, port: {number: 443}}}]}]}
`,
  );
  expect(found.of('TLSRoute')).toEqual([]);
  expect(found.codes).toContain('ISTHMUS-GW-057');
});
