import { accessInPhase } from '@isthmus/equivalence';
import { takeIn } from '@isthmus/istio';
import { readManifest } from '@isthmus/kubernetes';
import { defaultSettings } from '@isthmus/translation';
import { describe, expect, test } from 'vitest';
import { factsOfEstate, shopWorkload } from '../bridge/facts.test-support.ts';
import {
  againstPhase,
  type BridgeFacts,
  type BridgeSettings,
  callersInIstio,
  closedWays,
  missingTrust,
  type Phase,
  type Progress,
  phaseCase,
  progressOfPhase,
  rulesAcross,
  waitingFor,
  waveOf,
} from '../index.ts';

const workload = (name: string, calls?: string): string =>
  shopWorkload(
    name,
    `, ports: [{containerPort: 80}]${calls === undefined ? '' : `, env: [{name: A, value: "http://${calls}.shop:80"}]`}`,
  );
const policy = (name: string, rules: string): string => `apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: {name: ${name}, namespace: shop}
spec: {selector: {matchLabels: {app: pay}}, ${rules}}
---
`;
const strict =
  'apiVersion: security.istio.io/v1\nkind: PeerAuthentication\nmetadata: {name: default, namespace: shop}\nspec: {mtls: {mode: STRICT}}\n---\n';
const onlyCart = policy('pay', 'rules: [{from: [{source: {principals: [cluster.local/ns/shop/sa/cart]}}]}]');
const notLog = policy(
  'not-log',
  'action: DENY, rules: [{from: [{source: {principals: [cluster.local/ns/shop/sa/log]}}]}]',
);
const route =
  'apiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata: {name: log, namespace: shop}\nspec: {hosts: [log], http: [{route: [{destination: {host: log}}]}]}\n---\n';
const shop = workload('web', 'cart') + workload('cart', 'pay') + workload('pay') + workload('log') + route;

function factsOf(text: string, own: Partial<BridgeSettings> = {}): BridgeFacts {
  const estate = takeIn([readManifest('a.yaml', new TextEncoder().encode(text))]);
  return factsOfEstate(estate, own);
}
const settings = { ...defaultSettings, complete: true };
const at =
  (phases: Readonly<Record<string, string>>) =>
  (id: string): Progress =>
    progressOfPhase(phases[id] ?? 'discovered', 50);

const estates: readonly [name: string, text: string][] = [
  ['nothing restricts', shop],
  ['mTLS is demanded', shop + strict],
  ['only cart may call pay', shop + onlyCart],
  ['all but log may call pay', shop + notLog],
  ['both, with mTLS', shop + strict + onlyCart + notLog],
];

describe.each(['same-cluster', 'separate-clusters'] as const)('in %s', (topology) => {
  describe.each(estates)('where %s', (_, text) => {
    test.each<Phase>(['discovered', 'bridged', 'shifting', 'migrated', 'retired'])(
      'nobody gains access in %s',
      (phase) => {
        const facts = factsOf(text, { topology });
        const rows = accessInPhase(phaseCase(facts, phase, settings), ['shop/pay']);
        expect(rows.length).toBeGreaterThan(0);
        expect(againstPhase(rows, 'shop/pay', facts)).toEqual([]);
      },
    );
  });
});

test('a bridge that was wider than Istio would be found', () => {
  const facts = factsOf(shop + strict + onlyCart);
  const phase = phaseCase(facts, 'discovered', settings);
  // As if the zone egress let everybody through.
  const emitted = phase.emitted.map((one) => {
    const { kind, metadata, spec } = one.object as { kind: string; metadata: { name: string }; spec: object };
    if (kind !== 'MeshTrafficPermission' || !metadata.name.startsWith('istio-')) return one;
    const spiffeID = { type: 'Prefix', value: 'spiffe://default.default.mesh.local/ns' };
    return { ...one, object: { ...one.object, spec: { ...spec, rules: [{ default: { allow: [{ spiffeID }] } }] } } };
  });
  const rows = accessInPhase({ ...phase, emitted } as typeof phase, ['shop/pay']);
  expect(
    againstPhase(rows, 'shop/pay', facts)
      .map(({ text }) => text)
      .join('\n'),
  ).toContain('could not call pay.shop:80');
});

test('what Istio decides by path is decided in Istio as before, and is not let through from Kong Mesh', () => {
  const byPath = policy('by-path', 'rules: [{to: [{operation: {paths: [/pay]}}]}]');
  const facts = factsOf(shop + byPath + onlyCart);
  for (const phase of ['bridged', 'shifting'] as const) {
    const rows = accessInPhase(phaseCase(facts, phase, settings), ['shop/pay']);
    expect(againstPhase(rows, 'shop/pay', facts)).toEqual([]);
  }
});

test('what somebody decided for gateways is decided, and only there', () => {
  const widened = [{ service: 'shop/pay', reason: 'one team' }];
  const facts = factsOf(shop + onlyCart, { topology: 'separate-clusters', widened });
  const rows = accessInPhase(phaseCase(facts, 'shifting', settings), ['shop/pay']);
  expect(rows.some(({ verdict }) => verdict === 'wider')).toBe(true);
  expect(againstPhase(rows, 'shop/pay', facts)).toEqual([]);
  expect(
    againstPhase(rows, 'shop/pay', factsOf(shop + onlyCart, { topology: 'separate-clusters' })).length,
  ).toBeGreaterThan(0);
});

test('callees that have not moved keep their callers waiting, callers in Istio keep what they call', () => {
  const facts = factsOf(shop);
  const waves = waveOf([['shop/pay', 'shop/log'], ['shop/cart'], ['shop/web']]);
  const waiting = (phases: Readonly<Record<string, string>>) =>
    waitingFor(facts, 'shop/cart', at(phases), waves, 'callees-first').map(({ text }) => text);
  expect(waiting({ 'shop/pay': 'shifting' })).toEqual(['shop/pay of wave 1 has not moved.']);
  expect(waiting({ 'shop/pay': 'migrated' })).toEqual([]);
  expect(waitingFor(facts, 'shop/pay', at({}), waves, 'callers-first')).toEqual([]);
  const callers = (phases: Readonly<Record<string, string>>) =>
    callersInIstio(facts, 'shop/pay', at(phases)).map(({ text }) => text);
  expect(callers({ 'shop/cart': 'shifting' })).toEqual(['shop/cart calls it.']);
  expect(callers({ 'shop/cart': 'migrated' })).toEqual([]);
});

test('calls without a way are named with the reason', () => {
  const facts = factsOf(shop + onlyCart, { topology: 'separate-clusters' });
  expect(closedWays(facts, 'shop/pay', at({ 'shop/pay': 'bridged' }))).toEqual([
    { text: expect.stringMatching(/^shop\/cart → shop\/pay: Istio restricts/), service: 'shop/cart' },
  ]);
  expect(closedWays(facts, 'shop/log', at({ 'shop/log': 'bridged' }))).toEqual([]);
});

test('ports without a way count once no Pod in Istio answers them any more', () => {
  const own = shop
    .replace(
      /(metadata: \{name: pay, namespace: shop\}\nspec: \{selector: \{app: pay\}, ports: )\[\{port: 80, name: http\}\]/,
      '$1[{port: 80, name: http}, {port: 53, name: dns, protocol: UDP}]',
    )
    .replace('http://pay.shop:80', 'pay.shop');
  expect(own).not.toBe(shop);
  const facts = factsOf(own, { topology: 'separate-clusters' });
  expect(closedWays(facts, 'shop/pay', at({ 'shop/pay': 'shifting' }))).toEqual([]);
  expect(closedWays(facts, 'shop/pay', at({ 'shop/pay': 'migrated' }))).toContainEqual({
    text: expect.stringMatching(/^shop\/cart → shop\/pay: Port 53\/UDP has no way into Kong Mesh/),
    service: 'shop/cart',
  });
});

test('callers that name single Pods have no way to them from another cluster', () => {
  const text = (host: string): string =>
    (workload('cart').replace('{name: app,', `{name: app, args: ["${host}:80"],`) + workload('pay')).replace(
      'spec: {selector: {app: pay},',
      'spec: {clusterIP: None, selector: {app: pay},',
    );
  const closed = (host: string, topology: 'same-cluster' | 'separate-clusters', phases: Record<string, string>) =>
    closedWays(factsOf(text(host), { topology }), 'shop/cart', at(phases)).map((one) => one.text);
  const lost = [
    'shop/cart → shop/pay: pay is headless: names of its single Pods (pod.pay.shop) have no way over the bridge. Move callers that use them together with it.',
  ];
  const moved = { 'shop/cart': 'migrated' };
  expect(closed('pay-0.pay', 'separate-clusters', moved)).toEqual(lost);
  expect(closed('pay', 'separate-clusters', moved)).toEqual([]);
  expect(closed('pay-0.pay', 'same-cluster', moved)).toEqual([]);
  expect(closed('pay-0.pay', 'separate-clusters', { 'shop/pay': 'shifting' })).toEqual([]);
  expect(closed('pay-0.pay', 'separate-clusters', { 'shop/pay': 'migrated' })).toEqual(lost);
  expect(closed('pay-0.pay', 'separate-clusters', { 'shop/pay': 'migrated', ...moved })).toEqual([]);
});

test('calls that go past rules, or meet them twice, are named', () => {
  const routed = (http: string): BridgeFacts =>
    factsOf(
      shop +
        `apiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata: {name: pay, namespace: shop}\nspec: {hosts: [pay], http: [${http}]}\n---\n`,
      { topology: 'separate-clusters' },
    );
  const texts = (facts: BridgeFacts, service: string, phases: Readonly<Record<string, string>>) =>
    rulesAcross(facts, service, at(phases)).map(({ text }) => text);
  const plain = routed('{route: [{destination: {host: pay}}]}');
  expect(texts(plain, 'shop/cart', { 'shop/cart': 'migrated' })).toEqual([]);
  const rewritten = routed('{match: [{uri: {prefix: /a}}], rewrite: {uri: /b}, route: [{destination: {host: pay}}]}');
  expect(texts(rewritten, 'shop/cart', { 'shop/cart': 'migrated' })).toEqual([
    'shop/cart → shop/pay: VirtualService shop/pay is for callers with sidecars of Istio: calls from Kong Mesh go past its rules.',
  ]);
  expect(texts(rewritten, 'shop/pay', { 'shop/pay': 'shifting' })).toEqual([
    'shop/cart → shop/pay: VirtualService shop/pay rewrites; Kong Mesh does so once more.',
  ]);
  // In one mesh again both meet the rules once.
  expect(texts(rewritten, 'shop/pay', { 'shop/pay': 'migrated', 'shop/cart': 'migrated' })).toEqual([]);
});

test('certificates are asked for where mTLS crosses within a cluster, and nowhere else', () => {
  const missing = (facts: BridgeFacts, roots: Parameters<typeof missingTrust>[2]) =>
    missingTrust(
      facts,
      facts.services.get('shop/pay') as NonNullable<ReturnType<typeof facts.services.get>>,
      roots,
      '2026-06-01T00:00:00Z',
    );
  const none = { istio: [], kong: [] };
  expect(missing(factsOf(shop), none)).toEqual([]);
  expect(missing(factsOf(shop + strict, { topology: 'separate-clusters' }), none)).toEqual([]);
  const root = (notAfter: string) => ({ subject: 'CN=root', notBefore: '2020-01-01T00:00:00Z', notAfter });
  const [old, good] = [root('2026-01-01T00:00:00Z'), root('2030-01-01T00:00:00Z')];
  expect(missing(factsOf(shop + strict), { istio: [old], kong: [good] })).toEqual([
    { text: 'The root certificate of Istio (CN=root) has expired.' },
  ]);
  // Another that is valid is enough: roots overlap while they are changed.
  expect(missing(factsOf(shop + strict), { istio: [old, good], kong: [good] })).toEqual([]);
});
