import { expect, test } from 'vitest';
import { readRequest, simulatorOf, subjectOf, writeRequest } from './request-address.ts';

test('a counterexample is read back from its address as it was', () => {
  const counterexample = {
    client: { namespace: 'web', labels: { app: 'web', 'team.example/x': 'a=b' } },
    request: { method: 'POST', authority: 'seats', path: '/v2?a=1', headers: { 'x-cabin': ['crew', 'pilot'] } },
    before: { decision: 'a' },
    after: { decision: 'b' },
    differences: [],
  };
  expect(readRequest(writeRequest('sales/seats', 80, counterexample))).toEqual({
    service: 'sales/seats',
    port: 80,
    client: counterexample.client,
    method: 'POST',
    authority: 'seats',
    path: '/v2?a=1',
    headers: { 'x-cabin': ['crew', 'pilot'] },
  });
});

test('of several clusters the address names the one that is asked', () => {
  expect(readRequest({ service: 'sales/seats', cluster: 'east' })).toMatchObject({ cluster: 'east' });
  expect(readRequest({ service: 'sales/seats', cluster: '' })).not.toHaveProperty('cluster');
});

test('the request may go to another service than the one that is shown', () => {
  expect(readRequest({ service: 'sales/seats', to: 'web/home' })).toMatchObject({
    service: 'web/home',
    client: { namespace: 'web' },
  });
});

test('a gateway is no service: the workbench shows what decides there, and the request goes to it', () => {
  const gateway = 'edge/gateway:door';
  const rule = { kind: 'VirtualService', namespace: 'shop', name: 'shop', path: 'spec.http[0]', resource: 7 };
  const search = writeRequest(gateway, 443, {
    client: { namespace: 'edge', labels: {} },
    request: { method: 'GET', authority: 'shop.example', path: '/', headers: {} },
    before: { decision: 'a', rule },
    after: { decision: 'b' },
    differences: [],
  });
  expect(search).toMatchObject({ resource: '7', to: gateway, list: 'simulator' });
  expect(search).not.toHaveProperty('service');
  expect(readRequest(search)).toMatchObject({ service: gateway, port: 443, authority: 'shop.example' });
  expect(simulatorOf(gateway)).toEqual({ namespace: 'edge', to: gateway, list: 'simulator' });
  expect(readRequest(simulatorOf(gateway))).toMatchObject({ name: 'host' });
  expect(subjectOf('sales/seats', 3)).toEqual({ service: 'sales/seats' });
});

test('a service alone is a request; without one there is none', () => {
  expect(readRequest({})).toBeUndefined();
  expect(readRequest({ service: 'sales/seats' })).toEqual({
    service: 'sales/seats',
    client: { namespace: 'sales', labels: {} },
    method: 'GET',
    path: '/',
    headers: {},
  });
});

test.each([
  ['to', { service: 'seats' }],
  ['to', { service: 'sales/seats', to: 'seats' }],
  ['port', { service: 'sales/seats', port: '8o' }],
  ['path', { service: 'sales/seats', path: 'v2' }],
  ['labels', { service: 'sales/seats', labels: 'app' }],
  ['headers', { service: 'sales/seats', headers: 'x-cabin: crew\nx-' }],
])('an unreadable %s is named, with what is expected', (name, search) => {
  expect(readRequest(search)).toEqual({ name, problem: expect.stringMatching(/\.$/) });
});
