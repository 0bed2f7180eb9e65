import type { JsonObject } from '@isthmus/kubernetes';
import fc from 'fast-check';
import type { Manifest } from './manifest.ts';
import { defaults, exportTo, labels, list, percent, resource, type Surroundings, some } from './surroundings.ts';

/** ServiceEntries of every resolution that go together with their hosts, addresses and endpoints. */
export function arbitraryServiceEntry(surroundings: Surroundings = {}): fc.Arbitrary<Manifest> {
  const location = fc.constantFrom('MESH_EXTERNAL', 'MESH_INTERNAL');
  const ports = fc.constantFrom(
    [{ number: 80, name: 'http', protocol: 'HTTP' }],
    [{ number: 80, name: 'http', protocol: 'HTTP', targetPort: 443 }],
    [
      { number: 443, name: 'tls', protocol: 'TLS' },
      { number: 9090, name: 'grpc', protocol: 'GRPC' },
    ],
    [{ number: 5671, name: 'tcp-amqp', protocol: 'TCP' }],
  );
  const hosts = fc.constantFrom(['api.partner.example'], ['gds.partner.example']);
  const endpoints = list(
    some(
      {
        address: fc.constantFrom('10.1.2.3', '10.1.2.4'),
        weight: percent,
        locality: fc.constant('eu-west-1/a'),
        labels,
      },
      'address',
    ),
    2,
  );
  const spec = fc.oneof(
    some({ hosts, location, ports, resolution: fc.constant('DNS'), exportTo }, 'hosts', 'ports', 'resolution'),
    some(
      { hosts: fc.constant(['*.pictures.example']), location, ports, resolution: fc.constant('NONE') },
      'hosts',
      'ports',
    ),
    some(
      { hosts, location, ports, resolution: fc.constant('STATIC'), endpoints, addresses: fc.constant(['10.9.0.0/16']) },
      'hosts',
      'ports',
      'resolution',
      'endpoints',
    ),
    some(
      { hosts, ports, resolution: fc.constant('STATIC'), workloadSelector: labels.map((found) => ({ labels: found })) },
      'hosts',
      'ports',
      'resolution',
      'workloadSelector',
    ),
  );
  return resource('networking.istio.io/v1', 'ServiceEntry', surroundings, spec);
}

/** Gateways with servers for HTTP and for TLS of every mode. */
export function arbitraryGateway(surroundings: Surroundings = {}): fc.Arbitrary<Manifest> {
  const hosts = fc.constantFrom(
    ['www.kongair.example'],
    ['*.kongair.example'],
    ['*'],
    ['sales/www.kongair.example', './m.kongair.example'],
  );
  const http = some({ hosts, tls: fc.boolean().map((httpsRedirect) => ({ httpsRedirect })) }, 'hosts').map(
    (server) => ({
      port: { number: 80, name: 'http', protocol: 'HTTP' },
      ...server,
    }),
  );
  const tls = fc.oneof(
    fc.constantFrom('SIMPLE', 'MUTUAL', 'OPTIONAL_MUTUAL').map((mode) => ({ mode, credentialName: 'kongair-tls' })),
    fc.constantFrom({ mode: 'PASSTHROUGH' }, { minProtocolVersion: 'TLSV1_2' }, {}),
  );
  const https = fc.record({ hosts, tls }, { noNullPrototype: true }).map((server) => ({
    port: { number: 443, name: 'https', protocol: 'HTTPS' },
    ...server,
  }));
  const servers = fc.oneof(
    http.map((server) => [server]),
    https.map((server) => [server]),
    fc.tuple(http, https),
  );
  const spec = fc.record({ selector: fc.constant({ istio: 'ingressgateway' }), servers }, { noNullPrototype: true });
  return resource('networking.istio.io/v1', 'Gateway', surroundings, spec as fc.Arbitrary<JsonObject>);
}

/** Kubernetes Services: protocols by name, by appProtocol or not at all; headless, external and without selector. */
export function arbitraryService(surroundings: Surroundings = {}): fc.Arbitrary<Manifest> {
  const ports = fc.uniqueArray(
    some(
      {
        name: fc.constantFrom('http', 'http-web', 'grpc', 'tcp-db', 'web', 'mysql'),
        port: fc.constantFrom(...(surroundings.ports ?? defaults.ports)),
        targetPort: fc.constantFrom<(string | number)[]>(8080, 'http'),
        appProtocol: fc.constantFrom('http', 'http2', 'grpc', 'tcp', 'redis', 'kubernetes.io/h2c'),
        protocol: fc.constantFrom('TCP', 'UDP'),
      },
      'name',
      'port',
    ),
    { minLength: 1, maxLength: 3, selector: (port) => port.name, comparator: 'IsStrictlyEqual' },
  );
  const spec = fc.oneof(
    {
      weight: 5,
      arbitrary: some(
        { selector: labels, ports, type: fc.constantFrom('ClusterIP', 'LoadBalancer') },
        'selector',
        'ports',
      ),
    },
    {
      weight: 1,
      arbitrary: some({ selector: labels, ports, clusterIP: fc.constant('None') }, 'selector', 'ports', 'clusterIP'),
    },
    { weight: 1, arbitrary: some({ ports }, 'ports') },
    { weight: 1, arbitrary: fc.constant({ type: 'ExternalName', externalName: 'api.partner.example' }) },
  );
  return resource('v1', 'Service', surroundings, spec);
}
