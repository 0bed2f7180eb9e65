import { expect, test } from 'vitest';
import { exampleFaults, foundIn } from '../example.test-support.ts';
import { noSelector } from './no-selector.ts';

test('the examples say the truth', () => {
  expect(exampleFaults(noSelector)).toEqual([]);
});

const service = (spec: string, namespace = 'sales'): string =>
  `apiVersion: v1\nkind: Service\nmetadata: {name: kubernetes, namespace: ${namespace}}\nspec: ${spec}\n`;

test('headless Services, other names of hosts and the API server itself are not meant', () => {
  expect(foundIn(noSelector, service('{ports: [{port: 443}]}'))).toHaveLength(1);
  expect(foundIn(noSelector, service('{ports: [{port: 443}]}', 'default'))).toEqual([]);
  expect(foundIn(noSelector, service('{clusterIP: None, ports: [{port: 443}]}'))).toEqual([]);
  expect(foundIn(noSelector, service('{type: ExternalName, externalName: a.example}'))).toEqual([]);
});
