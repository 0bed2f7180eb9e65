import { takeIn } from '@isthmus/istio';
import { parsePath, readManifest } from '@isthmus/kubernetes';
import { expect, test } from 'vitest';
import { leavesOf } from './leaves.ts';
import { defaultSettings } from './settings.ts';
import { translate } from './translate.ts';

const read = (file: string, text: string) => readManifest(file, new TextEncoder().encode(text));

const service = `apiVersion: v1
kind: Service
metadata: {name: flights, namespace: air}
spec: {selector: {app: flights}, ports: [{name: http, port: 80, appProtocol: http}]}
`;
const route = (seconds: number): string => `apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: flights, namespace: air}
spec: {hosts: [flights], http: [{timeout: ${seconds}s, route: [{destination: {host: flights}}]}]}
`;
const rule = `apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: flights, namespace: air}
spec: {host: flights, trafficPolicy: {connectionPool: {tcp: {maxConnections: 10}}}}
`;

const files = [
  read('base/rule.yaml', rule),
  read('cluster=east/service.yaml', service),
  read('cluster=east/route.yaml', route(3)),
  read('cluster=west/service.yaml', service),
  read('cluster=west/route.yaml', route(5)),
];
const translation = translate(takeIn(files), defaultSettings);

test('objects of one name in several clusters are no versions of one object', () => {
  expect(translation.diagnostics.filter(({ code }) => code.startsWith('ISTHMUS-EST-'))).toEqual([]);
  const timeouts = translation.emitted.flatMap(({ object, place }) =>
    object.kind === 'MeshTimeout' && object.metadata.name === 'flights' ? [[place, JSON.stringify(object.spec)]] : [],
  );
  expect(timeouts).toEqual([
    [{ kind: 'zone', zone: 'east' }, expect.stringContaining('"requestTimeout":"3s"')],
    [{ kind: 'zone', zone: 'west' }, expect.stringContaining('"requestTimeout":"5s"')],
  ]);
});

test('what is written for all clusters counts once in the ledger, and leads to what it became in each zone', () => {
  const entries = translation.ledger.map(({ resource, fields }) => [
    resource.source.file,
    fields.map(({ path }) => path),
  ]);
  const wanted = translation.estate.istio.map((resource) => [resource.source.file, leavesOf(resource)]);
  expect(entries.sort()).toEqual(wanted.sort());
  const shared = translation.ledger.find(({ resource }) => resource.kind === 'DestinationRule');
  const most = shared?.fields.find(({ path }) => path.endsWith('maxConnections'));
  const places = most?.targets.map(({ resource, path }) => {
    const emitted = translation.emitted[resource];
    const value = (parsePath(path) ?? []).reduce<unknown>(
      (at, step) => (at as Record<string, unknown> | undefined)?.[step],
      emitted?.object,
    );
    return [emitted?.place, value];
  });
  expect(places).toEqual([
    [{ kind: 'zone', zone: 'east' }, 10],
    [{ kind: 'zone', zone: 'west' }, 10],
  ]);
});

test('the order of the files changes nothing', () => {
  const again = translate(takeIn([...files].reverse()), defaultSettings);
  expect(again.emitted).toEqual(translation.emitted);
  expect(again.diagnostics).toEqual(translation.diagnostics);
  expect(again.ledger.map(({ fields }) => fields)).toEqual(translation.ledger.map(({ fields }) => fields));
});

test('each zone can be looked at for itself, and clusters of one name get zones of different names', () => {
  expect(translation.zones?.map(({ zone, translation: { settings } }) => [zone, settings.zone])).toEqual([
    ['east', 'east'],
    ['west', 'west'],
  ]);
  const alike = translate(
    takeIn([read('cluster=us_1/s.yaml', service), read('cluster=us-1/s.yaml', service)]),
    defaultSettings,
  );
  expect(alike.zones?.map(({ cluster, zone }) => [cluster, zone])).toEqual([
    ['us-1', 'us-1'],
    ['us_1', 'us-1-2'],
  ]);
});

test('an import of one cluster is translated as without a name of it', () => {
  const of = (prefix: string) =>
    translate(takeIn([read(`${prefix}s.yaml`, service), read(`${prefix}v.yaml`, route(3))]), defaultSettings);
  expect(of('cluster=east/').emitted).toEqual(of('').emitted);
  expect(of('cluster=east/').zones).toBeUndefined();
});

const policy = `apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: {name: flights, namespace: air}
spec:
  selector: {matchLabels: {app: flights}}
  rules: [{from: [{source: {principals: [cluster.local/ns/air/sa/web]}}]}]
`;
const meshConfig = (domain: string): string => `apiVersion: v1
kind: ConfigMap
metadata: {name: istio, namespace: istio-system}
data: {mesh: "trustDomain: ${domain}"}
`;

test('whoever is let in may come from each zone of the same trust domain, and from no other', () => {
  const allowed = (west: string) => {
    const { emitted } = translate(
      takeIn([
        read('cluster=east/policy.yaml', policy),
        read('cluster=east/service.yaml', service),
        read('cluster=west/service.yaml', service),
        read('cluster=west/mesh.yaml', meshConfig(west)),
      ]),
      defaultSettings,
    );
    const found = emitted.find(({ object }) => object.metadata.name === 'air-flights');
    return [...JSON.stringify(found?.object.spec).matchAll(/spiffe:\/\/([^/"]+)\/ns\/air\/sa\/web/g)].map(
      ([, domain]) => domain,
    );
  };
  expect(allowed('cluster.local')).toEqual(['default.east.mesh.local', 'default.west.mesh.local', 'cluster.local']);
  expect(allowed('elsewhere')).toEqual(['default.east.mesh.local', 'cluster.local']);
});

test('what a cluster does not read is not made of, and what another reads of the same name is', () => {
  const selecting = meshConfig('cluster.local').replace(
    'data: {mesh: "',
    'data: {mesh: "discoverySelectors: [{matchLabels: {seen: ours}}]\\n',
  );
  const space = (label: string): string =>
    `apiVersion: v1\nkind: Namespace\nmetadata: {name: air, labels: {seen: "${label}"}}\n`;
  const { emitted, ledger } = translate(
    takeIn([
      read('cluster=east/mesh.yaml', selecting),
      read('cluster=east/air.yaml', space('theirs')),
      read('cluster=east/service.yaml', service),
      read('cluster=east/route.yaml', route(3)),
      read('cluster=west/mesh.yaml', selecting),
      read('cluster=west/air.yaml', space('ours')),
      read('cluster=west/service.yaml', service),
      read('cluster=west/route.yaml', route(5)),
    ]),
    defaultSettings,
  );
  const zones = emitted.flatMap(({ object, place }) =>
    object.kind === 'MeshTimeout' && object.metadata.name === 'flights' ? [place] : [],
  );
  expect(zones).toEqual([{ kind: 'zone', zone: 'west' }]);
  expect(emitted.filter(({ object }) => object.kind === 'MeshMultiZoneService')).toEqual([]);
  const codes = ledger
    .filter(({ resource }) => resource.kind === 'VirtualService')
    .map(({ resource, fields }) => [resource.source.cluster, new Set(fields.map(({ code }) => code))]);
  expect(codes).toEqual([
    ['east', new Set(['ISTHMUS-INS-008'])],
    ['west', expect.anything()],
  ]);
  expect(codes[1]?.[1]).not.toContain('ISTHMUS-INS-008');
});

test('what a control plane reads is decided by the namespaces of its own cluster, not of those that it serves', () => {
  const root = (rest: string): string =>
    `apiVersion: v1\nkind: Namespace\nmetadata: {name: istio-system, labels: {seen: ours}${rest}}\n`;
  const space = (label: string): string =>
    `apiVersion: v1\nkind: Namespace\nmetadata: {name: air, labels: {seen: ${label}}}\n`;
  const selecting =
    'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: istio, namespace: istio-system}\ndata: {mesh: "discoverySelectors: [{matchLabels: {seen: ours}}]"}\n';
  const permitted = (main: string, edge: string) => {
    const { emitted, diagnostics } = translate(
      takeIn([
        read('cluster=main/root.yaml', root('')),
        read('cluster=main/mesh.yaml', selecting),
        read('cluster=main/air.yaml', space(main)),
        read('cluster=main/policy.yaml', policy),
        read('cluster=edge/root.yaml', root(', annotations: {topology.istio.io/controlPlaneClusters: main}')),
        read('cluster=edge/air.yaml', space(edge)),
        read('cluster=edge/service.yaml', service),
      ]),
      defaultSettings,
    );
    const zones = emitted.flatMap(({ object, place }) =>
      object.metadata.name === 'air-flights' && place?.kind === 'zone' ? [place.zone] : [],
    );
    return [zones, diagnostics.flatMap(({ code }) => (/INS-(?:007|012|013)/.test(code) ? [code] : []))];
  };
  expect(permitted('ours', 'theirs')).toEqual([['edge', 'main'], []]);
  expect(permitted('theirs', 'ours')).toEqual([[], ['ISTHMUS-INS-007']]);
});
