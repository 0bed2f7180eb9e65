import { expect, test } from 'vitest';
import { exampleFaults, foundIn } from '../example.test-support.ts';
import { serverFirst } from './server-first.ts';

test('the examples say the truth', () => {
  expect(exampleFaults(serverFirst)).toEqual([]);
});

const service = (ports: string): string => `apiVersion: v1
kind: Service
metadata: {name: seats, namespace: sales}
spec: {selector: {app: seats}, ports: ${ports}}
---
`;
test('a port that says it is HTTP is, whatever its number; MongoDB and PostgreSQL wait for the client', () => {
  expect(
    foundIn(
      serverFirst,
      service('[{name: http-db, port: 3306}, {name: mongo, port: 27017}, {name: tcp-pg, port: 5432}]'),
    ),
  ).toEqual([]);
  expect(foundIn(serverFirst, service('[{port: 25}, {name: tcp-smtp, port: 2525}]'))).toHaveLength(2);
});
