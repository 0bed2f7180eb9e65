import type { ClusterSettings } from '@isthmus/behavior';
import { readManifest } from '@isthmus/kubernetes';
import { describe, expect, test } from 'vitest';
import { effectiveConfig } from '../effective/config.ts';
import { takeIn } from '../take-in.ts';
import { compileClusterSettings } from './cluster-settings.ts';
import { endpointsOf } from './destination.ts';

// What the records of `conformance/istio-destination-rules.jsonl.gz` do not hold.

const host = 'seats.shop.svc.cluster.local';
const client = { namespace: 'shop', labels: { app: 'web' } };

const rule = (policy: string, rest = '') =>
  `---\napiVersion: networking.istio.io/v1\nkind: DestinationRule\nmetadata: {name: a, namespace: shop}\nspec: {host: seats, trafficPolicy: ${policy}${rest}}\n`;
const mesh = (text: string) =>
  `---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: istio, namespace: istio-system}\ndata:\n  mesh: '${text}'\n`;
const pod = (labels: string) =>
  `---\napiVersion: v1\nkind: Pod\nmetadata: {name: p, namespace: shop, labels: {app: seats, ${labels}}}\nspec: {serviceAccountName: crew}\n`;

function settings(
  text: string,
  { spec = 'clusterIP: 10.0.0.1', name = 'http', key = `80||${host}` } = {},
): ClusterSettings {
  const service = `apiVersion: v1\nkind: Service\nmetadata: {name: seats, namespace: shop}\nspec: {${spec}, selector: {app: seats}, ports: [{name: ${name}, port: 80}]}\n`;
  const config = effectiveConfig(takeIn([readManifest('a.yaml', new TextEncoder().encode(service + text))]));
  return compileClusterSettings(config, client, host).get(key) as ClusterSettings;
}

test('without any rule: Istio’s defaults', () => {
  expect(settings('')).toEqual({
    type: 'EDS',
    lbPolicy: 'LEAST_REQUEST',
    connectTimeout: '10s',
    circuitBreakers: {
      maxConnections: 4294967295,
      maxPendingRequests: 4294967295,
      maxRequests: 4294967295,
      maxRetries: 4294967295,
    },
    commonLbConfig: { healthyPanicThreshold: {} },
    tls: { mode: 'auto mTLS' },
  });
});

test('keepalive of the mesh, in parts overridden by the rule’s', () => {
  const keepalive = mesh('{tcpKeepalive: {probes: 9, time: 1h}}');
  expect(settings(keepalive).tcpKeepalive).toEqual({ keepaliveProbes: 9, keepaliveTime: 3600 });
  expect(
    settings(keepalive + rule('{connectionPool: {tcp: {tcpKeepalive: {time: 90s, interval: 10s}}}}')).tcpKeepalive,
  ).toEqual({ keepaliveProbes: 9, keepaliveTime: 90, keepaliveInterval: 10 });
  expect(settings(rule('{connectionPool: {tcp: {tcpKeepalive: {}}}}')).tcpKeepalive).toEqual({});
});

test('a retry budget takes the place of a limit; HTTP/2 is pinged; codes count as failures', () => {
  const found = settings(
    rule(
      '{retryBudget: {budgetInterval: 5s}, outlierDetection: {outlierDetectionHttpErrorCodes: [429]}, connectionPool: {http: {h2UpgradePolicy: UPGRADE, http2KeepAlive: {interval: 30s}}}}',
    ),
  );
  expect(found.circuitBreakers.retryBudget).toEqual({
    budgetPercent: { value: 20 },
    budgetInterval: '5s',
    minRetryConcurrency: 3,
  });
  expect(found.http).toEqual({
    commonHttpProtocolOptions: {},
    outlierStatusCodes: [429],
    explicitHttpConfig: { http2ProtocolOptions: { connectionKeepalive: { interval: '30s' } } },
  });
});

test('a retry budget is a share in percent, and 20 without one', () => {
  const percent = (budget: string) =>
    settings(rule(`{retryBudget: ${budget}}`)).circuitBreakers.retryBudget?.budgetPercent.value;
  expect(percent('{percent: 12.5}')).toBe(12.5);
  expect(percent('{percent: 0}')).toBe(0);
  expect(percent('{minRetryConcurrency: 5}')).toBe(20);
});

test.each([
  ['http2', { explicitHttpConfig: { http2ProtocolOptions: {} } }],
  ['grpc-web', { explicitHttpConfig: { http2ProtocolOptions: {} } }],
  ['web', { useDownstreamProtocolConfig: { httpProtocolOptions: {}, http2ProtocolOptions: {} } }],
  ['tcp', undefined],
])('a port called %s speaks %j', (name, http) => {
  expect(settings(mesh('{h2UpgradePolicy: UPGRADE}'), { name }).http).toEqual(http);
});

test.each([
  ['MUTUAL without files', '{tls: {mode: MUTUAL}}', '', { mode: 'plaintext' }],
  ['a secret without a selector', '{tls: {mode: SIMPLE, credentialName: a}}', '', { mode: 'plaintext' }],
  [
    'a secret with a selector',
    '{tls: {mode: SIMPLE, credentialName: a, sni: s}}',
    ', workloadSelector: {matchLabels: {app: web}}',
    { mode: 'SIMPLE', sni: 's', validation: 'kubernetes://a-cacert' },
  ],
  [
    'a ConfigMap, which every client may read',
    '{tls: {mode: SIMPLE, credentialName: "configmap://shop/a", sni: s}}',
    '',
    { mode: 'SIMPLE', sni: 's', validation: 'configmap://shop/a-cacert' },
  ],
  [
    'names of the server',
    '{tls: {mode: SIMPLE, subjectAltNames: [a.example]}}',
    '',
    { mode: 'SIMPLE', subjectAltNames: ['a.example'], validation: 'file-root:system' },
  ],
  [
    'mutual TLS of Istio with a name of its own',
    '{tls: {mode: ISTIO_MUTUAL, sni: s, subjectAltNames: [x]}}',
    '',
    { mode: 'ISTIO_MUTUAL', sni: 's', subjectAltNames: ['x'], validation: 'ROOTCA' },
  ],
])('TLS: %s', (_, policy, rest, tls) => {
  expect(settings(rule(policy, rest)).tls).toEqual(tls);
});

test('names of the server and unchecked servers go without the names of the request', () => {
  expect(
    settings(rule('{tls: {mode: SIMPLE, subjectAltNames: [a.example]}}')).http?.upstreamHttpProtocolOptions,
  ).toEqual({
    autoSni: true,
  });
  expect(settings(rule('{tls: {mode: SIMPLE, insecureSkipVerify: true}}')).tls).toEqual({ mode: 'SIMPLE' });
});

test('mutual TLS is left out where the namespace does not take it', () => {
  const policy = (namespace: string, mode: string) =>
    `---\napiVersion: security.istio.io/v1\nkind: PeerAuthentication\nmetadata: {name: default, namespace: ${namespace}}\nspec: {mtls: {mode: ${mode}}}\n`;
  expect(settings(policy('istio-system', 'DISABLE')).tls).toEqual({ mode: 'plaintext' });
  expect(settings(policy('istio-system', 'DISABLE') + policy('shop', 'STRICT')).tls).toEqual({ mode: 'auto mTLS' });
  // Istio does not read what discoverySelectors leave out.
  const selecting =
    mesh('discoverySelectors: [{matchLabels: {seen: ours}}]') +
    '---\napiVersion: v1\nkind: Namespace\nmetadata: {name: istio-system}\n';
  expect(settings(policy('istio-system', 'DISABLE') + selecting).tls).toEqual({ mode: 'auto mTLS' });
});

test('where the client dials endpoints itself, mutual TLS is for all of them or none', () => {
  const identity = ['spiffe://cluster.local/ns/shop/sa/crew'];
  const headless = { spec: 'clusterIP: None' };
  expect(settings(pod('x: y'), headless)).toMatchObject({
    type: 'ORIGINAL_DST',
    lbPolicy: 'CLUSTER_PROVIDED',
    tls: { mode: 'plaintext' },
  });
  expect(settings(pod('security.istio.io/tlsMode: istio'), headless).tls).toEqual({
    mode: 'ISTIO_MUTUAL',
    sni: `outbound_.80_._.${host}`,
    subjectAltNames: identity,
    validation: 'ROOTCA',
  });
  expect(settings(pod('security.istio.io/tlsMode: istio')).tls).toEqual({
    mode: 'auto mTLS',
    subjectAltNames: identity,
  });
});

test('localities: a Service’s preference counts where no rule says anything', () => {
  const near = { spec: 'clusterIP: 10.0.0.1, trafficDistribution: PreferClose' };
  expect(settings('', near).commonLbConfig).toHaveProperty('localityWeightedLbConfig');
  expect(
    settings(rule('{loadBalancer: {localityLbSetting: {enabled: false}}}'), near).commonLbConfig,
  ).not.toHaveProperty('localityWeightedLbConfig');
  const failover = mesh('{localityLbSetting: {failover: [{from: a, to: b}]}}');
  expect(settings(failover).commonLbConfig).not.toHaveProperty('localityWeightedLbConfig');
  expect(settings(failover + rule('{outlierDetection: {}}')).commonLbConfig).toHaveProperty('localityWeightedLbConfig');
});

test('a preference for endpoints nearby: in the field, an annotation, or one of the namespace; whoever has one never panics', () => {
  const panic = rule('{outlierDetection: {minHealthPercent: 40}}');
  const key = 'networking.istio.io/traffic-distribution';
  const home = (value: string) =>
    `---\napiVersion: v1\nkind: Namespace\nmetadata: {name: shop, annotations: {${key}: ${value}}}\n`;
  const of = (field: string, around = '') =>
    settings(panic + around, { spec: `clusterIP: 10.0.0.1${field}` }).commonLbConfig;
  expect(of('')).toEqual({ healthyPanicThreshold: { value: 40 } });
  const near = { healthyPanicThreshold: {}, localityWeightedLbConfig: {} };
  expect(of(', trafficDistribution: PreferSameZone')).toEqual(near);
  expect(of('', home('prefersamenode'))).toEqual(near);
  expect(of('', home('nonsense'))).toEqual({ healthyPanicThreshold: { value: 40 } });
});

test.each([
  [
    '{loadBalancer: {simple: ROUND_ROBIN, warmupDurationSecs: 60s}}',
    { lbPolicy: 'ROUND_ROBIN', roundRobinLbConfig: { slowStartConfig: { slowStartWindow: '60s' } } },
  ],
  ['{loadBalancer: {simple: LEAST_CONN}}', { lbPolicy: 'LEAST_REQUEST' }],
  ['{loadBalancer: {consistentHash: {useSourceIp: true, ringHash: {}}}}', { lbPolicy: 'RING_HASH' }],
  [
    '{loadBalancer: {consistentHash: {useSourceIp: true, minimumRingSize: 7}}}',
    { lbPolicy: 'RING_HASH', ringHashLbConfig: { minimumRingSize: '7' } },
  ],
  ['{proxyProtocol: {version: V2}}', { proxyProtocol: 'V2' }],
  ['{proxyProtocol: {}}', { proxyProtocol: 'V1' }],
])('%s gives %j', (policy, expected) => {
  expect(settings(rule(policy))).toMatchObject(expected);
});

test('a service outside of the mesh gets no mutual TLS by itself, and a rule’s TLS checks the names that its entry gives', () => {
  const entry =
    'apiVersion: networking.istio.io/v1\nkind: ServiceEntry\nmetadata: {name: a, namespace: shop}\nspec: {hosts: [api.example], ports: [{number: 443, name: tls, protocol: TLS}], resolution: DNS, subjectAltNames: [cert.example]}\n';
  const own = `${entry}---\napiVersion: networking.istio.io/v1\nkind: DestinationRule\nmetadata: {name: b, namespace: shop}\nspec: {host: api.example, trafficPolicy: {tls: {mode: SIMPLE}}}\n`;
  const of = (text: string) =>
    compileClusterSettings(
      effectiveConfig(takeIn([readManifest('a.yaml', new TextEncoder().encode(text))])),
      client,
      'api.example',
    ).get('443||api.example');
  expect(of(entry)).toMatchObject({ type: 'STRICT_DNS', tls: { mode: 'plaintext' } });
  expect(of(own)?.tls).toEqual({ mode: 'SIMPLE', subjectAltNames: ['cert.example'], validation: 'file-root:system' });
});

test.each(['zoneAwareLbSetting: {enabled: true}', 'backendUtilization: {errorUtilizationPenaltyPercent: 10}'])(
  'what no record shows of a balancer is not known: %s',
  (setting) => {
    const [name] = setting.split(':');
    expect(settings(rule(`{loadBalancer: {simple: RANDOM, ${setting}}}`)).unknown).toBe(
      `the model does not follow loadBalancer.${name} of Istio`,
    );
    expect(settings(rule('{loadBalancer: {simple: RANDOM}}')).unknown).toBeUndefined();
  },
);

describe('services of ServiceEntries', () => {
  const entry = (spec: string) =>
    `apiVersion: networking.istio.io/v1\nkind: ServiceEntry\nmetadata: {name: a, namespace: shop}\nspec: {hosts: [api.example], ports: [{number: 443, name: tls, protocol: TLS}], ${spec}}\n`;
  const subsets = (policy: string) =>
    `---\napiVersion: networking.istio.io/v1\nkind: DestinationRule\nmetadata: {name: b, namespace: shop}\nspec: {host: api.example, trafficPolicy: ${policy}, subsets: [{name: v1, labels: {version: v1}}]}\n`;
  const of = (text: string) =>
    compileClusterSettings(
      effectiveConfig(takeIn([readManifest('a.yaml', new TextEncoder().encode(text))])),
      client,
      'api.example',
    );

  test('inside of the mesh, servers prove the names of the entry or the accounts of its endpoints', () => {
    const text = entry(
      'location: MESH_INTERNAL, resolution: STATIC, subjectAltNames: [cert.example], endpoints: [{address: 1.2.3.4, serviceAccount: crew}, {address: 1.2.3.5}]',
    );
    expect(of(text).get('443||api.example')?.tls).toEqual({
      mode: 'auto mTLS',
      subjectAltNames: ['cert.example', 'spiffe://cluster.local/ns/shop/sa/crew'],
    });
  });

  test.each([
    ['resolution: DNS', '{}', false],
    ['resolution: DNS_ROUND_ROBIN', '{}', false],
    ['resolution: DNS, endpoints: [{address: a.example, labels: {version: v2}}]', '{}', false],
    ['resolution: DNS, endpoints: [{address: a.example, labels: {version: v1, app: x}}]', '{}', true],
    ['resolution: DNS', '{loadBalancer: {simple: PASSTHROUGH}}', true],
    ['resolution: STATIC, endpoints: [{address: 1.2.3.4}]', '{}', true],
    ['resolution: NONE', '{}', true],
  ])('with %s and %s a subset that no endpoint is in has a cluster: %s', (spec, policy, expected) => {
    expect(of(entry(spec) + subsets(policy)).has('443|v1|api.example')).toBe(expected);
  });

  test('nobody answers for a subset that no endpoint is in', () => {
    const config = (labels: string) =>
      effectiveConfig(
        takeIn([
          readManifest(
            'a.yaml',
            new TextEncoder().encode(
              entry(`resolution: STATIC, endpoints: [{address: 1.2.3.4, labels: {${labels}}}]`) + subsets('{}'),
            ),
          ),
        ]),
      );
    const found = (labels: string) => {
      const read = config(labels);
      return endpointsOf({ config: read, client, scope: read.scopeOf(client) }, 'api.example', 443, 'v1');
    };
    expect(found('version: v2')).toEqual({
      kind: 'none',
      reason: 'no endpoint of api.example has the labels of subset v1',
    });
    expect(found('version: v1')).toMatchObject({ kind: 'external' });
  });
});
