import fc from 'fast-check';
import type { Manifest } from './manifest.ts';
import { defaults, list, resource, type Surroundings, selector, some } from './surroundings.ts';

/** PeerAuthentications of every scope and mode, with exceptions for ports where there is a selector. */
export function arbitraryPeerAuthentication(surroundings: Surroundings = {}): fc.Arbitrary<Manifest> {
  const { ports } = { ...defaults, ...surroundings };
  const mtls = fc.constantFrom('UNSET', 'DISABLE', 'PERMISSIVE', 'STRICT').map((mode) => ({ mode }));
  const portLevelMtls = fc.dictionary(fc.constantFrom(...ports.map(String)), mtls, {
    minKeys: 1,
    maxKeys: 2,
    noNullPrototype: true,
  });
  const spec = fc.oneof(some({ mtls }), some({ selector, mtls, portLevelMtls }, 'selector'));
  return resource('security.istio.io/v1', 'PeerAuthentication', surroundings, spec);
}

/** AuthorizationPolicies: allow-nothing and allow-all, identities, what only HTTP has, negations, every action. */
export function arbitraryAuthorizationPolicy(surroundings: Surroundings = {}): fc.Arbitrary<Manifest> {
  const { namespaces, ports } = { ...defaults, ...surroundings };
  const principals = list(
    fc.constantFrom('cluster.local/ns/sales/sa/web', 'kongair.internal/ns/*', '*/sa/web', '*'),
    2,
  );
  const someNamespaces = list(fc.constantFrom(...namespaces), 2);
  const source = fc.oneof(
    some({ principals }, 'principals'),
    some({ namespaces: someNamespaces, notPrincipals: principals }, 'namespaces'),
    some({ notNamespaces: someNamespaces }, 'notNamespaces'),
    some({ ipBlocks: fc.constant(['10.0.0.0/8']), requestPrincipals: fc.constant(['*']) }, 'ipBlocks'),
  );
  const operation = fc.oneof(
    some({ ports: list(fc.constantFrom(...ports.map(String)), 2) }, 'ports'),
    some(
      { methods: list(fc.constantFrom('GET', 'POST'), 2), paths: list(fc.constantFrom('/api/*', '/admin', '*/x'), 2) },
      'methods',
    ),
    some({ notPaths: fc.constant(['/healthz']), hosts: fc.constant(['*.example.com']) }, 'notPaths'),
  );
  const when = fc.constantFrom(
    { key: 'request.headers[x-market]', values: ['ie'] },
    { key: 'source.namespace', notValues: ['sales'] },
    { key: 'request.auth.claims[groups]', values: ['staff'] },
  );
  const rule = some({
    from: list(
      source.map((found) => ({ source: found })),
      2,
    ),
    to: list(
      operation.map((found) => ({ operation: found })),
      2,
    ),
    when: list(when, 2),
  });
  const spec = fc.oneof(
    some({ selector }),
    some({ selector, action: fc.constant('ALLOW'), rules: fc.array(rule, { maxLength: 2 }) }, 'rules'),
    some({ selector, action: fc.constantFrom('DENY', 'AUDIT'), rules: list(rule, 2) }, 'action', 'rules'),
    some(
      {
        selector,
        action: fc.constant('CUSTOM'),
        provider: fc.constant({ name: 'screen' }),
        rules: list(some({ to: fc.constant([{ operation: { paths: ['/card'] } }]) }, 'to'), 1),
      },
      'action',
      'provider',
      'rules',
    ),
  );
  return resource('security.istio.io/v1', 'AuthorizationPolicy', surroundings, spec);
}
