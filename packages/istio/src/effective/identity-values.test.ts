import { expect, test } from 'vitest';
import type { Attribute } from './authorization-policy.ts';
import { everyone } from './identity-set.ts';
import { expandPrincipal, type IdentityContext, identitiesOf } from './identity-values.ts';
import type { Trust } from './trust.ts';

const trust: Trust = {
  rootNamespace: 'istio-system',
  trustDomain: 'new.td',
  known: true,
  aliases: ['old.td'],
  foreign: [],
};
const context: IdentityContext = {
  trust,
  namespace: 'sales',
  accounts: [
    { namespace: 'a', name: 'reader' },
    { namespace: 'b', name: 'reader' },
    { namespace: 'b', name: 'x.reader' },
  ],
  namespaces: ['shop-prod', 'shop-test'],
};

// security.md 2.2, verified by running Istio 1.32.
test.each([
  ['new.td/ns/a/sa/b', ['new.td/ns/a/sa/b', 'old.td/ns/a/sa/b']],
  ['old.td/ns/a/sa/b', ['new.td/ns/a/sa/b', 'old.td/ns/a/sa/b']],
  ['cluster.local/ns/a/sa/b', ['new.td/ns/a/sa/b', 'old.td/ns/a/sa/b']],
  ['cluster.local/ns/a/*', ['cluster.local/ns/a/*']],
  ['other.td/ns/a/sa/b', ['other.td/ns/a/sa/b']],
  ['*/ns/a/sa/b', ['*/ns/a/sa/b']],
  ['*.td/ns/a/sa/b', ['*.td/ns/a/sa/b', 'new.td/ns/a/sa/b', 'old.td/ns/a/sa/b']],
  ['*', ['*']],
])('principal %s means %j', (value, expected) => {
  expect(expandPrincipal(value, trust)).toEqual(expected);
});

const exact = (...paths: string[]) => paths.map((path) => ({ exact: true, path }));
const prefix = (...paths: string[]) => paths.map((path) => ({ exact: false, path }));

test.each<[Attribute, string, string, unknown, unknown?]>([
  ['source.principal', 'new.td/ns/a/sa/b', 'new.td', exact('/ns/a/sa/b')],
  ['source.principal', 'new.td/ns/a/sa/b', 'old.td', exact('/ns/a/sa/b')],
  ['source.principal', 'new.td/ns/a/*', 'old.td', []],
  ['source.principal', 'new.td/ns/a/*', 'new.td', prefix('/ns/a/')],
  ['source.principal', 'ne*', 'new.td', everyone],
  ['source.principal', 'spiffe://new.td/ns/a/sa/b', 'new.td', []],
  ['source.principal', '*/ns/a/sa/b', 'any.td', exact('/ns/a/sa/b')],
  ['source.principal', '*.td/ns/a/sa/b', 'other.org', []],
  // Who has an account of that ending is known of the import only; a denial has to reach everyone.
  ['source.principal', '*/sa/reader', 'new.td', exact('/ns/a/sa/reader', '/ns/b/sa/reader'), everyone],
  ['source.namespace', 'a', 'new.td', prefix('/ns/a/')],
  ['source.namespace', 'shop*', 'new.td', prefix('/ns/shop')],
  ['source.namespace', '*-prod', 'new.td', prefix('/ns/shop-prod/'), everyone],
  ['source.namespace', 'shop*d', 'new.td', prefix('/ns/shop-prod/'), prefix('/ns/shop')],
  ['source.serviceAccount', 'web', 'new.td', exact('/ns/sales/sa/web')],
  ['source.serviceAccount', 'ops/web', 'new.td', exact('/ns/ops/sa/web')],
  ['source.trustDomain', 'old.td', 'new.td', everyone],
  ['source.trustDomain', 'cluster.local', 'new.td', []],
  ['source.trustDomain', 'oth*', 'other.td', everyone],
])('%s %s in %s', (attribute, value, domain, lower, upper = lower) => {
  expect(identitiesOf(attribute, value, domain, context)).toEqual({ lower, upper });
});
