import { takeIn } from '@isthmus/istio';
import type { TargetVersion } from '@isthmus/kong-mesh';
import { type JsonObject, parseYaml, readManifest } from '@isthmus/kubernetes';
import { defaultSettings, translate } from '@isthmus/translation';
import { expect, test } from 'vitest';
import { valuesFiles } from './control-planes.ts';

const read = (cluster: string, text: string) =>
  readManifest(`cluster=${cluster}/a.yaml`, new TextEncoder().encode(text));
const service = `apiVersion: v1
kind: Service
metadata: {name: seats, namespace: air}
spec: {selector: {app: seats}, ports: [{name: http, port: 80}]}
`;
const outside = `---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: maps, namespace: air}
spec: {hosts: [maps.example.com], ports: [{number: 80, name: http, protocol: HTTP}], resolution: DNS}
`;
const values = (target: TargetVersion) => {
  const estate = takeIn([read('east', service + outside), read('true', service)]);
  const translation = translate(estate, { ...defaultSettings, target });
  return new Map(
    valuesFiles(translation, (zone) => `zones/${zone}/`).map(({ path, text }) => [
      path,
      { text, read: parseYaml(text)[0]?.value as JsonObject },
    ]),
  );
};

test('each zone has an ingress, an egress where it needs one, and leaves open what nobody knows yet', () => {
  const files = values('2.14');
  expect([...files.keys()]).toEqual(['global/values.yaml', 'zones/east/values.yaml', 'zones/true/values.yaml']);
  expect(files.get('global/values.yaml')?.read).toEqual({ kuma: { controlPlane: { mode: 'global' } } });
  const controlPlane = {
    mode: 'zone',
    kdsGlobalAddress: 'grpcs://FILL-IN:5685',
    tls: { kdsZoneClient: { secretName: 'FILL-IN' } },
  };
  expect(files.get('zones/east/values.yaml')?.read).toEqual({
    kuma: { controlPlane: { ...controlPlane, zone: 'east' }, ingress: { enabled: true }, egress: { enabled: true } },
  });
  // A name that YAML has a meaning for stays a text.
  expect(files.get('zones/true/values.yaml')?.read).toEqual({
    kuma: { controlPlane: { ...controlPlane, zone: 'true' }, ingress: { enabled: true } },
  });
  expect(files.get('zones/east/values.yaml')?.text).toContain('--namespace kong-mesh-system');
});

test('in 3.0 the global control plane has a database, and the proxies of a zone belong to the mesh', () => {
  const files = values('3.0');
  expect(files.get('global/values.yaml')?.read).toMatchObject({
    kuma: {
      controlPlane: {
        mode: 'global',
        environment: 'universal',
        secrets: { host: { Secret: 'FILL-IN', Key: 'FILL-IN', Env: 'KUMA_STORE_POSTGRES_HOST' } },
      },
    },
  });
  expect(files.get('zones/east/values.yaml')?.read).toMatchObject({
    kuma: { meshes: [{ name: 'default', ingress: { enabled: true }, egress: { enabled: true } }] },
  });
  expect(files.get('zones/true/values.yaml')?.read).not.toHaveProperty('kuma.ingress');
});

test('an import of one cluster has none', () => {
  const translation = translate(takeIn([readManifest('a.yaml', new TextEncoder().encode(service))]), defaultSettings);
  expect(valuesFiles(translation, (zone) => zone)).toEqual([]);
});
