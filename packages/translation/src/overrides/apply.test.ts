import { takeIn } from '@isthmus/istio';
import type { JsonObject } from '@isthmus/kubernetes';
import { readManifest } from '@isthmus/kubernetes';
import { expect, test } from 'vitest';
import type { Emitted } from '../emitted.ts';
import { defaultSettings } from '../settings.ts';
import { translate } from '../translate.ts';
import type { Translation } from '../translation.ts';
import { applyOverrides } from './apply.ts';
import { difference, patched } from './json-patch.ts';
import type { Override } from './override.ts';
import { subjectOfEmitted } from './state.ts';

const service = `apiVersion: v1
kind: Service
metadata: {name: flights, namespace: air}
spec: {selector: {app: flights}, ports: [{name: http, port: 80, appProtocol: http}]}
---
apiVersion: v1
kind: Namespace
metadata: {name: air, labels: {istio-injection: enabled}}
`;
const route = (timeout: string): string => `apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: flights, namespace: air}
spec: {hosts: [flights], http: [{timeout: ${timeout}, route: [{destination: {host: flights}}]}]}
`;
const policy = `apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: {name: flights, namespace: air}
spec:
  selector: {matchLabels: {app: flights}}
  rules: [{from: [{source: {principals: [cluster.local/ns/air/sa/web]}}]}]
`;
const read = (files: Readonly<Record<string, string>>): Translation =>
  translate(takeIn(Object.entries(files).map(([path, text]) => readManifest(path, new TextEncoder().encode(text)))), {
    ...defaultSettings,
    complete: true,
  });
const estate = (timeout = '3s') =>
  read({ 'service.yaml': service, 'route.yaml': route(timeout), 'policy.yaml': policy });

const find = ({ emitted }: Translation, kind: string, name?: string): Emitted =>
  emitted.find(
    ({ object }) => object.kind === kind && (name === undefined || object.metadata.name === name),
  ) as Emitted;

type Spec = { spec: Record<string, unknown> };

function edit(one: Emitted, change: (object: Spec) => void, reason = 'measured in production'): Override {
  const ground = one.object as unknown as JsonObject;
  const edited = structuredClone(ground) as unknown as Spec;
  change(edited);
  const patch = difference(ground, edited as unknown as JsonObject);
  return {
    subject: subjectOfEmitted(one),
    change: 'edit',
    ground,
    patch,
    reason,
    by: 'ada',
    at: '2026-11-26T00:00:00Z',
  };
}

const slower = (one: Emitted, timeout: string): Override =>
  edit(one, ({ spec }) => {
    const [to] = spec.to as [{ default: { http: { requestTimeout: string } } }];
    to.default.http.requestTimeout = timeout;
  });
const timeoutOf = (one: Emitted): unknown =>
  (one.object.spec as { to: [{ default: { http: { requestTimeout: string } } }] }).to[0].default.http.requestTimeout;

const before = estate();

test('without overrides nothing changes', () => {
  expect(applyOverrides(before, [])).toBe(before);
});

test('an edit is emitted, marked, and the provenance of its field stays', () => {
  const after = applyOverrides(before, [slower(find(before, 'MeshTimeout', 'flights'), '30s')]);
  const one = find(after, 'MeshTimeout', 'flights');
  expect(timeoutOf(one)).toBe('30s');
  expect(one.override?.paths).toEqual(['spec.to[0].default.http.requestTimeout']);
  const entry = after.ledger.find(({ resource }) => resource.kind === 'VirtualService');
  const field = entry?.fields.find(({ path }) => path === 'spec.http[0].timeout');
  expect(field).toMatchObject({ outcome: 'approximate', code: 'ISTHMUS-OVR-001' });
  expect(field?.targets.filter(({ overridden }) => overridden)).toEqual([
    { resource: after.emitted.indexOf(one), path: 'spec.to[0].default.http.requestTimeout', overridden: true },
  ]);
  const found = after.diagnostics.filter(({ code }) => code.startsWith('ISTHMUS-OVR'));
  expect(found.map(({ code, message }) => [code, message])).toEqual([
    [
      'ISTHMUS-OVR-001',
      'MeshTimeout air/flights is not as it was translated, at spec.to[0].default.http.requestTimeout (ada changed it: measured in production).',
    ],
  ]);
});

test('an edit survives a new import that leaves its ground', () => {
  const override = slower(find(before, 'MeshTimeout', 'flights'), '30s');
  const grown = read({
    'service.yaml': service,
    'route.yaml': route('3s'),
    'policy.yaml': policy,
    'another.yaml': service.replaceAll('flights', 'seats'),
  });
  const after = applyOverrides(grown, [override]);
  expect(timeoutOf(find(after, 'MeshTimeout', 'flights'))).toBe('30s');
  expect(after.overrides?.map(({ state }) => state)).toEqual(['applied']);
});

test('where the ground has changed the edit is left out, with a blocker and all three values', () => {
  const after = applyOverrides(estate('5s'), [slower(find(before, 'MeshTimeout', 'flights'), '30s')]);
  expect(timeoutOf(find(after, 'MeshTimeout', 'flights'))).toBe('5s');
  expect(after.overrides).toMatchObject([
    {
      state: 'conflict',
      conflicts: [{ path: 'spec.to[0].default.http.requestTimeout', ground: '3s', now: '5s', edit: '30s' }],
    },
  ]);
  expect(after.diagnostics.find(({ code }) => code === 'ISTHMUS-OVR-002')?.severity).toBe('blocker');
});

test('an edit that the target version would refuse is left out, with its path', () => {
  const after = applyOverrides(before, [slower(find(before, 'MeshTimeout', 'flights'), 'soon')]);
  expect(timeoutOf(find(after, 'MeshTimeout', 'flights'))).toBe('3s');
  expect(after.overrides).toMatchObject([{ state: 'refused', path: 'spec.to[0].default.http.requestTimeout' }]);
});

test('an edit of what is not emitted any more blocks', () => {
  const override = slower(find(before, 'MeshTimeout', 'flights'), '30s');
  const after = applyOverrides(read({ 'policy.yaml': policy }), [override]);
  expect(after.overrides?.map(({ state }) => state)).toEqual(['gone']);
  expect(after.diagnostics.find(({ code }) => code === 'ISTHMUS-OVR-006')?.severity).toBe('blocker');
});

test('a name that an override changes is refused', () => {
  const override = edit(find(before, 'MeshTimeout', 'flights'), (object) => {
    (object as unknown as { metadata: { name: string } }).metadata.name = 'other';
  });
  expect(applyOverrides(before, [override]).overrides).toMatchObject([{ state: 'refused', path: 'metadata.name' }]);
});

test('a resource that is left out is a draft with the reason, and every index of the ledger still fits', () => {
  const left = find(before, 'MeshTimeout', 'flights');
  const override: Override = {
    subject: subjectOfEmitted(left),
    change: 'leave-out',
    ground: left.object as unknown as JsonObject,
    reason: 'the team sets its own',
    by: 'ada',
  };
  const after = applyOverrides(before, [override]);
  expect(after.emitted.find(({ override: decided }) => decided !== undefined)).toMatchObject({
    role: 'draft',
    why: 'Left out of what is applied. ada: the team sets its own',
    object: left.object,
  });
  const names = ({ emitted, ledger }: Translation): string[] =>
    ledger.flatMap(({ fields }) =>
      fields.flatMap(({ targets }) =>
        targets.map(
          ({ resource, path }) =>
            `${emitted[resource]?.object.kind} ${emitted[resource]?.object.metadata.name} ${path}`,
        ),
      ),
    );
  expect(names(after).sort()).toEqual(names(before).sort());
  expect(applyOverrides(estate('5s'), [override]).overrides?.map(({ state }) => state)).toEqual(['conflict']);
});

const own = (kind: string, spec: object, reason = 'ours'): Override => ({
  subject: { apiVersion: 'kuma.io/v1alpha1', kind, namespace: 'kong-mesh-system', name: 'ours' },
  change: 'add',
  object: {
    apiVersion: 'kuma.io/v1alpha1',
    kind,
    metadata: { name: 'ours', namespace: 'kong-mesh-system', labels: { 'kuma.io/mesh': 'default' } },
    spec: spec as JsonObject,
  },
  reason,
});

test('a resource of one’s own is admitted or refused as others, and stands in apply order', () => {
  const retries = {
    targetRef: { kind: 'Mesh' },
    to: [{ targetRef: { kind: 'Mesh' }, default: { tcp: { maxConnectAttempt: 3 } } }],
  };
  const after = applyOverrides(before, [own('MeshRetry', retries)]);
  expect(find(after, 'MeshRetry', 'ours')).toMatchObject({ role: 'resource', stage: 'resilience' });
  expect(applyOverrides(before, [own('MeshRetry', { to: 'all' })]).overrides?.map(({ state }) => state)).toEqual([
    'refused',
  ]);
});

const everyone = {
  targetRef: { kind: 'Mesh' },
  rules: [{ default: { allow: [{ spiffeID: { type: 'Prefix', value: 'spiffe://other/ns' } }] } }],
};

test('what may widen access blocks until it is accepted with a reason', () => {
  const severities = (override: Override) =>
    applyOverrides(before, [override])
      .diagnostics.filter(({ code }) => /OVR-00[45]/.test(code))
      .map(({ severity }) => severity);
  const open = own('MeshTrafficPermission', everyone);
  expect(severities(open)).toEqual(['blocker']);
  expect(severities({ ...open, acceptsWidening: 'guests come until March' })).toEqual(['warning']);
  const permission = before.emitted.find(
    ({ object, role }) => object.kind === 'MeshTrafficPermission' && role === 'resource',
  ) as Emitted;
  const closed = edit(permission, (object) => {
    const rules = object.spec.rules as { default: { allow?: unknown[] } }[];
    object.spec.rules = rules.map((rule) => ({
      default: { ...rule.default, deny: [{ spiffeID: { type: 'Exact', value: 'spiffe://x/a' } }] },
    }));
  });
  expect(applyOverrides(before, [closed]).overrides?.map(({ state }) => state)).toEqual(['applied']);
  expect(severities(closed)).toEqual([]);
});

test('a patch undone by its own ground is what was translated', () => {
  const one = find(before, 'MeshTimeout', 'flights');
  const override = slower(one, '30s');
  if (override.change !== 'edit') throw new Error('an edit was expected');
  const edited = patched(override.ground, override.patch) as JsonObject;
  expect(patched(edited, difference(edited, override.ground))).toEqual(one.object);
});

test('overrides of zones hold in the zone and in the whole', () => {
  const zones = read({
    'cluster=east/service.yaml': service,
    'cluster=east/route.yaml': route('3s'),
    'cluster=west/service.yaml': service,
    'cluster=west/route.yaml': route('3s'),
  });
  const one = zones.emitted.find(
    ({ object, place }) =>
      object.kind === 'MeshTimeout' &&
      object.metadata.name === 'flights' &&
      place?.kind === 'zone' &&
      place.zone === 'west',
  ) as Emitted;
  const after = applyOverrides(zones, [slower(one, '30s')]);
  const all = after.emitted.filter(({ object }) => object.kind === 'MeshTimeout' && object.metadata.name === 'flights');
  expect(all.map((each) => [each.place, timeoutOf(each)])).toEqual([
    [{ kind: 'zone', zone: 'east' }, '3s'],
    [{ kind: 'zone', zone: 'west' }, '30s'],
  ]);
  const west = after.zones?.find(({ zone }) => zone === 'west')?.translation as Translation;
  expect(timeoutOf(find(west, 'MeshTimeout', 'flights'))).toBe('30s');
  expect(
    applyOverrides(zones, [
      { ...slower(one, '30s'), subject: { ...subjectOfEmitted(one), place: 'zone/south' } },
    ]).overrides?.map(({ state }) => state),
  ).toEqual(['gone']);
});
