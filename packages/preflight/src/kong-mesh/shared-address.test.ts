import { expect, test } from 'vitest';
import { exampleFaults, foundIn } from '../example.test-support.ts';
import { sharedAddress } from './shared-address.ts';

test('the examples say the truth', () => {
  expect(exampleFaults(sharedAddress)).toEqual([]);
});

const external = (name: string, address: string, protocol = 'http'): string =>
  `---\napiVersion: kuma.io/v1alpha1\nkind: MeshExternalService\nmetadata: {name: ${name}, namespace: kong-mesh-system}\nspec: {match: {type: HostnameGenerator, port: 80, protocol: ${protocol}}, endpoints: [{address: ${address}, port: 80}]}\n`;

test('an external host is the right Host for itself; addresses and bytes have none', () => {
  const entry =
    'apiVersion: networking.istio.io/v1\nkind: ServiceEntry\nmetadata: {name: e, namespace: sales}\nspec: {hosts: [a.example], ports: [{number: 80, name: http, protocol: HTTP}], resolution: DNS}\n';
  const two = external('one', 'a.example') + external('two', 'a.example');
  expect(foundIn(sharedAddress, two)).toHaveLength(1);
  expect(foundIn(sharedAddress, entry, { planned: two })).toEqual([]);
  expect(foundIn(sharedAddress, external('one', '10.0.0.1') + external('two', '10.0.0.1'))).toEqual([]);
  expect(foundIn(sharedAddress, external('one', 'a.example', 'tcp') + external('two', 'a.example', 'tcp'))).toEqual([]);
});
