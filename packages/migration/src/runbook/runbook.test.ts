import { spawnSync } from 'node:child_process';
import { takeIn } from '@isthmus/istio';
import type { ResourceForm } from '@isthmus/kong-mesh';
import { parseYaml, readManifest } from '@isthmus/kubernetes';
import { describe, expect, test } from 'vitest';
import { factsOfEstate } from '../bridge/facts.test-support.ts';
import {
  type BridgeFacts,
  type BridgeSettings,
  planBundle,
  renderRunbook,
  renderRunbookPage,
  runbookOf,
  waveDays,
  waveOf,
} from '../index.ts';
import { word } from './command.ts';

const workload = (name: string, kind = 'Deployment'): string => `
apiVersion: v1
kind: Service
metadata: {name: ${name}, namespace: shop}
spec: {selector: {app: ${name}}, ports: [{port: 80, name: http}]}
---
apiVersion: apps/v1
kind: ${kind}
metadata: {name: ${name}, namespace: shop, resourceVersion: "7", uid: u}
spec: {selector: {matchLabels: {app: ${name}}}, template: {metadata: {labels: {app: ${name}}}, spec: {containers: [{name: app}]}}}
status: {replicas: 1}
---
`;
const namespace =
  'apiVersion: v1\nkind: Namespace\nmetadata: {name: shop, labels: {istio-injection: enabled, team: shop}}\n---\n';
const calls =
  'apiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata: {name: cart, namespace: shop}\nspec: {hosts: [cart], http: [{route: [{destination: {host: pay}}]}]}\n---\n';
const strict =
  'apiVersion: security.istio.io/v1\nkind: PeerAuthentication\nmetadata: {name: default, namespace: shop}\nspec: {mtls: {mode: STRICT}}\n---\n';
const shop = namespace + workload('cart') + workload('pay') + calls + strict;
const waves = waveOf([['shop/pay'], ['shop/cart']]);
const root = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n';

function factsOf(text: string, own: Partial<BridgeSettings> = {}): BridgeFacts {
  const estate = takeIn([readManifest('a.yaml', new TextEncoder().encode(text))]);
  return factsOfEstate(estate, { istioRoots: root, kongRoots: root, ...own });
}
const days = waveDays(2, {
  start: '2027-01-11',
  everyDays: 7,
  freezes: [{ from: '2027-01-18', to: '2027-01-20', reason: 'stock *taking*' }],
});
const bundleOf = (facts: BridgeFacts, form: ResourceForm = 'kubernetes'): Map<string, string> =>
  new Map(
    [...planBundle(facts, waves, days, '2 services move in 2 waves.', form)].map(({ path, text }) => [path, text]),
  );

test('a runbook says what to run with the names of the estate, how to verify, how to go back, and whether one may stop', () => {
  const text = renderRunbook(runbookOf(factsOf(shop), waves, 1, days[0], 'kubernetes'));
  expect(text).toContain('# Wave 1 of 2\n\n1 service of shop. Planned for 2027-01-11.');
  expect(text).toContain('kubectl apply -f wave-01/30-shift-10/apply.yaml');
  expect(text).toContain('istioctl x describe service pay.shop');
  expect(text).toContain('kubectl -n shop rollout status deployment/pay-kong --timeout=10m');
  expect(text).toContain('sh wave-01/30-shift-10/rollback/rollback.sh');
  expect(text).toContain('**Safe to stop here**: Both halves serve: 10 % in Kong Mesh, the rest in Istio.');
  expect(text).toContain('```mermaid\nflowchart LR\n');
  // Every fence that is opened is closed.
  expect((text.match(/^```/gm) ?? []).length % 2).toBe(0);
});

test('one must not begin where a call has no way', () => {
  const text = `${shop}---
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: {name: pay, namespace: shop}
spec: {selector: {matchLabels: {app: pay}}, rules: [{from: [{source: {principals: [cluster.local/ns/shop/sa/cart]}}]}]}
`;
  const { stages } = runbookOf(factsOf(text, { topology: 'separate-clusters' }), waves, 1, undefined, 'kubernetes');
  expect(stages.find(({ stage }) => stage === 'shift-10')).toMatchObject({
    safeToStop: false,
    stop: '1 call has no way across: do not begin before that is settled.',
  });
});

test('names of users mean nothing in Markdown and in the page', () => {
  const runbook = { ...runbookOf(factsOf(shop), waves, 2, days[1], 'kubernetes'), services: ['shop/<script>*x*'] };
  expect(renderRunbook(runbook)).toContain('- shop/\\<script\\>\\*x\\*');
  expect(renderRunbook(runbook)).toContain('(stock \\*taking\\*)');
  const page = renderRunbookPage(runbook);
  expect(page).toContain('<code>shop/&lt;script&gt;*x*</code>');
  expect(page).not.toContain('<script');
  expect(['a b', "it's", 'plain/name'].map(word)).toEqual(["'a b'", "'it'\\''s'", 'plain/name']);
});

describe.each(['same-cluster', 'separate-clusters'] as const)('the bundle of a plan (%s)', (topology) => {
  const bundle = bundleOf(factsOf(shop, { topology }));

  test('has files for each stage, and for each way back', () => {
    const names = [...bundle.keys()];
    expect(bundle.get('README.md')).toContain('1. [Wave 1](wave-01/runbook.md): shop/pay. Planned for 2027-01-11.');
    for (const stage of ['10-bridge', '20-apply', '30-shift-10', '60-cut-over'])
      expect(names.some((name) => name.startsWith(`wave-01/${stage}/`))).toBe(true);
    expect(names.some((name) => name.startsWith('wave-02/80-end/'))).toBe(true);
    // Whatever a command of a runbook names is there.
    for (const text of ['wave-01/runbook.md', 'wave-02/runbook.md'].map((name) => bundle.get(name) ?? ''))
      for (const [path] of text.matchAll(/wave-\d\d\/[\w./-]+\.(?:yaml|sh)/g)) expect(names).toContain(path);
  });

  test('holds manifests that can be applied anew, in an order in which each finds what it needs', () => {
    for (const [path, text] of bundle) {
      if (!path.endsWith('.yaml')) continue;
      const objects = parseYaml(text).map(({ value }) => value as { kind: string; metadata: object; status?: unknown });
      for (const { metadata, status } of objects) {
        expect(Object.keys(metadata)).not.toContain('resourceVersion');
        expect(status).toBeUndefined();
      }
      const kinds = objects.map(({ kind }) => kind);
      const [rule, route] = [kinds.lastIndexOf('DestinationRule'), kinds.indexOf('VirtualService')];
      if (path.endsWith('apply.yaml') && rule >= 0 && route >= 0) expect(rule).toBeLessThan(route);
      const [permission, identity] = [kinds.lastIndexOf('MeshTrafficPermission'), kinds.indexOf('MeshIdentity')];
      if (path.endsWith('apply.yaml') && permission >= 0 && identity >= 0) expect(permission).toBeLessThan(identity);
    }
  });

  test('has scripts that a shell can read, and that bring originals back before anything goes', () => {
    const scripts = [...bundle].filter(([path]) => path.endsWith('.sh'));
    expect(scripts.length).toBeGreaterThan(5);
    for (const [, text] of scripts) {
      expect(spawnSync('sh', ['-n'], { input: text }).status).toBe(0);
      const [restored, gone] = [text.lastIndexOf('kubectl apply'), text.indexOf('70-delete.yaml')];
      if (restored >= 0 && gone >= 0) expect(restored).toBeLessThan(gone);
    }
  });

  test('is the same whatever the order of the input', () => {
    const turned = shop
      .split('---\n')
      .filter((part) => part.trim() !== '')
      .reverse()
      .join('\n---\n');
    expect([...bundleOf(factsOf(turned, { topology }))]).toEqual([...bundle]);
  });
});

test('labels that go are null, because kubectl leaves alone what it did not write', () => {
  const bundle = bundleOf(factsOf(shop));
  const last = [...bundle]
    .filter(([path]) => path.startsWith('wave-02/') && path.endsWith('apply.yaml'))
    .map(([, text]) => text);
  const namespaces = last
    .flatMap((text) => parseYaml(text).map(({ value }) => value))
    .filter((value) => (value as { kind: string }).kind === 'Namespace');
  expect(namespaces.at(-1)).toMatchObject({
    metadata: { labels: { 'istio-injection': null, 'kuma.io/sidecar-injection': 'enabled', team: 'shop' } },
  });
});

test('the way back of a changed route is the original one', () => {
  const bundle = bundleOf(factsOf(shop));
  const restored = parseYaml(bundle.get('wave-01/30-shift-10/rollback/40-routes.yaml') ?? '').map(
    ({ value }) => value as { kind: string; spec?: unknown },
  );
  expect(restored.find(({ kind }) => kind === 'VirtualService')?.spec).toEqual({
    hosts: ['cart'],
    http: [{ route: [{ destination: { host: 'pay' } }] }],
  });
});

test('certificates and private keys stay where they are made: commands name files, manifests hold no key', () => {
  const facts = factsOf(shop, { topology: 'separate-clusters' });
  const callersFirst = waveOf([['shop/cart'], ['shop/pay']]);
  const files = [...planBundle(facts, callersFirst, [], '', 'kubernetes')];
  expect(files.find(({ path }) => path === 'wave-01/runbook.md')?.text).toContain(
    '--type=system.kuma.io/secret --from-file=value=egress.key',
  );
  for (const { text } of files) expect(text).not.toMatch(/PRIVATE KEY|^kind: Secret$/m);
});

test('pods of the doubles, and those that take their place, are there before anything that served is taken away', () => {
  const { stages } = runbookOf(factsOf(shop), waves, 1, undefined, 'kubernetes');
  const cutOver = stages.find(({ stage }) => stage === 'cut-over')?.steps[0];
  expect(cutOver?.commands.map(({ text }) => text)).toEqual([
    'kubectl apply -f wave-01/60-cut-over/apply.yaml',
    'kubectl -n shop rollout status deployment/pay --timeout=10m',
    'kubectl delete --ignore-not-found -f wave-01/60-cut-over/delete.yaml',
  ]);
  expect(bundleOf(factsOf(shop)).get('wave-01/60-cut-over/rollback/rollback.sh')).toBe(`#!/bin/sh
set -eu
cd "$(dirname "$0")"
kubectl apply -f 10-halves.yaml
kubectl -n shop rollout status deployment/pay-kong --timeout=10m
kubectl apply -f 20-pods.yaml
kubectl -n shop rollout status deployment/pay --timeout=10m
kubectl apply -f 40-routes.yaml
kubectl delete --ignore-not-found -f 50-delete-routes.yaml
kubectl apply -f 60-restored.yaml
kubectl delete --ignore-not-found -f 70-delete.yaml
`);
});

test('between clusters a way back names its contexts, gives requests to Istio first, and takes no namespace away', () => {
  const bundle = bundleOf(factsOf(shop, { topology: 'separate-clusters' }));
  const script = bundle.get('wave-01/40-shift-50/rollback/rollback.sh') ?? '';
  expect(script).toContain('ISTIO:?name the context of kubectl for the cluster of Istio');
  const lines = script.split('\n').filter((line) => line.startsWith('kubectl'));
  const first = lines.findIndex((line) => line.startsWith('kubectl --context "$KONG"'));
  expect(lines.slice(0, first)).toEqual(expect.arrayContaining([expect.stringContaining('"$ISTIO" apply')]));
  expect(bundle.get('wave-01/runbook.md')).toContain(
    'ISTIO=<context> KONG=<context> sh wave-01/40-shift-50/rollback/rollback.sh',
  );
  for (const [path, text] of bundle)
    if (/delete[\w-]*\.yaml$/.test(path)) expect(text).not.toMatch(/^kind: Namespace$/m);
});

test('a namespace that the import does not hold keeps its labels and is never taken away', () => {
  const bundle = bundleOf(factsOf(shop.replace(namespace, '')));
  for (const [path, text] of bundle) {
    const objects = path.endsWith('.yaml') ? parseYaml(text).map(({ value }) => value as { kind: string }) : [];
    for (const object of objects.filter(({ kind }) => kind === 'Namespace')) {
      expect(path).not.toMatch(/delete/);
      const label = path.includes('/rollback/') ? null : 'disabled';
      expect(object).toEqual({
        apiVersion: 'v1',
        kind: 'Namespace',
        metadata: { name: 'shop', labels: { 'kuma.io/sidecar-injection': label } },
      });
    }
  }
});

test('a pod without a controller is made anew, since nothing else would give it another proxy', () => {
  const text = shop.replace(
    /apiVersion: apps\/v1\nkind: Deployment\nmetadata: \{name: pay.*\nspec: .*\n/,
    'apiVersion: v1\nkind: Pod\nmetadata: {name: pay, namespace: shop, labels: {app: pay}}\nspec: {containers: [{name: app}]}\n',
  );
  const { stages } = runbookOf(factsOf(text), waves, 1, undefined, 'kubernetes');
  const commands = stages.find(({ stage }) => stage === 'cut-over')?.steps[0]?.commands.map((one) => one.text);
  expect(commands).toEqual(
    expect.arrayContaining([
      'kubectl replace --force -f wave-01/60-cut-over/apply-anew.yaml',
      'kubectl -n shop wait --for=condition=Ready pod/pay --timeout=10m',
    ]),
  );
});

test('pods that start anew once somebody deletes them are waited for, and the runbook says who', () => {
  const commands = (kind: string) => {
    const text = shop.replace(
      /kind: Deployment\nmetadata: \{name: pay(.*)\nspec: \{/,
      `kind: ${kind}\nmetadata: {name: pay$1\nspec: {replicas: 3, updateStrategy: {type: OnDelete}, `,
    );
    expect(text).not.toBe(shop);
    const { stages } = runbookOf(factsOf(text), waves, 1, undefined, 'kubernetes');
    return stages
      .flatMap(({ steps }) => steps.flatMap((step) => step.commands))
      .filter(({ why }) => why?.includes('OnDelete'));
  };
  expect(commands('StatefulSet')[0]).toEqual({
    tool: 'kubectl',
    text: "kubectl -n shop wait --for=jsonpath='{.status.updatedReplicas}'=3 statefulset/pay --timeout=60m",
    why: 'its updateStrategy is OnDelete: delete its Pods one by one, so that they start anew',
  });
  expect(commands('DaemonSet')[0]?.text).toContain('get daemonset/pay');
});

test('between clusters what pods read is to be there first; the end takes Istio away only where nobody stays in it', () => {
  const text = shop.replaceAll(
    'containers: [{name: app}]',
    'containers: [{name: app, envFrom: [{secretRef: {name: keys}}]}]',
  );
  const facts = factsOf(text, { topology: 'separate-clusters' });
  const applied = runbookOf(facts, waves, 1, undefined, 'kubernetes').stages.find(({ stage }) => stage === 'apply');
  expect(applied?.steps[0]?.verify).toEqual([
    { tool: 'kubectl', text: 'kubectl -n shop get secret/keys', cluster: 'kong' },
  ]);
  const endOf = (all: ReturnType<typeof waveOf>, wave: number): string[] =>
    (runbookOf(facts, all, wave, undefined, 'kubernetes').stages.at(-1)?.steps ?? []).map(({ title }) => title);
  expect(endOf(waves, 2).at(-1)).toBe('Take Istio away');
  expect(endOf(waveOf([['shop/pay']]), 1)).not.toContain('Take Istio away');
});
