import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import type { Access, Arrival } from '@isthmus/behavior';
import { type JsonObject, parseJson } from '@isthmus/kubernetes';
import { describe, expect, test } from 'vitest';
import { kumaAccess, kumaAccessWider } from '../../../../conformance/kuma-access.ts';
import type { TargetVersion } from '../version.ts';
import { compileKongMeshAccess } from './access.ts';
import { namespace, policy, service } from './mesh.test-support.ts';
import { identityAuthority, meshAuthority } from './trust.ts';

test.each([
  { suite: kumaAccess, count: 3226 },
  { suite: kumaAccessWider, count: 1560 },
])('$suite.file: every recorded answer of Kuma 2.14 is reproduced', ({ suite: { file, compare }, count }) => {
  const compressed = readFileSync(new URL(`../../../../conformance/${file}.jsonl.gz`, import.meta.url));
  const lines = gunzipSync(compressed).toString('utf8').trim().split('\n');
  const comparisons = lines.flatMap((line) => [...compare(parseJson(line))]);
  expect(comparisons).toHaveLength(count);
  expect(comparisons.filter(({ agrees }) => !agrees)).toEqual([]);
});

// Who gets in: security.md 1.

const system = 'kong-mesh-system';
const identity = (spec: JsonObject = {}, name = 'id'): JsonObject =>
  policy('MeshIdentity', `${system}/${name}`, {
    selector: { dataplane: { matchLabels: {} } },
    provider: { type: 'Bundled' },
    ...spec,
  });
const legacy = (mode = 'STRICT'): JsonObject => ({
  apiVersion: 'kuma.io/v1alpha1',
  kind: 'Mesh',
  metadata: { name: 'default' },
  spec: { mtls: { enabledBackend: 'ca-1', backends: [{ name: 'ca-1', type: 'builtin', mode }] } },
});
const permission = (spec: JsonObject, at = 'shop/p'): JsonObject => policy('MeshTrafficPermission', at, spec);
const spiffe = (value: string, type = 'Exact'): JsonObject => ({ spiffeID: { type, value } });
const allow = (...matches: JsonObject[]): JsonObject => ({ rules: [{ default: { allow: matches } }] });
const tls = (mode: string, targetRef?: JsonObject, at = 'shop/t'): JsonObject =>
  policy('MeshTLS', at, { ...(targetRef === undefined ? {} : { targetRef }), rules: [{ default: { mode } }] });

const web = [namespace('shop'), service('shop/web', ['http:80:http', 'raw:9000'])];
const client = 'spiffe://default.default.mesh.local/ns/shop/sa/client';

const mutual = (port: number, uri = client, extra: Partial<Arrival> = {}): Arrival => ({
  port,
  tls: 'mtls',
  certificate: { uris: [uri], issuer: identityAuthority('id') },
  alpn: ['kuma'],
  ...extra,
});
const plain = (port: number): Arrival => ({ port, tls: 'none' });

function decide(objects: readonly JsonObject[], arrival: Arrival, version: TargetVersion = '2.14'): Access {
  const options = { version, mesh: 'default', zone: 'default', systemNamespace: system };
  const access = compileKongMeshAccess([...web, ...objects], options);
  return access.of({ namespace: 'shop', labels: { app: 'web' }, serviceAccount: 'web' }).decide(arrival);
}
const outcome = (objects: readonly JsonObject[], arrival: Arrival, version?: TargetVersion): string =>
  decide(objects, arrival, version).outcome;

describe('transport', () => {
  test('without any identity all is plaintext and nobody asks the rules', () => {
    const denying = permission({ rules: [{ default: { deny: [spiffe('spiffe://default/ns', 'Prefix')] } }] });
    expect(decide([denying], plain(80))).toEqual({ outcome: 'allowed', by: 'plaintext' });
    expect(outcome([denying], mutual(80))).toBe('refused');
  });

  test('with an identity TLS is demanded, and without a permission nobody gets in', () => {
    expect(decide([identity()], plain(80))).toEqual({ outcome: 'refused', reason: 'plaintext where TLS is expected' });
    expect(decide([identity()], mutual(80))).toEqual({ outcome: 'denied', status: 403 });
    expect(decide([identity()], mutual(9000))).toEqual({ outcome: 'denied' });
    expect(outcome([identity()], { port: 80, tls: 'tls', alpn: [] })).toBe('refused');
  });

  test('an identity without a selector, or without a provider, is nobody', () => {
    expect(outcome([identity({ selector: {} })], plain(80))).toBe('allowed');
    const { provider: _, ...nameless } = identity().spec as JsonObject;
    expect(outcome([{ ...identity(), spec: nameless }], plain(80))).toBe('allowed');
  });

  test('permissive lets plaintext past the rules, and ends TLS only for clients of the mesh', () => {
    const objects = [identity(), tls('Permissive')];
    expect(decide(objects, plain(80))).toEqual({ outcome: 'allowed', by: 'plaintext' });
    expect(outcome(objects, mutual(80))).toBe('denied');
    expect(outcome(objects, mutual(80, client, { alpn: ['istio'] }))).toBe('refused');
    expect(decide(objects, { port: 9000, tls: 'tls', alpn: [] })).toEqual({ outcome: 'allowed', by: 'passthrough' });
  });

  test('a mode for one port, by the name of the container port', () => {
    const pod: JsonObject = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'web-1', namespace: 'shop', labels: { app: 'web' } },
      spec: { containers: [{ name: 'app', ports: [{ name: 'main', containerPort: 80 }] }] },
    };
    const section = (sectionName: string) => tls('Permissive', { kind: 'Dataplane', sectionName });
    expect(outcome([identity(), pod, section('main')], plain(80))).toBe('allowed');
    expect(outcome([identity(), pod, section('80')], plain(80))).toBe('refused');
    expect(outcome([identity(), section('80')], plain(80))).toBe('allowed');
    expect(outcome([identity(), pod, section('main')], plain(9000))).toBe('refused');
  });

  test('ports that no Service declares are open unless TLS is demanded', () => {
    expect(outcome([], plain(7070))).toBe('allowed');
    expect(outcome([identity()], plain(7070))).toBe('refused');
    expect(decide([identity(), tls('Permissive')], plain(7070))).toEqual({ outcome: 'allowed', by: 'passthrough' });
    // The last inbound decides.
    const lastOpen = tls('Permissive', { kind: 'Dataplane', sectionName: '9000' });
    expect(outcome([identity(), lastOpen], plain(7070))).toBe('allowed');
    const firstOpen = tls('Permissive', { kind: 'Dataplane', sectionName: '80' });
    expect(outcome([identity(), firstOpen], plain(7070))).toBe('refused');
  });

  test("the Mesh's own authority: its mode, and nothing of it in 3.0", () => {
    expect(outcome([legacy()], plain(80))).toBe('refused');
    expect(outcome([legacy('PERMISSIVE')], plain(80))).toBe('allowed');
    expect(outcome([legacy()], plain(80), '3.0')).toBe('allowed');
  });
});

describe('trust', () => {
  const trusting = (trustDomain: string): JsonObject =>
    policy('MeshTrust', `${system}/${trustDomain}`, {
      trustDomain,
      caBundles: [{ type: 'Pem', pem: { value: 'ISTIO' } }],
    });
  const foreign = 'spiffe://cluster.local/ns/shop/sa/client';
  const from = (issuer: string): Arrival => mutual(80, foreign, { certificate: { uris: [foreign], issuer } });
  const open = permission(allow(spiffe('spiffe://cluster.local/ns', 'Prefix')));

  test('a client of another mesh needs a bundle for its domain, with its own root, and a permission', () => {
    expect(decide([identity(), open], from('ISTIO'))).toMatchObject({ reason: /no trust bundle/ });
    expect(outcome([identity(), open, trusting('cluster.local')], from('ISTIO'))).toBe('allowed');
    expect(outcome([identity(), open, trusting('cluster.local')], from('other'))).toBe('refused');
    expect(outcome([identity(), trusting('cluster.local')], from('ISTIO'))).toBe('denied');
  });

  test('a root counts only for the domain that it is given for', () => {
    expect(outcome([identity(), open, trusting('cluster.local')], from(identityAuthority('id')))).toBe('refused');
  });

  test('a proxy that shows the certificate of the Mesh takes clients of every trusted domain once there is a MeshTrust', () => {
    const everybody = permission({ from: [{ targetRef: { kind: 'Mesh' }, default: { action: 'Allow' } }] });
    const others = identity({ selector: { dataplane: { matchLabels: { app: 'other' } } } });
    const own = mutual(80, '', { certificate: { uris: ['spiffe://default/client_shop_svc'], issuer: meshAuthority } });
    expect(outcome([legacy(), everybody], from('ISTIO'))).toBe('refused');
    for (const arrival of [from('ISTIO'), mutual(80), own])
      expect(outcome([legacy(), everybody, others, trusting('cluster.local')], arrival)).toBe('allowed');
    expect(outcome([legacy(), others, trusting('cluster.local')], from('ISTIO'))).toBe('denied');
    expect(outcome([legacy(), everybody, others, trusting('cluster.local')], from('other'))).toBe('refused');
  });

  test('the identity with the most labels is that of a workload', () => {
    const narrow = identity(
      {
        selector: { dataplane: { matchLabels: { app: 'web' } } },
        provider: { type: 'Bundled', bundled: { meshTrustCreation: 'Disabled' } },
      },
      'narrow',
    );
    expect(outcome([identity(), narrow], plain(80))).toBe('refused');
    expect(outcome([narrow], mutual(80))).toBe('refused');
  });
});

describe('rules', () => {
  test('a workload is selected by the name of its Pod, by its account, and by the workload that the account names', () => {
    const pod: JsonObject = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'web-0', namespace: 'shop', labels: { app: 'web' } },
      spec: { serviceAccountName: 'web' },
    };
    const open = (targetRef: JsonObject): JsonObject => permission({ targetRef, ...allow(spiffe(client)) });
    const found = (targetRef: JsonObject): string => outcome([identity(), pod, open(targetRef)], mutual(80));
    expect(found({ kind: 'Dataplane', name: 'web-0' })).toBe('allowed');
    expect(found({ kind: 'Dataplane', name: 'web-1' })).toBe('denied');
    for (const key of ['k8s.kuma.io/service-account', 'kuma.io/workload'])
      expect(found({ kind: 'Dataplane', labels: { [key]: 'web' } })).toBe('allowed');
    expect(found({ kind: 'Dataplane', labels: { 'kuma.io/workload': 'other' } })).toBe('denied');
  });

  test('a denial comes before every permission, whoever wrote it', () => {
    const everyone = permission(allow(spiffe('spiffe://default.default.mesh.local/ns', 'Prefix')), 'shop/a');
    const never = permission({ rules: [{ default: { deny: [spiffe(client)] } }] }, `${system}/z`);
    expect(decide([identity(), everyone], mutual(80))).toMatchObject({ outcome: 'allowed', rule: { name: 'a' } });
    expect(decide([identity(), everyone, never], mutual(80))).toEqual({
      outcome: 'denied',
      status: 403,
      rule: { kind: 'MeshTrafficPermission', namespace: system, name: 'z', path: 'spec.rules[0]' },
    });
  });

  test.each([
    ['spiffe://default.default.mesh.local/ns/shop', true],
    ['spiffe://default.default.mesh.local/ns/sho', true],
    ['spiffe://default.default.mesh.local/ns/Shop', false],
  ])('a prefix is one of the text: %s', (value, gets) => {
    expect(outcome([identity(), permission(allow(spiffe(value, 'Prefix')))], mutual(80))).toBe(
      gets ? 'allowed' : 'denied',
    );
  });

  test('a server name is compared too, but in 2.13, which does not know it', () => {
    const named = permission(allow({ ...spiffe(client), sni: { type: 'Exact', value: 'web.shop' } }));
    expect(outcome([identity(), named], mutual(80))).toBe('denied');
    expect(outcome([identity(), named], mutual(80, client, { sni: 'web.shop' }))).toBe('allowed');
    expect(outcome([identity(), named], mutual(80), '2.13')).toBe('allowed');
  });

  test('a policy of another namespace is for its own workloads', () => {
    const elsewhere = permission(allow(spiffe(client)), 'bank/p');
    expect(outcome([identity(), namespace('bank'), elsewhere], mutual(80))).toBe('denied');
  });

  test('an empty condition alone makes Envoy refuse the listener, so that everybody gets past it', () => {
    expect(decide([identity(), permission(allow({}))], plain(80))).toEqual({ outcome: 'allowed', by: 'passthrough' });
    expect(outcome([identity(), permission(allow({}, spiffe(client)))], mutual(80))).toBe('allowed');
    expect(outcome([identity(), permission(allow({}, spiffe(client)))], plain(80))).toBe('refused');
  });

  test("a certificate of the Mesh's own authority has several names, which are compared as one text", () => {
    const uris = ['spiffe://default/client_shop_svc', 'kuma://app/client'];
    const arrival = mutual(80, '', { certificate: { uris, issuer: meshAuthority } });
    const exact = permission(allow(spiffe('spiffe://default/client_shop_svc')));
    const prefix = permission(allow(spiffe('spiffe://default/client_shop_svc', 'Prefix')));
    expect(outcome([legacy(), exact], arrival)).toBe('denied');
    expect(outcome([legacy(), prefix], arrival)).toBe('allowed');
  });
});

describe('from', () => {
  const from = (...items: [targetRef: JsonObject, action: string][]): JsonObject =>
    permission({ from: items.map(([targetRef, action]) => ({ targetRef, default: { action } })) });
  const everyone = { kind: 'Mesh' };
  const tagged = (tags: JsonObject): JsonObject => ({ kind: 'MeshSubset', tags });
  const arrival = (...uris: string[]): Arrival =>
    mutual(80, '', { certificate: { uris: ['spiffe://default/a_shop_svc', ...uris], issuer: meshAuthority } });

  test('the last item that fits decides', () => {
    const objects = [legacy(), from([everyone, 'Allow'], [tagged({ app: 'a' }), 'Deny'])];
    expect(outcome(objects, arrival('kuma://app/a'))).toBe('denied');
    expect(outcome(objects, arrival('kuma://app/b'))).toBe('allowed');
    const reversed = [legacy(), from([tagged({ app: 'a' }), 'Deny'], [everyone, 'Allow'])];
    expect(outcome(reversed, arrival('kuma://app/a'))).toBe('allowed');
  });

  test('no policy denies everybody', () => {
    expect(outcome([legacy()], arrival('kuma://app/a'))).toBe('denied');
  });

  test('a denial can be lost beside an entry for another value of the same tag', () => {
    const objects = [
      legacy(),
      from(
        [everyone, 'Allow'],
        [{ kind: 'MeshService', name: 'a_shop_svc' }, 'Deny'],
        [{ kind: 'MeshService', name: 'b_shop_svc' }, 'Allow'],
      ),
    ];
    expect(outcome(objects, arrival())).toBe('allowed');
  });

  test('with a MeshIdentity 2.14 does not read it, 2.13 does', () => {
    const objects = [identity(), from([everyone, 'Allow'])];
    expect(outcome(objects, mutual(80))).toBe('denied');
    expect(outcome(objects, mutual(80), '2.13')).toBe('allowed');
    expect(outcome(objects, mutual(80), '3.0')).toBe('denied');
  });

  test('where a policy has rules it does not count', () => {
    const rules = permission(allow(spiffe('spiffe://default/b', 'Prefix')), 'shop/r');
    expect(outcome([legacy(), from([everyone, 'Allow']), rules], arrival())).toBe('denied');
  });
});
