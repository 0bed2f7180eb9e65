import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { isList, isMap, type Json, parsePath, type Resource, readManifest } from '@isthmus/kubernetes';
import { expect, test } from 'vitest';
import { sharedSchemas } from './shared.ts';
import { checkObject } from './structural-schema.ts';

const folder = fileURLToPath(new URL('../../../examples/kong-air/', import.meta.url));
const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  .map((path) => path.replaceAll('\\', '/'))
  .filter((path) => path.endsWith('.yaml'))
  .sort();
const texts = new Map(paths.map((path) => [path, readFileSync(`${folder}${path}`, 'utf8')]));
const readings = paths.map((path) => readManifest(path, readFileSync(`${folder}${path}`)));
const resources = readings.flatMap((reading) => reading.resources);
const readme = readFileSync(`${folder}README.md`, 'utf8');

const ofKind = (group: string, kind: string): Resource[] =>
  resources.filter((resource) => resource.group === group && resource.kind === kind);

/** The values at a path in which `[]` stands for every item. */
function values(value: Json | undefined, path: string): Json[] {
  const [first, ...rest] = path.split('[].');
  let found: Json | undefined = value;
  for (const step of parsePath(first as string) ?? []) found = isMap(found) ? found[step] : undefined;
  if (found === undefined || found === null) return [];
  if (rest.length === 0) return [found];
  return isList(found) ? found.flatMap((item) => values(item, rest.join('[].'))) : [];
}

const strings = (resource: Resource, path: string): string[] =>
  values(resource.object, path).filter((value) => typeof value === 'string');

const fullName = (host: string, namespace: string): string =>
  host.includes('.') ? host : `${host}.${namespace}.svc.cluster.local`;

interface Destination {
  readonly host: string;
  readonly subset?: string;
}

/** Where the rules of an estate send requests, hosts in full. */
function destinations(): Destination[] {
  const found: Destination[] = [];
  for (const resource of ofKind('networking.istio.io', 'VirtualService')) {
    for (const path of [
      'http[].route[].destination',
      'http[].mirror',
      'tcp[].route[].destination',
      'tls[].route[].destination',
    ]) {
      for (const value of values(resource.object, `spec.${path}`)) {
        const { host, subset } = value as { host: string; subset?: string };
        found.push({ host: fullName(host, resource.namespace), ...(subset === undefined ? {} : { subset }) });
      }
    }
  }
  for (const resource of ofKind('networking.istio.io', 'DestinationRule')) {
    for (const host of strings(resource, 'spec.host')) found.push({ host: fullName(host, resource.namespace) });
  }
  for (const resource of ofKind('gateway.networking.k8s.io', 'HTTPRoute')) {
    for (const list of values(resource.object, 'spec.rules[].backendRefs')) {
      for (const backend of list as unknown as { name: string; namespace?: string }[]) {
        found.push({ host: fullName(backend.name, backend.namespace ?? resource.namespace) });
      }
    }
  }
  return found;
}

const registry = new Set([
  ...ofKind('', 'Service').map(({ name, namespace }) => fullName(name, namespace)),
  ...ofKind('networking.istio.io', 'ServiceEntry').flatMap(
    (entry) => values(entry.object, 'spec.hosts').flat() as string[],
  ),
]);

const trapAt = /# trap (T\d+|E\d{2}|KM-\d{3}): \S/g;
const marked = [...texts].flatMap(([path, text]) => [...text.matchAll(trapAt)].map((match) => `${match[1]} ${path}`));

test('is read without a finding', () => {
  expect(readings.flatMap((reading) => reading.diagnostics)).toEqual([]);
  expect(readings.flatMap((reading) => reading.unidentified)).toEqual([]);
  expect(new Set(resources.map((r) => `${r.group} ${r.kind} ${r.namespace} ${r.name}`)).size).toBe(resources.length);
});

test.for([
  ['networking.istio.io', 'VirtualService'],
  ['networking.istio.io', 'DestinationRule'],
  ['networking.istio.io', 'Gateway'],
  ['networking.istio.io', 'ServiceEntry'],
  ['networking.istio.io', 'WorkloadEntry'],
  ['networking.istio.io', 'WorkloadGroup'],
  ['networking.istio.io', 'Sidecar'],
  ['networking.istio.io', 'EnvoyFilter'],
  ['networking.istio.io', 'ProxyConfig'],
  ['security.istio.io', 'PeerAuthentication'],
  ['security.istio.io', 'AuthorizationPolicy'],
  ['security.istio.io', 'RequestAuthentication'],
  ['telemetry.istio.io', 'Telemetry'],
  ['extensions.istio.io', 'WasmPlugin'],
  ['install.istio.io', 'IstioOperator'],
  ['', 'ConfigMap'],
  ['', 'Namespace'],
  ['', 'Service'],
  ['', 'ServiceAccount'],
  ['apps', 'Deployment'],
  ['apps', 'StatefulSet'],
  ['gateway.networking.k8s.io', 'Gateway'],
  ['gateway.networking.k8s.io', 'HTTPRoute'],
] as const)('uses %s %s', ([group, kind]) => {
  expect(ofKind(group, kind)).not.toHaveLength(0);
});

test('has one MeshConfig', () => {
  const configs = ofKind('', 'ConfigMap').filter((map) => strings(map, 'data.mesh').length > 0);
  expect(configs.map(({ namespace, name }) => `${namespace}/${name}`)).toEqual(['istio-system/istio']);
  expect(ofKind('install.istio.io', 'IstioOperator').flatMap((o) => values(o.object, 'spec.meshConfig'))).toEqual([]);
});

test('marks forty traps or more, each listed in the README with its file', () => {
  const rows = [...readme.matchAll(/^\| (T\d+|E\d{2}|KM-\d{3}) \| \[([^\]]+)\]\(([^)]+)\) \| \S/gm)];
  expect(rows.every((row) => row[2] === row[3])).toBe(true);
  expect(rows.map((row) => `${row[1]} ${row[2]}`).sort()).toEqual(marked.sort());
  expect(new Set(marked.map((mark) => mark.split(' ')[0])).size).toBeGreaterThanOrEqual(40);
});

test('every service stands in the README', () => {
  const listed = [...readme.matchAll(/^\| (sales|passenger|operations) \| ([\w-]+) \|/gm)].map(
    (row) => `${row[1]}/${row[2]}`,
  );
  const services = ofKind('', 'Service').map(({ namespace, name }) => `${namespace}/${name}`);
  expect(listed.sort()).toEqual([...services, 'operations/crew'].sort());
});

test('every host that a rule names exists, or is missing on purpose', () => {
  const purpose = readme.split('## Missing on purpose')[1]?.split('\n## ')[0] ?? '';
  const absent = [...purpose.matchAll(/^- `([^`]+)`/gm)].map((match) => match[1]);
  const unresolved = new Set(destinations().flatMap(({ host }) => (registry.has(host) ? [] : [host])));
  expect([...unresolved].sort()).toEqual(absent.sort());
});

test('every subset, gateway and delegate that a rule names exists', () => {
  const subsets = new Set(
    ofKind('networking.istio.io', 'DestinationRule').flatMap((rule) =>
      strings(rule, 'spec.subsets[].name').map(
        (name) => `${fullName(strings(rule, 'spec.host')[0] ?? '', rule.namespace)} ${name}`,
      ),
    ),
  );
  const used = destinations().flatMap(({ host, subset }) => (subset === undefined ? [] : [`${host} ${subset}`]));
  expect(used.filter((name) => !subsets.has(name))).toEqual([]);

  const named = (kind: string): string[] =>
    ofKind('networking.istio.io', kind).map(({ namespace, name }) => `${namespace}/${name}`);
  const services = ofKind('networking.istio.io', 'VirtualService');
  const gateways = services.flatMap((service) => values(service.object, 'spec.gateways').flat() as string[]);
  expect(gateways.filter((name) => !named('Gateway').includes(name))).toEqual([]);
  const delegates = services.flatMap((service) => values(service.object, 'spec.http[].delegate'));
  expect(delegates.length).toBeGreaterThan(0);
  for (const delegate of delegates) {
    const { namespace, name } = delegate as { namespace: string; name: string };
    expect(named('VirtualService')).toContain(`${namespace}/${name}`);
  }
});

const schemas = new Map([
  ...sharedSchemas('schemas/istio/crds.yaml'),
  ...sharedSchemas('schemas/gateway-api/crds.yaml'),
]);

test.skipIf(schemas.size === 0)('fits the schemas of Istio and the Gateway API (needs ../shared)', () => {
  const faults = resources.flatMap((resource) => {
    const schema = schemas.get(`${resource.apiVersion}/${resource.kind}`);
    if (schema === undefined) {
      const expected = /(^|\.)istio\.io$|^gateway\./.test(resource.group) && resource.kind !== 'IstioOperator';
      return expected ? [`${resource.source.file}: no schema for ${resource.kind}`] : [];
    }
    return checkObject(schema, resource.object).map((fault) => `${resource.source.file} ${resource.name}: ${fault}`);
  });
  expect(faults).toEqual([]);
});
