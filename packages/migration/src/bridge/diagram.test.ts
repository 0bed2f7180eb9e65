import { takeIn } from '@isthmus/istio';
import { readManifest } from '@isthmus/kubernetes';
import { expect, test } from 'vitest';
import { bridgeDiagram, concerns, servicesOf } from '../index.ts';

const estateOf = (text: string) => takeIn([readManifest('a.yaml', new TextEncoder().encode(text))]);
const service = (name: string, namespace = 'shop'): string =>
  `apiVersion: v1\nkind: Service\nmetadata: {name: ${name}, namespace: ${namespace}}\nspec: {selector: {app: ${name}}, ports: [{port: 80}]}\n---\n`;
const istio = (kind: string, name: string, spec: string): string =>
  `apiVersion: ${kind === 'AuthorizationPolicy' ? 'security' : 'networking'}.istio.io/v1\nkind: ${kind}\nmetadata: {name: ${name}, namespace: shop}\nspec: ${spec}\n---\n`;
const domain = 'cluster.local';

const shop =
  service('cart') +
  service('pay') +
  istio('Gateway', 'edge', '{selector: {istio: ingressgateway}}') +
  istio(
    'VirtualService',
    'in',
    '{hosts: [shop.example], gateways: [edge], http: [{route: [{destination: {host: cart}}]}]}',
  ) +
  istio(
    'VirtualService',
    'cart',
    '{hosts: [cart], http: [{route: [{destination: {host: pay.shop.svc.cluster.local}}]}]}',
  ) +
  istio('AuthorizationPolicy', 'pay', '{selector: {matchLabels: {app: pay}}}') +
  istio('ServiceEntry', 'vm', '{hosts: [vm.example], location: MESH_INTERNAL}') +
  istio('ServiceEntry', 'out', '{hosts: [out.example], location: MESH_EXTERNAL}');

test('services are those of Kubernetes and those inside the mesh but outside Kubernetes', () => {
  expect(servicesOf(estateOf(shop)).map(({ id, origin }) => [id, origin])).toEqual([
    ['shop/cart', 'service'],
    ['shop/pay', 'service'],
    ['shop/vm', 'service-entry'],
  ]);
});

test('resources concern a service by host, by selector or by being it', () => {
  const estate = estateOf(shop);
  const found = concerns(estate, servicesOf(estate), domain);
  const names = (id: string) =>
    found.get(id)?.map((index) => `${estate.istio[index]?.kind} ${estate.istio[index]?.name}`);
  expect(names('shop/cart')?.sort()).toEqual(['VirtualService cart', 'VirtualService in']);
  expect(names('shop/pay')?.sort()).toEqual(['AuthorizationPolicy pay', 'VirtualService cart']);
  expect(names('shop/vm')).toEqual(['ServiceEntry vm']);
});

test('a service stands where its phase says, joined by what the VirtualServices show', () => {
  const { mermaid, grouped, namespaces } = bridgeDiagram(estateOf(shop), new Map([['shop/pay', 'shifting']]), {
    clusterDomain: domain,
    rootNamespace: 'istio-system',
  });
  expect(grouped).toBe(false);
  expect(mermaid).toContain('    n0["shop/cart<br/>discovered"]:::istio');
  expect(mermaid).toContain('    n1["shop/pay<br/>shifting"]:::bridge');
  expect(mermaid).toContain('  ingress e0@--> n0\n  n0 e1@-.-> n1\n  class e1 crossEdge\n  class e0 istioEdge\n');
  expect(namespaces).toEqual([{ namespace: 'shop', services: 3, phases: { discovered: 2, shifting: 1 } }]);
});

test('more than 60 services are grouped by namespace', () => {
  const many = Array.from({ length: 61 }, (_, index) => service(`s${index}`, index % 2 ? 'odd' : 'even')).join('');
  const all = bridgeDiagram(estateOf(many), new Map(), { clusterDomain: domain, rootNamespace: 'istio-system' });
  expect(all.grouped).toBe(true);
  expect(all.mermaid).toContain('["even<br/>31 discovered"]');
  expect(
    bridgeDiagram(estateOf(many), new Map(), { clusterDomain: domain, rootNamespace: 'istio-system', namespace: 'odd' })
      .grouped,
  ).toBe(false);
});

test('what a picture has no room for stands in one box for each side, and what has moved is drawn first', () => {
  const many = Array.from({ length: 100 }, (_, index) => service(`s${String(index).padStart(3, '0')}`)).join('');
  const call = istio('VirtualService', 's097', '{hosts: [s097], http: [{route: [{destination: {host: s098}}]}]}');
  const moved = new Map([
    ['shop/s099', 'migrated'],
    ['shop/s096', 'bridged'],
  ]);
  const { mermaid, description } = bridgeDiagram(estateOf(many + call), moved, {
    clusterDomain: domain,
    rootNamespace: 'istio-system',
    namespace: 'shop',
  });
  expect(mermaid.match(/^ {4}n\d+\[/gm)).toHaveLength(58);
  for (const name of ['s096', 's097', 's098', 's099']) expect(mermaid).toContain(`["shop/${name}<br/>`);
  expect(mermaid).toContain('["43 more services<br/>43 discovered"]:::istio');
  expect(description).toContain('one box for each side');
});

test('services without connections stand in rows', () => {
  const many = Array.from({ length: 20 }, (_, index) => service(`s${String(index).padStart(2, '0')}`)).join('');
  const { mermaid } = bridgeDiagram(estateOf(many), new Map(), {
    clusterDomain: domain,
    rootNamespace: 'istio-system',
  });
  const rows = mermaid.match(/^ {2}n\d+ ~~~ n\d+$/gm);
  expect(rows?.slice(0, 4)).toEqual(['  n0 ~~~ n1', '  n1 ~~~ n2', '  n2 ~~~ n3', '  n4 ~~~ n5']);
  expect(rows).toHaveLength(15);
});

test('hundreds of namespaces are grouped too', () => {
  const many = Array.from({ length: 300 }, (_, index) => service('s', `ns${index}`)).join('');
  const { mermaid, namespaces } = bridgeDiagram(estateOf(many), new Map(), {
    clusterDomain: domain,
    rootNamespace: 'istio-system',
  });
  expect(mermaid).toContain('["243 more namespaces<br/>243 discovered"]');
  expect(namespaces).toHaveLength(300);
});

test('hostile names stay text', () => {
  const hostile = service('\'x"]; click n0 "javascript:alert(1)" <script>\'');
  const { mermaid } = bridgeDiagram(estateOf(hostile), new Map(), {
    clusterDomain: domain,
    rootNamespace: 'istio-system',
  });
  expect(mermaid).not.toMatch(/<script>|click n0 "|javascript:alert\(1\)"/);
  expect(mermaid.match(/n0\["[^"]*"\]/)).not.toBeNull();
});

test('calls through gateways are drawn through them, those without a way as such', () => {
  const way = { gateway: false, direction: 'to-istio', sentence: '', hosts: [], cautions: [] } as const;
  const drawn = (kind: 'external-service' | 'kong-gateway' | 'closed') =>
    bridgeDiagram(estateOf(shop), new Map([['shop/cart', 'migrated']]), {
      clusterDomain: domain,
      rootNamespace: 'istio-system',
      ways: [{ ...way, from: 'shop/cart', to: 'shop/pay', kind }],
    });
  const external = drawn('external-service').mermaid;
  expect(external).toContain('    fromKong["Gateway of the bridge"]:::istio\n');
  expect(external).toMatch(/n0 e1@--> zoneEgress\n {2}zoneEgress e2@-\.-> fromKong\n {2}fromKong e3@--> n1\n/);
  expect(drawn('kong-gateway').mermaid).not.toContain('zoneEgress');
  expect(drawn('closed').mermaid).toContain('n0 e1@-.-x n1\n');
  expect(drawn('closed').description).toContain('1 call has no way between the meshes.');
});
