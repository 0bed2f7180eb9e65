import { takeIn } from '@isthmus/istio';
import { parseYaml, readManifest } from '@isthmus/kubernetes';
import { expect, test } from 'vitest';
import { settings } from './example.test-support.ts';
import { plannedResource } from './planned.ts';
import { reportOf, sentenceOf } from './report.ts';
import { preflight } from './run.ts';

const read = (file: string, text: string) => readManifest(file, new TextEncoder().encode(text));
const service = `apiVersion: v1
kind: Service
metadata: {name: seats, namespace: sales}
spec: {selector: {app: seats}, ports: [{port: 80, appProtocol: redis}]}
`;
const daemonSet = `apiVersion: apps/v1
kind: DaemonSet
metadata: {name: shipper, namespace: sales}
spec: {template: {metadata: {labels: {app: shipper, kuma.io/sidecar-injection: enabled}}, spec: {hostNetwork: true, containers: [{name: shipper}]}}}
`;
const run = (...files: (readonly [string, string])[]) =>
  reportOf(preflight(takeIn(files.map(([name, text]) => read(name, text))), settings), settings.target);

test('the order of the input changes nothing', () => {
  expect(run(['b.yaml', service], ['a.yaml', daemonSet])).toEqual(run(['a.yaml', daemonSet], ['b.yaml', service]));
});

test('results count up, and each says what was looked at or why it was not', () => {
  const { summary, checks } = run(['a.yaml', service]);
  expect(summary.passed + summary.failed + summary.skipped).toBe(checks.length);
  expect(summary).toMatchObject({ blocking: 1, blockedServices: 1, findings: { blocker: 1 } });
  for (const { state, examined, reason } of checks) {
    expect(examined.length > 0).toBe(state !== 'skipped');
    expect(reason === undefined).toBe(state !== 'skipped');
  }
});

test('the patches of a check are one component of Kustomize', () => {
  const check = run(['a.yaml', service]).checks.find(({ id }) => id === 'unknown-protocol');
  const component = parseYaml(check?.component ?? '')[0]?.value as { kind: string; patches: { patch: string }[] };
  expect(component.kind).toBe('Component');
  expect(parseYaml(component.patches[0]?.patch ?? '')[0]?.value).toEqual({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'seats', namespace: 'sales' },
    spec: { ports: [{ port: 80, appProtocol: 'tcp' }] },
  });
});

test('what the translation emits is looked at as well, and has no place in a file', () => {
  const planned = plannedResource({
    apiVersion: 'kuma.io/v1alpha1',
    kind: 'MeshTLS',
    metadata: { name: 'strict', namespace: 'kong-mesh-system' },
    spec: { rules: [{ default: { mode: 'Strict' } }] },
  });
  const estate = takeIn([read('a.yaml', daemonSet)]);
  const { checks } = reportOf(preflight(estate, settings, [planned]), settings.target);
  const [finding] = checks.find(({ id }) => id === 'strict-target')?.findings ?? [];
  expect(finding).toMatchObject({ resource: { kind: 'MeshTLS', name: 'strict' }, path: 'spec.rules[0].default.mode' });
  expect(finding?.file).toBeUndefined();
});

test('an empty estate passes nothing', () => {
  const { summary } = run();
  expect([summary.passed, summary.failed]).toEqual([0, 0]);
});

test('the answer is a sentence', () => {
  const tally = { checks: 31, passed: 22, failed: 6, skipped: 3, blocking: 3, blockedServices: 4 };
  const findings = { blocker: 3, warning: 4, info: 0 };
  expect(sentenceOf({ ...tally, findings })).toBe('31 checks: 22 passed, 6 failed (3 block 4 services), 3 skipped.');
  expect(sentenceOf({ ...tally, blocking: 0, blockedServices: 0, findings })).toContain('6 failed (none blocks)');
  expect(sentenceOf({ ...tally, blocking: 1, blockedServices: 1, findings })).toContain('(1 blocks 1 service)');
});
