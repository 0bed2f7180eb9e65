import { takeIn } from '@isthmus/istio';
import { isMap, type JsonObject, parseYaml, readManifest } from '@isthmus/kubernetes';
import { describe, expect, test } from 'vitest';
import { createJudge } from '../judge.ts';
import type { Emitted } from '../mesh-after.ts';
import { wholeText } from './kong-predicates.ts';

const istio = (
  rules: string,
  server = '{port: {number: 80, name: http, protocol: HTTP}, hosts: ["*.air.example"]}',
) => `
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: door, namespace: shop}
spec: {selector: {istio: ingressgateway}, servers: [${server}]}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: seats, namespace: shop}
spec: {hosts: [www.air.example], gateways: [door], http: ${rules}}
---
apiVersion: v1
kind: Service
metadata: {name: seats, namespace: shop}
spec: {selector: {app: seats}, ports: [{name: http, port: 80, appProtocol: http}]}
---
apiVersion: v1
kind: Service
metadata: {name: fares, namespace: shop}
spec: {selector: {app: fares}, ports: [{name: http, port: 80, appProtocol: http}]}
`;

/** Says at the Service seats how often Kong sends a request again. */
const annotated = (text: string, retries: number): string =>
  text.replace(
    'metadata: {name: seats, namespace: shop}\nspec: {selector',
    `metadata: {name: seats, namespace: shop, annotations: {konghq.com/retries: '${retries}'}}\nspec: {selector`,
  );

const kong = (
  rules: string,
  { annotations = '{}', listeners = '{name: http, port: 80, protocol: HTTP, hostname: "*.air.example"}' } = {},
) => `
apiVersion: gateway.networking.k8s.io/v1
kind: GatewayClass
metadata: {name: kong}
spec: {controllerName: konghq.com/kic-gateway-controller}
---
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: {name: door, namespace: shop}
spec: {gatewayClassName: kong, listeners: [${listeners}]}
---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: seats, namespace: shop, annotations: ${annotations}}
spec: {parentRefs: [{name: door}], hostnames: [www.air.example], rules: ${rules}}
`;

function judged(
  before: string,
  after: string,
  router: 'expressions' | 'traditional_compatible' = 'expressions',
  aspect = 'routing',
) {
  const estate = takeIn([readManifest('a.yaml', new TextEncoder().encode(before))]);
  const emitted = parseYaml(after).flatMap(({ value }): Emitted[] =>
    isMap(value) ? [{ role: 'resource', object: value as JsonObject }] : [],
  );
  const judge = createJudge({
    estate,
    emitted,
    findings: [],
    concerning: () => [],
    settings: {
      target: '2.14',
      mesh: 'default',
      zone: 'default',
      systemNamespace: 'kong-mesh-system',
      rootNamespace: 'istio-system',
      clusterDomain: 'cluster.local',
      router,
    },
  });
  expect(judge.services).toContain('shop/gateway:door');
  return judge.verify('shop/gateway:door', []).filter((row) => row.aspect === aspect);
}

const to = (name: string): string => `route: [{destination: {host: ${name}, port: {number: 80}}}]`;
const backend = (name: string): string => `backendRefs: [{name: ${name}, port: 80}]`;
const path = (type: string, value: string): string => `matches: [{path: {type: ${type}, value: '${value}'}}]`;

test('routes that take the same requests are the same for all of them', () => {
  const before = istio(`[{match: [{uri: {exact: /a}}], ${to('fares')}}, {${to('seats')}}]`);
  const rows = judged(before, kong(`[{${path('Exact', '/a')}, ${backend('fares')}}, {${backend('seats')}}]`));
  expect(rows).toMatchObject([
    {
      service: 'shop/gateway:door',
      port: 80,
      clients: 'clients of www.air.example',
      aspect: 'routing',
      verdict: 'same',
    },
  ]);
});

test('a prefix of the text is none of segments, and the shortest path that shows it is found', () => {
  const before = istio(`[{match: [{uri: {prefix: /a}}], ${to('fares')}}, {${to('seats')}}]`);
  const [row] = judged(before, kong(`[{${path('PathPrefix', '/a')}, ${backend('fares')}}, {${backend('seats')}}]`));
  expect(row).toMatchObject({ verdict: 'differs', counterexample: { request: { method: 'GET', path: '/aa' } } });
  expect(row?.sentence).toContain('in Istio and');
  expect(row?.sentence).toContain('in Kong Gateway');
});

test('the order of matches is that of the flavour', () => {
  const before = istio(
    `[{match: [{headers: {x: {exact: blue}}}], ${to('fares')}}, {match: [{uri: {exact: /api}}], ${to('seats')}}]`,
  );
  const rules = `[{matches: [{headers: [{name: x, value: blue}]}], ${backend('fares')}}, {${path('Exact', '/api')}, ${backend('seats')}}]`;
  expect(judged(before, kong(rules))[0]).toMatchObject({
    verdict: 'differs',
    counterexample: { request: { path: '/api', headers: { x: ['blue'] } } },
  });
  // The other flavour compares headers without regard to case, besides.
  expect(judged(before, kong(rules), 'traditional_compatible')[0]).toMatchObject({
    verdict: 'differs',
    counterexample: { request: { headers: { x: ['bluE'] } } },
  });
});

test('a rewritten prefix and a redirect are compared by what they come to', () => {
  const rewrite = `[{match: [{uri: {prefix: /old/}}], rewrite: {uri: /new/}, ${to('seats')}}]`;
  const plugin = (uri: string) => `
---
apiVersion: configuration.konghq.com/v1
kind: KongPlugin
metadata: {name: rewrite, namespace: shop}
plugin: request-transformer
config: {replace: {uri: '${uri}'}}`;
  const rules = `[{${path('RegularExpression', '/old/(.*)')}, filters: [{type: ExtensionRef, extensionRef: {group: configuration.konghq.com, kind: KongPlugin, name: rewrite}}], ${backend('seats')}}]`;
  expect(judged(istio(rewrite), kong(rules) + plugin('/new/$(uri_captures[1])'))[0]?.verdict).toBe('same');
  expect(
    judged(istio(rewrite), kong(rules) + plugin('/new$(uri_captures[1])'))[0]?.counterexample?.differences[0],
  ).toMatchObject({ what: 'path' });
  const redirect = '[{redirect: {authority: air.example, scheme: https}}]';
  const filter = (code: number) =>
    `[{filters: [{type: RequestRedirect, requestRedirect: {hostname: air.example, scheme: https, statusCode: ${code}}}]}]`;
  expect(judged(istio(redirect), kong(filter(301)))[0]?.verdict).toBe('same');
  expect(judged(istio(redirect), kong(filter(302)))[0]?.verdict).toBe('differs');
});

test('a redirect to HTTPS is the same as an annotated route', () => {
  const server =
    '{port: {number: 80, name: http, protocol: HTTP}, hosts: ["www.air.example"], tls: {httpsRedirect: true}}';
  const annotations = "{konghq.com/protocols: https, konghq.com/https-redirect-status-code: '301'}";
  const before = istio(`[{${to('seats')}}]`, server);
  expect(judged(before, kong(`[{${backend('seats')}}]`, { annotations }))[0]?.verdict).toBe('same');
  expect(judged(before, kong(`[{${backend('seats')}}]`))[0]?.verdict).toBe('differs');
});

test('what the model does not know leaves a host undecided, and drafts do not count', () => {
  const plugins = '{konghq.com/plugins: cors}';
  const cors = `
---
apiVersion: configuration.konghq.com/v1
kind: KongPlugin
metadata: {name: cors, namespace: shop}
plugin: cors`;
  const before = istio(`[{${to('seats')}}]`);
  expect(judged(before, kong(`[{${backend('seats')}}]`, { annotations: plugins }) + cors)[0]).toMatchObject({
    verdict: 'undecided',
    reason: 'what the plugin cors does is not in the model',
  });
  expect(judged(before, '')[0]).toMatchObject({
    verdict: 'differs',
    counterexample: { after: { decision: 'answered with 404' } },
  });
});

test("a patch of the gateway's pods leaves its hosts undecided, one of sidecars does not", () => {
  const patch = (context: string, labels: string) => `
---
apiVersion: networking.istio.io/v1alpha3
kind: EnvoyFilter
metadata: {name: change, namespace: istio-system}
spec:
  workloadSelector: {labels: ${labels}}
  configPatches:
    - {applyTo: HTTP_FILTER, match: {context: ${context}}, patch: {operation: INSERT_FIRST, value: {name: envoy.filters.http.lua}}}
`;
  const before = istio(`[{${to('seats')}}]`);
  const after = kong(`[{${backend('seats')}}]`);
  const verdictWith = (more: string) => judged(before + more, after)[0];
  expect(verdictWith(patch('GATEWAY', '{istio: ingressgateway}'))).toMatchObject({
    verdict: 'undecided',
    reason:
      'EnvoyFilter istio-system/change spec.configPatches[0] (INSERT_FIRST of HTTP_FILTER envoy.filters.http.lua) may change this in Istio, which the comparison does not follow',
  });
  expect(verdictWith(patch('SIDECAR_OUTBOUND', '{istio: ingressgateway}'))?.verdict).toBe('same');
  expect(verdictWith(patch('GATEWAY', '{istio: other}'))?.verdict).toBe('same');
});

describe("routes of the mesh decide about what Kong's sidecar sends", () => {
  const mesh = (rules: string, targetRef = '{kind: Mesh}') => `
---
apiVersion: kuma.io/v1alpha1
kind: MeshHTTPRoute
metadata: {name: seats, namespace: shop, labels: {kuma.io/mesh: default}}
spec:
  targetRef: ${targetRef}
  to: [{targetRef: {kind: MeshService, name: seats, namespace: shop, sectionName: http}, rules: ${rules}}]
`;
  const toFares = 'backendRefs: [{kind: MeshService, name: fares, namespace: shop, port: 80, weight: 1}]';
  const match = (path: string) => `matches: [{path: {type: PathPrefix, value: ${path}}}]`;
  const plain = istio(`[{${to('seats')}}]`);
  const all = kong(`[{${backend('seats')}}]`);

  test('with conditions of their own, found in the requests as they come to Kong', () => {
    const [row] = judged(plain, all + mesh(`[{${match('/fares')}, default: {${toFares}}}]`));
    expect(row).toMatchObject({ verdict: 'differs', counterexample: { request: { path: '/fares' } } });
    expect(row?.counterexample?.after.rule).toMatchObject({ kind: 'MeshHTTPRoute', name: 'seats' });
    // Istio's gateway that sends there by itself does the same.
    const both = istio(
      `[{match: [{uri: {exact: /fares}}], ${to('fares')}}, {match: [{uri: {prefix: /fares/}}], ${to('fares')}}, {${to('seats')}}]`,
    );
    expect(judged(both, all + mesh(`[{${match('/fares')}, default: {${toFares}}}]`))[0]?.verdict).toBe('same');
  });

  test('after what Kong has rewritten', () => {
    const before = istio(
      `[{match: [{uri: {prefix: /old/fares/}}], rewrite: {uri: /new/fares/}, ${to('fares')}}, {match: [{uri: {prefix: /old/}}], rewrite: {uri: /new/}, ${to('seats')}}]`,
    );
    const rewrite = `
---
apiVersion: configuration.konghq.com/v1
kind: KongPlugin
metadata: {name: rewrite, namespace: shop}
plugin: request-transformer
config: {replace: {uri: '/new/$(uri_captures[1])'}}`;
    const rules = `[{${path('RegularExpression', '/old/(.*)')}, filters: [{type: ExtensionRef, extensionRef: {group: configuration.konghq.com, kind: KongPlugin, name: rewrite}}], ${backend('seats')}}]`;
    const fares = (value: string) =>
      `[{matches: [{path: {type: PathPrefix, value: ${value}}}], default: {${toFares}}}]`;
    const paths = (value: string) => judged(before, kong(rules) + rewrite + mesh(fares(value)))[0];
    // A prefix of segments takes the path without a slash too.
    expect(paths('/new/fares')?.counterexample?.request.path).toBe('/old/fares');
    expect(paths('/elsewhere')?.counterexample?.request.path).toBe('/old/fares/');
  });

  test('by headers that Kong sets, and not where it takes them away', () => {
    const header = (name: string) => `[{matches: [{headers: [{name: ${name}, value: crew}]}], default: {${toFares}}}]`;
    const filter = `filters: [{type: RequestHeaderModifier, requestHeaderModifier: {set: [{name: x-desk, value: crew}], remove: [x-cabin]}}]`;
    const changed = (backendName: string) =>
      istio(`[{headers: {request: {set: {x-desk: crew}, remove: [x-cabin]}}, ${to(backendName)}}]`);
    const routes = kong(`[{${filter}, ${backend('seats')}}]`);
    expect(judged(changed('fares'), routes + mesh(header('x-desk')))[0]?.verdict).toBe('same');
    expect(judged(changed('seats'), routes + mesh(header('x-cabin')))[0]?.verdict).toBe('same');
  });

  test('answers and redirects of the mesh are those of the whole way', () => {
    const redirect = `[{${match('/')}, default: {filters: [{type: RequestRedirect, requestRedirect: {hostname: air.example, statusCode: 302}}]}}]`;
    expect(judged(plain, all + mesh(redirect))[0]).toMatchObject({
      verdict: 'differs',
      counterexample: { after: { decision: expect.stringMatching(/^302 to /) } },
    });
  });

  test('not those for sidecars only: Kong is a gateway', () => {
    const rules = `[{${match('/fares')}, default: {${toFares}}}]`;
    expect(judged(plain, all + mesh(rules, '{kind: Mesh, proxyTypes: [Sidecar]}'))[0]?.verdict).toBe('same');
    expect(judged(plain, all + mesh(rules, '{kind: Mesh, proxyTypes: [Gateway]}'))[0]?.verdict).toBe('differs');
  });

  describe('about a part of the requests', () => {
    const split = (...parts: readonly (readonly [name: string, weight: number])[]): string =>
      `[{route: [${parts.map(([name, weight]) => `{destination: {host: ${name}}, weight: ${weight}}`).join(', ')}]}]`;
    const kongSplit = (seats: number, fares: number): string =>
      kong(`[{backendRefs: [{name: seats, port: 80, weight: ${seats}}, {name: fares, port: 80, weight: ${fares}}]}]`);
    const weights = (seats: number, fares: number): string =>
      `backendRefs: [{kind: MeshService, name: seats, namespace: shop, port: 80, weight: ${seats}}, {kind: MeshService, name: fares, namespace: shop, port: 80, weight: ${fares}}]`;

    test('weights multiply', () => {
      const after = kongSplit(50, 50) + mesh(`[{${match('/')}, default: {${weights(10, 30)}}}]`);
      expect(judged(istio(split(['seats', 1], ['fares', 7])), after)[0]?.verdict).toBe('same');
      expect(judged(istio(split(['seats', 1], ['fares', 1])), after)[0]).toMatchObject({
        verdict: 'differs',
        counterexample: { after: { decision: 'fares.shop:80 (4), seats.shop:80 (1), fares.shop:80 (3)' } },
      });
    });

    test('only under the conditions of the mesh', () => {
      const before = istio(split(['seats', 50], ['fares', 50]));
      const [row] = judged(before, kongSplit(50, 50) + mesh(`[{${match('/fares')}, default: {${toFares}}}]`));
      expect(row).toMatchObject({ verdict: 'differs', counterexample: { request: { path: '/fares' } } });
      const both = istio(
        `[{match: [{uri: {exact: /fares}}, {uri: {prefix: /fares/}}], ${to('fares')}}, ${split(['seats', 50], ['fares', 50]).slice(1)}`,
      );
      expect(judged(both, kongSplit(50, 50) + mesh(`[{${match('/fares')}, default: {${toFares}}}]`))[0]?.verdict).toBe(
        'same',
      );
    });

    test('header changes stay with their part, and what has no weight is undecided', () => {
      const setting = (name: string): string =>
        `filters: [{type: RequestHeaderModifier, requestHeaderModifier: {set: [{name: ${name}, value: crew}]}}]`;
      const headed = `[{route: [{destination: {host: seats}, weight: 50, headers: {request: {set: {x-desk: crew}}}}, {destination: {host: fares}, weight: 50}]}]`;
      expect(
        judged(istio(headed), kongSplit(50, 50) + mesh(`[{${match('/')}, default: {${setting('x-desk')}}}]`))[0]
          ?.verdict,
      ).toBe('same');
      const redirect = `[{${match('/')}, default: {filters: [{type: RequestRedirect, requestRedirect: {hostname: air.example, statusCode: 302}}]}}]`;
      expect(judged(istio(headed), kongSplit(50, 50) + mesh(redirect))[0]?.reason).toBe(
        'routes of Kong Mesh answer parts of the requests in ways that have no weight',
      );
      const rewrite = `[{${match('/')}, default: {filters: [{type: URLRewrite, urlRewrite: {path: {type: ReplaceFullPath, replaceFullPath: /x}}}]}}]`;
      expect(judged(istio(headed), kongSplit(50, 50) + mesh(rewrite))[0]?.reason).toBe(
        'routes of Kong Mesh treat parts of the requests in different ways',
      );
    });

    test('a part that no route of the mesh takes is answered with 404', () => {
      const before = istio(split(['seats', 50], ['fares', 50]));
      const noRoute = `[{matches: [{method: POST}], default: {}}]`;
      const [row] = judged(before, kongSplit(50, 50) + mesh(noRoute));
      expect(row?.verdict).toBe('same');
    });
  });
});

describe('a Service that does not exist', () => {
  test('alone is answered with 500 by Kong and with 503 by a VirtualService', () => {
    const [row] = judged(istio(`[{${to('gone')}}]`), kong(`[{${backend('gone')}}]`));
    expect(row).toMatchObject({
      verdict: 'differs',
      counterexample: {
        before: { decision: 'answered with 503: nobody is behind gone.shop.svc.cluster.local:80' },
        after: { decision: 'answered with 500' },
      },
    });
  });

  test('among others leaves its part to them at Kong', () => {
    const before = istio(
      '[{route: [{destination: {host: gone}, weight: 50}, {destination: {host: seats}, weight: 50}]}]',
    );
    const after = kong('[{backendRefs: [{name: gone, port: 80, weight: 50}, {name: seats, port: 80, weight: 50}]}]');
    expect(judged(before, after)[0]?.counterexample?.differences[0]).toMatchObject({
      what: 'destinations',
      after: 'seats.shop:80',
    });
  });
});

test('how often requests are tried again is that of the sidecar, and Kong repeats what takes too long', () => {
  const rows = (before: string, after: string) => judged(before, after, 'expressions', 'resilience')[0];
  const retry = (number: number): string => `
---
apiVersion: kuma.io/v1alpha1
kind: MeshRetry
metadata: {name: all, namespace: kong-mesh-system, labels: {kuma.io/mesh: default}}
spec: {to: [{targetRef: {kind: Mesh}, default: {http: {numRetries: ${number}, perTryTimeout: 0s, retryOn: [GatewayError], hostSelection: [{predicate: OmitPreviousHosts}], hostSelectionMaxAttempts: 5}}}]}`;
  const none = `
---
apiVersion: kuma.io/v1alpha1
kind: MeshTimeout
metadata: {name: all, namespace: kong-mesh-system, labels: {kuma.io/mesh: default}}
spec: {to: [{targetRef: {kind: Mesh}, default: {http: {requestTimeout: 0s}}}]}`;
  const before = istio(`[{${to('seats')}, timeout: 3s, retries: {attempts: 2, retryOn: gateway-error}}]`);
  const timed = kong(`[{${backend('seats')}, timeouts: {backendRequest: 3s}}]`);
  expect(rows(annotated(before, 0), timed + retry(2) + none)?.verdict).toBe('same');
  expect(rows(annotated(before, 0), timed + retry(5) + none)?.counterexample?.differences).toMatchObject([
    { what: 'retries' },
  ]);
  expect(rows(before, timed + retry(2) + none)?.counterexample?.differences).toMatchObject([
    { what: 'timeout', after: expect.stringMatching(/^18/) },
  ]);
});

test('of times the shorter one of Kong and its sidecar counts', () => {
  const before = annotated(istio(`[{${to('seats')}, timeout: 3s, retries: {attempts: 0}}]`), 0);
  const timed = (after: string) => judged(before, after, 'expressions', 'resilience')[0];
  const rules = (request: string) => kong(`[{${backend('seats')}, timeouts: {backendRequest: ${request}}}]`);
  const sidecar = (request: string) => `
---
apiVersion: kuma.io/v1alpha1
kind: MeshTimeout
metadata: {name: all, namespace: kong-mesh-system, labels: {kuma.io/mesh: default}}
spec: {to: [{targetRef: {kind: Mesh}, default: {http: {requestTimeout: ${request}}}}]}
---
apiVersion: kuma.io/v1alpha1
kind: MeshRetry
metadata: {name: all, namespace: kong-mesh-system, labels: {kuma.io/mesh: default}}
spec: {to: [{targetRef: {kind: Mesh}, default: {http: {numRetries: 0}}}]}`;
  expect(timed(rules('3s') + sidecar('0s'))).toMatchObject({
    verdict: 'same',
    sentence: 'Requests may take the same time and are tried again alike, but Kong gives each phase of one that time.',
  });
  expect(timed(rules('5s') + sidecar('0s'))?.counterexample?.differences[0]).toMatchObject({
    what: 'timeout',
    before: expect.stringMatching(/^3/),
    after: expect.stringMatching(/^5/),
  });
  expect(timed(rules('3s') + sidecar('1s'))?.counterexample?.differences[0]?.after).toMatch(/^1/);
});

test('a wider host of Kong takes no request that Istio answers with 404', () => {
  const more = kong(`[{${backend('seats')}}]`).replace('hostnames: [www.air.example]', 'hostnames: ["*.air.example"]');
  const rows = judged(istio(`[{${to('seats')}}]`), more);
  expect(rows.map(({ clients, verdict }) => [clients, verdict])).toEqual([
    ['clients of *.air.example', 'differs'],
    ['clients of www.air.example', 'same'],
  ]);
});

test.each([
  ['^/a$', '/a'],
  ['^/a', '/a(?s:.*)'],
  ['/a|^/b$', '(?s:.*)(?:/a|^/b$)(?s:.*)'],
  ['^/(?:a|b)(?:)(?:)$', '/(?:a|b)'],
  ['^/(?:a|b)$(?:)(?:)', '/(?:a|b)'],
  ['^/a\\$', '/a\\$(?s:.*)'],
])('an expression that is searched for: %s', (searched, whole) => {
  expect(wholeText(searched)).toBe(whole);
});

test('a server that Istio’s gateway speaks TLS to gets plain text from Kong’s sidecar', () => {
  const rule = (mode: string): string => `---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: seats, namespace: shop}
spec: {host: seats, trafficPolicy: {tls: {mode: ${mode}, sni: seats.example}}}
`;
  const [row] = judged(istio(`[{${to('seats')}}]`) + rule('SIMPLE'), kong(`[{${backend('seats')}}]`));
  expect(row?.counterexample?.differences).toMatchObject([
    {
      what: 'connections',
      before: 'the server gets TLS (SIMPLE, for seats.example)',
      after: 'the server gets plain text',
    },
  ]);
  expect(judged(istio(`[{${to('seats')}}]`) + rule('ISTIO_MUTUAL'), kong(`[{${backend('seats')}}]`))[0]?.verdict).toBe(
    'same',
  );
});

describe("what Istio's gateway is told about slow clients", () => {
  const manager = 'envoy.filters.network.http_connection_manager';
  const told = (config: string): string => `
---
apiVersion: networking.istio.io/v1alpha3
kind: EnvoyFilter
metadata: {name: hardening, namespace: istio-system}
spec:
  workloadSelector: {labels: {istio: ingressgateway}}
  configPatches:
    - applyTo: NETWORK_FILTER
      match: {context: GATEWAY, listener: {filterChain: {filter: {name: ${manager}}}}}
      patch: {operation: MERGE, value: {typed_config: ${config}}}`;
  const none = `
---
apiVersion: kuma.io/v1alpha1
kind: MeshTimeout
metadata: {name: all, namespace: kong-mesh-system, labels: {kuma.io/mesh: default}}
spec: {to: [{targetRef: {kind: Mesh}, default: {http: {requestTimeout: 0s, streamIdleTimeout: 0s}}}]}
---
apiVersion: kuma.io/v1alpha1
kind: MeshRetry
metadata: {name: all, namespace: kong-mesh-system, labels: {kuma.io/mesh: default}}
spec: {to: [{targetRef: {kind: Mesh}, default: {http: {numRetries: 0}}}]}`;
  const rules = (timeout: string) => kong(`[{${backend('seats')}, timeouts: {backendRequest: ${timeout}}}]`) + none;
  const rowsOf = (config: string, aspect: string, timeout = '30s') =>
    judged(
      annotated(istio(`[{${to('seats')}, timeout: ${timeout}, retries: {attempts: 0}}]`), 0) + told(config),
      rules(timeout),
      'expressions',
      aspect,
    )[0];

  test('is held against what nginx does by itself', () => {
    expect(rowsOf('{request_headers_timeout: 15s}', 'resilience')).toMatchObject({
      verdict: 'differs',
      sentence:
        'Differs: for `GET /`, timeout: 15 s for the headers of a request in Istio, 60 s for the headers of a request in Kong Gateway, because VirtualService shop/seats `spec.http[0]` in Istio and HTTPRoute shop/seats `spec.rules[0]` in Kong Gateway decide.',
    });
    expect(rowsOf('{request_headers_timeout: 60s}', 'resilience')?.verdict).toBe('same');
    expect(rowsOf('{request_timeout: 60s}', 'resilience')?.counterexample?.differences).toEqual([
      { what: 'timeout', before: '60 s for all of a request', after: 'none for all of a request' },
    ]);
    expect(rowsOf('{common_http_protocol_options: {idle_timeout: 75s}}', 'resilience')?.verdict).toBe('same');
  });

  test('and silent streams against the time of a phase at Kong', () => {
    expect(rowsOf('{stream_idle_timeout: 30s}', 'resilience')?.verdict).toBe('same');
    expect(rowsOf('{stream_idle_timeout: 10s}', 'resilience')?.counterexample?.differences).toEqual([
      { what: 'idle timeout', before: '10 s', after: '30 s' },
    ]);
  });

  test('is no matter of where requests go, and the header `server` is of no verdict', () => {
    expect(
      rowsOf('{request_headers_timeout: 15s, server_header_transformation: PASS_THROUGH}', 'routing')?.verdict,
    ).toBe('same');
    expect(rowsOf('{server_header_transformation: PASS_THROUGH}', 'resilience')?.verdict).toBe('same');
    expect(rowsOf('{max_request_headers_kb: 8}', 'routing')?.verdict).toBe('undecided');
  });
});

test('a module at the servers behind a gateway leaves what goes to them undecided', () => {
  const plugin = (app: string): string => `
---
apiVersion: extensions.istio.io/v1alpha1
kind: WasmPlugin
metadata: {name: module, namespace: shop}
spec: {selector: {matchLabels: {app: ${app}}}, url: oci://modules.example/one}`;
  const before = istio(`[{${to('seats')}}]`);
  const after = kong(`[{${backend('seats')}}]`);
  expect(judged(before + plugin('seats'), after)[0]).toMatchObject({
    verdict: 'undecided',
    reason: 'WasmPlugin shop/module may change this in Istio, which the comparison does not follow',
  });
  expect(judged(before + plugin('fares'), after)[0]?.verdict).toBe('same');
});

test('conditions on statuses of gRPC count for the routes to who speaks it, and for no others', () => {
  const retries = 'timeout: 3s, retries: {attempts: 2, retryOn: "gateway-error,unavailable"}';
  const both = `[{match: [{uri: {exact: /a}}], ${to('fares')}, ${retries}}, {${to('seats')}, ${retries}}]`;
  const once = "annotations: {konghq.com/retries: '0'}";
  const fares = (protocol: string): string =>
    annotated(istio(both), 0).replace(
      'metadata: {name: fares, namespace: shop}\nspec: {selector: {app: fares}, ports: [{name: http, port: 80, appProtocol: http}]}',
      `metadata: {name: fares, namespace: shop, ${once}}\nspec: {selector: {app: fares}, ports: [{name: http, port: 80, appProtocol: ${protocol}}]}`,
    );
  const timed = 'timeouts: {backendRequest: 3s}';
  const rules = `[{${path('Exact', '/a')}, ${backend('fares')}, ${timed}}, {${backend('seats')}, ${timed}}]`;
  const after = `${kong(rules)}
---
apiVersion: kuma.io/v1alpha1
kind: MeshRetry
metadata: {name: all, namespace: kong-mesh-system, labels: {kuma.io/mesh: default}}
spec: {to: [{targetRef: {kind: Mesh}, default: {http: {numRetries: 2, retryOn: [GatewayError], perTryTimeout: 0s, hostSelection: [{predicate: OmitPreviousHosts}], hostSelectionMaxAttempts: 5}}}]}
---
apiVersion: kuma.io/v1alpha1
kind: MeshTimeout
metadata: {name: all, namespace: kong-mesh-system, labels: {kuma.io/mesh: default}}
spec: {to: [{targetRef: {kind: Mesh}, default: {http: {requestTimeout: 0s}}}]}`;
  const found = (text: string) =>
    judged(text, after, 'expressions', 'resilience').map(({ verdict, counterexample }) => [
      verdict,
      counterexample?.request.path,
      counterexample?.differences.map(({ what }) => what),
    ]);
  expect(found(fares('http'))).toEqual([['same', undefined, undefined]]);
  // Only what goes to Service fares can be of gRPC.
  expect(found(fares('grpc'))).toEqual([['differs', '/a', ['retries']]]);
});
