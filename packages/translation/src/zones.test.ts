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
