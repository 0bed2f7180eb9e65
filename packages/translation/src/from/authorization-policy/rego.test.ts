import { takeIn } from '@isthmus/istio';
import { readManifest } from '@isthmus/kubernetes';
import { expect, test } from 'vitest';
import { createWorkings } from '../../context.ts';
import { securityOf } from '../../security/view.ts';
import { defaultSettings } from '../../settings.ts';
import { regoOf } from './rego.ts';

function lines(spec: string): string[] {
  const text = `apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: {name: a, namespace: sales}
spec: ${spec}
`;
  const estate = takeIn([readManifest('a.yaml', new TextEncoder().encode(text))]);
  const view = securityOf(createWorkings(estate, defaultSettings).context);
  const [policy] = view.policies;
  if (policy === undefined) throw new Error('not read');
  return regoOf(view, [policy])
    .split('\n')
    .map((line) => line.trim());
}

test.each([
  ['{methods: ["GET"]}', 'req.method == "GET"'],
  ['{paths: [/a*]}', 'startswith(path, "/a")'],
  ['{paths: ["*.html"]}', 'endswith(path, ".html")'],
  ['{paths: ["*"]}', 'path != ""'],
  ['{paths: ["/u/{*}/x/{**}"]}', 'regex.match("^/u/[^/]+/x/.*$", path)'],
  ['{hosts: [Example.com]}', 'lower(req.host) == "example.com"'],
  ['{ports: ["8080"]}', 'input.attributes.destination.address.socketAddress.portValue == 8080'],
  ['{paths: [/a"b]}', 'path == "/a\\"b"'],
])('operation %s', (operation, expected) => {
  expect(lines(`{rules: [{to: [{operation: ${operation}}]}]}`)).toContain(expected);
});

test('several values are rules of one name, and a not-form is none of them', () => {
  const rego = lines('{rules: [{to: [{operation: {methods: [GET, PUT], notPaths: [/a, /b]}}]}]}');
  expect(rego).toContain('policy_0_rule_0_to_0_methods if { req.method == "GET" }');
  expect(rego).toContain('policy_0_rule_0_to_0_methods if { req.method == "PUT" }');
  expect(rego).toContain('not policy_0_rule_0_to_0_notPaths');
  expect(rego).toContain('policy_0_rule_0_to_0_notPaths if { path == "/b" }');
});

test('addresses and headers; one that is there may be empty', () => {
  const rego = lines(
    '{rules: [{from: [{source: {ipBlocks: [10.0.0.1]}}], when: [{key: "request.headers[X-Role]", values: [a*]}, {key: "request.headers[X-Any]", values: ["*"]}]}]}',
  );
  expect(rego).toContain('net.cidr_contains("10.0.0.1/32", input.attributes.source.address.socketAddress.address)');
  expect(rego).toContain('startswith(req.headers["x-role"], "a")');
  expect(rego).toContain('is_string(req.headers["x-any"])');
});

test('the header host is that of Envoy, and a condition on :path is one on the path', () => {
  const rego = lines(
    '{action: DENY, rules: [{when: [{key: "request.headers[host]", values: [a]}, {key: "request.headers[:path]", values: [/b]}]}]}',
  );
  expect(rego).toContain('req.headers[":authority"] == "a"');
  expect(rego).toContain('req.headers[":path"] == "/b"');
  expect(rego.some((line) => line.startsWith('denied if regex.match('))).toBe(true);
});

// Istio compares /a^b as /a%5Eb; a server of Kong Mesh gets it as it was sent.
test.each([
  ['/a*', false],
  ['/u/{*}', false],
  ['/a%5Eb', true],
  ['/a^b', true],
  ['*/\u00e9', true],
])('with the value %s, paths with characters that Istio encodes are refused: %s', (value, refused) => {
  const rego = lines(`{action: DENY, rules: [{to: [{operation: {paths: ["${value}"]}}]}]}`);
  expect(rego.some((line) => line.startsWith('denied if regex') && line.includes('["<>^\\x60{|}]'))).toBe(refused);
});

// OPA takes 10.0.0.1 for ::ffff:10.0.0.1, Envoy does not.
test('a block of IPv6 holds no address of IPv4', () => {
  expect(lines('{rules: [{from: [{source: {ipBlocks: ["::ffff:10.0.0.1"]}}]}]}')).toContain(
    'contains(input.attributes.source.address.socketAddress.address, ":"); net.cidr_contains("::ffff:10.0.0.1/128", input.attributes.source.address.socketAddress.address)',
  );
});

// What OPA does not see: an allowing rule never holds, a denying one holds whatever it is.
test('a token is to be written by hand, and until then nothing opens', () => {
  const token = '{when: [{key: "request.auth.claims[groups]", values: [crew]}]}';
  expect(lines(`{rules: [${token}]}`)).toContain('false');
  const denying = lines(`{action: DENY, rules: [${token}]}`);
  expect(denying).not.toContain('false');
  expect(denying).toContain('true');
  expect(denying).toContain('not denied');
  expect(denying).not.toContain('permitted');
});

test('a suffix and a namespace with a star within are expressions, as in Istio', () => {
  const source = '{from: [{source: {principals: ["*/sa/web"]}}], to: [{operation: {methods: [GET]}}]}';
  const own = '^spiffe://default\\\\.default\\\\.mesh\\\\.local/';
  expect(lines(`{rules: [${source}]}`)).toContain(
    `policy_0_rule_0_from_0_principals if { regex.match("${own}.*/sa/web$", caller) }`,
  );
  expect(lines('{rules: [{from: [{source: {namespaces: ["*-b"]}}], to: [{operation: {methods: [GET]}}]}]}')).toContain(
    `policy_0_rule_0_from_0_namespaces if { regex.match("${own}ns/.*-b/.*$", caller) }`,
  );
});

test('paths that Istio would normalise first are refused wherever paths are asked for', () => {
  const paths = lines('{rules: [{to: [{operation: {notPaths: [/admin]}}]}]}');
  expect(paths.some((line) => line.startsWith('denied if regex.match(`'))).toBe(true);
  expect(paths).toContain('not denied');
  expect(lines('{rules: [{to: [{operation: {methods: [GET]}}]}]}')).not.toContain('not denied');
});

test('an allowing policy without a rule that Istio understands allows nothing', () => {
  const rego = lines('{rules: [{when: [{key: "no.such.key", values: [a]}]}]}');
  expect(rego).toContain('false');
  expect(rego).not.toContain('permitted');
});
