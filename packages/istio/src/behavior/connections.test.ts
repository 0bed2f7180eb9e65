import { type Json, type JsonObject, readManifest, writeYamlDocuments } from '@isthmus/kubernetes';
import { describe, expect, test } from 'vitest';
import { effectiveConfig } from '../effective/config.ts';
import { takeIn } from '../take-in.ts';
import { compileService } from './route-table.ts';

const service = (name: string, port: string, addresses: readonly string[]): JsonObject => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name, namespace: 'b' },
  spec: {
    ...(addresses.length === 0 ? {} : { clusterIP: addresses[0] as string, clusterIPs: addresses }),
    selector: { app: name },
    ports: [{ name: port, port: 9000 }],
  },
});
const to = (host: string): Json => [{ destination: { host } }];

/** Where connections go: by server name for `tls`, with `*` for the only way otherwise. */
function ways(rules: JsonObject, addresses: readonly string[], port = 'tcp'): Record<string, string> {
  const objects = [
    service('t', port, addresses),
    ...['x', 'y', 'z'].map((name) => service(name, 'tcp', [])),
    {
      apiVersion: 'networking.istio.io/v1',
      kind: 'VirtualService',
      metadata: { name: 't', namespace: 'b' },
      spec: { hosts: ['t', 'a.t', 'b.t'], ...rules },
    },
  ];
  const bytes = new TextEncoder().encode(writeYamlDocuments(objects));
  const config = effectiveConfig(takeIn([readManifest('in.yaml', bytes)]));
  const found = compileService(config, { namespace: 'b', labels: {} }, 't.b.svc.cluster.local', 9000);
  const { virtualHosts = [], otherwise } = found?.table ?? {};
  const named = virtualHosts.map(({ domains, routes }) => {
    const [decision] = routes.map((route) => route.decision);
    const [host = ''] =
      decision?.kind === 'forward'
        ? decision.destinations.map(({ destination }) => destination.host.split('.')[0])
        : [];
    return [domains.join(), host] as const;
  });
  return named.length === 0 ? { otherwise: otherwise?.kind ?? '' } : Object.fromEntries(named);
}

const at = (...destinationSubnets: string[]): Json => [{ destinationSubnets }];

describe('rules for blocks of addresses', () => {
  const tcp = [
    { match: at('10.0.0.0/8', '192.168.0.0/16'), route: to('x') },
    { match: at('10.1.0.0/16'), route: to('y') },
    { route: to('z') },
    { match: at('10.1.2.3'), route: to('x') },
  ];

  test.each([
    [['10.1.2.3'], { '*': 'y' }],
    [['10.2.0.1'], { '*': 'x' }],
    [['172.16.0.1'], { '*': 'z' }],
    // Both addresses lead to one rule, or they do not.
    [['10.2.0.1', '192.168.0.1'], { '*': 'x' }],
    [['10.2.0.1', 'fd00::1'], { otherwise: 'unknown' }],
    [[], { otherwise: 'unknown' }],
  ])('count by the address of the service: %s', (addresses, expected) => {
    expect(ways({ tcp }, addresses)).toEqual(expected);
  });

  test('leave the service itself to addresses that no rule has', () => {
    expect(ways({ tcp: tcp.slice(0, 2) }, ['172.16.0.1'])).toEqual({ '*': 't' });
  });

  test('come before server names, and what no name has passes through', () => {
    const tls = [
      { match: [{ sniHosts: ['a.t'] }, { sniHosts: ['b.t'] }], route: to('x') },
      { match: [{ sniHosts: ['a.t'], destinationSubnets: ['10.0.0.0/8'] }], route: to('y') },
    ];
    expect(ways({ tls }, ['10.0.0.1'], 'tls')).toEqual({ 'a.t': 'y' });
    expect(ways({ tls }, ['172.16.0.1'], 'tls')).toEqual({ 'a.t': 'x', 'b.t': 'x' });
    expect(ways({ tls: tls.slice(1) }, ['172.16.0.1'], 'tls')).toEqual({ otherwise: 'passthrough' });
  });
});
