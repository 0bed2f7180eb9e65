import fc from 'fast-check';
import type { Manifest } from './manifest.ts';
import {
  defaults,
  exportTo,
  headerName,
  labels,
  list,
  name,
  percent,
  resource,
  type Surroundings,
  seconds,
  some,
} from './surroundings.ts';

const path = fc.constantFrom('/', '/api', '/api/', '/api/v2', '/seat', '/seatmap', '/pnr', 'lounge', '');
const pattern = fc.constantFrom('/api/.*', '/pnr/[A-Z0-9]{6}', '.*', '^/a$');
const word = fc.constantFrom('1', 'true', 'web', 'kiosk-', 'ie');
const stringMatch = fc.oneof(
  path.map((exact) => ({ exact })),
  path.map((prefix) => ({ prefix })),
  pattern.map((regex) => ({ regex })),
);
const valueMatch = fc.oneof(
  word.map((exact) => ({ exact })),
  word.map((prefix) => ({ prefix })),
  pattern.map((regex) => ({ regex })),
  fc.constant({}),
);
const headerMatches = fc.dictionary(headerName, valueMatch, { minKeys: 1, maxKeys: 2, noNullPrototype: true });
const headerValues = fc.dictionary(headerName, word, { minKeys: 1, maxKeys: 2, noNullPrototype: true });
const headerOperations = some({ set: headerValues, add: headerValues, remove: list(headerName, 2) });
const headers = some({ request: headerOperations, response: headerOperations });
/** VirtualServices with the matches and actions that people use: order, overlaps, weights, faults, rewrites, redirects. */
export function arbitraryVirtualService(surroundings: Surroundings = {}): fc.Arbitrary<Manifest> {
  const { hosts, subsets, ports } = { ...defaults, ...surroundings };
  const port = fc.constantFrom(...ports);
  const host = fc.constantFrom(...hosts);
  const destination = some(
    { host, subset: fc.constantFrom(...subsets), port: port.map((number) => ({ number })) },
    'host',
  );
  const one = some({ destination, headers }, 'destination').map((route) => [route]);
  const split = fc
    .tuple(
      list(some({ destination, weight: percent, headers }, 'destination')),
      destination,
      fc.integer({ min: 1, max: 100 }),
    )
    .map(([routes, last, weight]) => [...routes, { destination: last, weight }]);
  const match = some({
    uri: stringMatch,
    ignoreUriCase: fc.boolean(),
    method: fc.constantFrom('GET', 'POST').map((exact) => ({ exact })),
    headers: headerMatches,
    withoutHeaders: headerMatches,
    queryParams: headerMatches,
    port,
    sourceLabels: labels,
    sourceNamespace: fc.constantFrom(...defaults.namespaces),
  });
  const retries = fc.oneof(
    fc.constant({ attempts: 0 }),
    some(
      {
        attempts: fc.integer({ min: 1, max: 5 }),
        perTryTimeout: seconds,
        retryOn: fc.constantFrom('5xx', 'reset,503'),
      },
      'attempts',
    ),
  );
  const percentage = percent.map((value) => ({ value }));
  const fault = some({
    delay: some({ fixedDelay: seconds, percentage }, 'fixedDelay'),
    abort: some({ httpStatus: fc.constantFrom(400, 500, 503), percentage }, 'httpStatus'),
  });
  const routing = some(
    {
      name,
      match: list(match),
      route: fc.oneof(one, split),
      timeout: seconds,
      retries,
      fault,
      headers,
      rewrite: fc.oneof(
        path.map((uri) => ({ uri })),
        host.map((authority) => ({ authority })),
      ),
      mirror: destination,
      mirrorPercentage: percentage,
    },
    'route',
  );
  const redirecting = some(
    {
      match: list(match),
      redirect: some({ uri: path, authority: host, redirectCode: fc.constantFrom(301, 302, 307, 308) }, 'authority'),
    },
    'redirect',
  );
  const http = list(fc.oneof({ weight: 5, arbitrary: routing }, { weight: 1, arbitrary: redirecting }), 4);
  const tcp = list(
    some({ match: list(some({ port })), route: destination.map((to) => [{ destination: to }]) }, 'route'),
    2,
  );
  const spec = some(
    { hosts: list(host, 2), gateways: fc.constantFrom(['mesh'], ['sales/public', 'mesh']), exportTo, http, tcp },
    'hosts',
    'http',
  );
  return resource('networking.istio.io/v1', 'VirtualService', surroundings, spec);
}
