import { describe, expect, test } from 'vitest';
import { isUniversal, type KubernetesObject, kumactlDelete, toUniversal, type UniversalNames } from './universal.ts';

const labelled = (kind: string, labels: Record<string, string>) => ({ kind, labels });
const names: UniversalNames = {
  target: '2.14',
  mesh: 'default',
  zone: 'east',
  systemNamespace: 'kong-mesh-system',
};
const policy = (kind: string, namespace: string, spec: object, name = 'seats'): KubernetesObject => ({
  apiVersion: 'kuma.io/v1alpha1',
  kind,
  metadata: { name, namespace, labels: { 'kuma.io/mesh': 'default', 'kuma.io/origin': 'zone' } },
  spec,
});

describe('a resource in Universal form', () => {
  test('refers by labels with the zone, and its name carries the namespace', () => {
    const route = policy('MeshHTTPRoute', 'sales', {
      targetRef: { kind: 'Mesh' },
      to: [
        {
          targetRef: { kind: 'MeshService', name: 'seats', sectionName: 'http' },
          rules: [
            {
              matches: [{ path: { type: 'PathPrefix', value: '/' } }],
              default: {
                backendRefs: [
                  { kind: 'MeshService', name: 'seats-v2', namespace: 'other', port: 80, weight: 1 },
                  { kind: 'MeshExternalService', name: 'partner', namespace: 'kong-mesh-system', port: 80 },
                ],
              },
            },
          ],
        },
      ],
    });
    const seats = { 'kuma.io/display-name': 'seats', 'k8s.kuma.io/namespace': 'sales', 'kuma.io/zone': 'east' };
    expect(toUniversal(route, names)).toEqual({
      type: 'MeshHTTPRoute',
      mesh: 'default',
      name: 'sales.seats',
      spec: {
        targetRef: { kind: 'Mesh' },
        to: [
          {
            targetRef: { kind: 'MeshService', sectionName: 'http', labels: seats },
            rules: [
              {
                matches: [{ path: { type: 'PathPrefix', value: '/' } }],
                default: {
                  backendRefs: [
                    {
                      kind: 'MeshService',
                      port: 80,
                      weight: 1,
                      labels: { ...seats, 'kuma.io/display-name': 'seats-v2', 'k8s.kuma.io/namespace': 'other' },
                    },
                    { ...labelled('MeshExternalService', { 'kuma.io/display-name': 'partner' }), port: 80 },
                  ],
                },
              },
            ],
          },
        ],
      },
    });
  });

  test('is for its namespace and zone only, where the namespace said so before', () => {
    const own = policy('MeshAccessLog', 'sales', { rules: [{ default: { backends: [] } }] });
    const labels = { 'k8s.kuma.io/namespace': 'sales', 'kuma.io/zone': 'east' };
    expect(toUniversal(own, names).spec).toMatchObject({ targetRef: labelled('Dataplane', labels) });
    const some = policy('MeshRateLimit', 'kong-mesh-system', {
      targetRef: { kind: 'Dataplane', labels: { app: 'a' } },
    });
    expect(toUniversal(some, names).spec).toMatchObject({
      targetRef: labelled('Dataplane', { app: 'a', 'kuma.io/zone': 'east' }),
    });
  });

  test('lets nobody in, and demands nothing, in other zones', () => {
    for (const kind of ['MeshTrafficPermission', 'MeshTLS']) {
      const all = policy(kind, 'kong-mesh-system', { targetRef: { kind: 'Mesh' }, rules: [] });
      expect(toUniversal(all, names).spec).toMatchObject({
        targetRef: labelled('Dataplane', { 'kuma.io/zone': 'east' }),
      });
    }
  });

  test('of several zones has its own in its name', () => {
    const external = policy('MeshExternalService', 'kong-mesh-system', { match: { port: 80 } });
    expect(toUniversal(external, names, 'west').name).toBe('west-seats');
  });

  test('has the fields of a Dataplane and a Mesh at the top', () => {
    const plane = policy('Dataplane', 'sales', { networking: { address: '192.0.2.1' } });
    expect(toUniversal(plane, names)).toEqual({
      type: 'Dataplane',
      mesh: 'default',
      name: 'sales.seats',
      networking: { address: '192.0.2.1' },
    });
    const mesh = { apiVersion: 'kuma.io/v1alpha1', kind: 'Mesh', metadata: { name: 'air' }, spec: { routing: {} } };
    expect(toUniversal(mesh, names)).toEqual({ type: 'Mesh', name: 'air', routing: {} });
  });

  test('has a name of its own, whatever namespaces and names are called', () => {
    const nameOf = (namespace: string, name: string): string =>
      toUniversal(policy('MeshHTTPRoute', namespace, {}, name), names).name;
    expect(nameOf('shop', 'a-b')).toBe('shop.a-b');
    expect(nameOf('shop-a', 'b')).toBe('shop-a.b');
    // Labels refer to names, and end at 63 characters.
    const long = nameOf('shop', 'a'.repeat(60));
    expect(long.length).toBeLessThanOrEqual(63);
    expect(long).not.toBe(nameOf('shop', `${'a'.repeat(59)}b`));
  });

  test('matches the server names of what comes from a Global control plane: without zone and namespace', () => {
    const sni = { type: 'Exact', value: 'sni.extsvc.default.east.kong-mesh-system.istio-shop-pay-80.80' };
    const allow = [{ spiffeID: { type: 'Prefix', value: 'spiffe://default.east.mesh.local/ns' }, sni }];
    const permission = policy('MeshTrafficPermission', 'kong-mesh-system', {
      targetRef: labelled('Dataplane', { 'kuma.io/listener-zoneegress': 'enabled' }),
      rules: [{ default: { allow } }],
    });
    const value = 'sni.extsvc.default.istio-shop-pay-80.80';
    expect(toUniversal(permission, names).spec).toEqual({
      targetRef: labelled('Dataplane', { 'kuma.io/listener-zoneegress': 'enabled', 'kuma.io/zone': 'east' }),
      rules: [{ default: { allow: [{ ...allow[0], sni: { type: 'Exact', value } }] } }],
    });
  });

  test('gives an identity to the proxies of its zone only; one that selects none still does', () => {
    const identity = (selector: object): unknown =>
      toUniversal(policy('MeshIdentity', 'kong-mesh-system', { selector }), names).spec;
    expect(identity({ dataplane: { matchLabels: {} } })).toEqual({
      selector: { dataplane: { matchLabels: { 'kuma.io/zone': 'east' } } },
    });
    expect(identity({})).toEqual({ selector: {} });
  });

  test('is deleted by its type, its name and its mesh', () => {
    const route = toUniversal(policy('MeshHTTPRoute', 'shop', {}, 'a'), names);
    expect(kumactlDelete(route)).toEqual(['meshhttproute', 'shop.a', '--mesh', 'default']);
    const generator = toUniversal(policy('HostnameGenerator', 'kong-mesh-system', {}, 'hosts'), names);
    expect(kumactlDelete(generator)).toEqual(['hostnamegenerator', 'hosts']);
  });

  test('exists for resources of Kong Mesh only', () => {
    expect(isUniversal({ apiVersion: 'v1', kind: 'Service', metadata: { name: 'a' } })).toBe(false);
    expect(isUniversal({ apiVersion: 'kuma.io/v1alpha1', kind: 'ContainerPatch', metadata: { name: 'a' } })).toBe(
      false,
    );
  });
});
