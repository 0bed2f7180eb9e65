import { expect, test } from 'vitest';
import { refusals, type Trial } from '../refusals.test-support.ts';

const rule = (matches: string, conf = '{}'): string =>
  `{to: [{targetRef: {kind: MeshService, name: a}, rules: [{matches: ${matches}, default: ${conf}}]}]}`;
const at = 'spec.to[0].rules[0]';

test.each([
  ['[{}]', 'accepted'],
  ['[]', `${at}.matches`],
  ['[{path: {type: PathPrefix, value: /}}]', 'accepted'],
  ['[{path: {type: PathPrefix, value: /a/}}]', `${at}.matches[0].path.value`],
  ['[{path: {type: PathPrefix, value: a/}}]', `${at}.matches[0].path.value ${at}.matches[0].path.value`],
  ['[{path: {type: Exact, value: a}}]', `${at}.matches[0].path.value`],
  ['[{path: {type: Exact, value: /a/}}]', 'accepted'],
  ['[{path: {type: RegularExpression, value: "("}}]', 'accepted'],
  ['[{path: {type: Exact, value: ""}}]', `${at}.matches[0].path.value`],
  [
    '[{queryParams: [{type: Exact, name: a, value: b}, {type: Exact, name: a, value: c}]}]',
    `${at}.matches[0].queryParams[1].name`,
  ],
  [
    '[{headers: [{name: a, type: Present, value: b}, {name: a, type: Absent, value: b}]}]',
    `${at}.matches[0].headers[0].value ${at}.matches[0].headers[1].value`,
  ],
  ['[{headers: [{name: A}]}]', `${at}.matches[0].headers[0].name`],
])('matches %s: %s', (matches, path) => expect(refusals('MeshHTTPRoute', rule(matches))).toBe(path));

const filter = (text: string, matches = '[{path: {type: PathPrefix, value: /a}}]'): string =>
  rule(matches, `{filters: [${text}]}`);
const found = `${at}.default.filters[0]`;

test.each([
  ['{type: RequestHeaderModifier}', `${found}.requestHeaderModifier`],
  ['{type: ResponseHeaderModifier, responseHeaderModifier: {}}', `${found}.responseHeaderModifier`],
  [
    '{type: RequestHeaderModifier, requestHeaderModifier: {set: [{name: a, value: b}], add: [{name: a, value: b}], remove: [a, A]}}',
    `${found}.requestHeaderModifier.add[0].name ${found}.requestHeaderModifier.remove[0].name`,
  ],
  ['{type: RequestRedirect}', `${found}.requestRedirect`],
  ['{type: RequestRedirect, requestRedirect: {hostname: 10.0.0.1}}', `${found}.requestRedirect.hostname`],
  ['{type: RequestRedirect, requestRedirect: {hostname: A.b}}', `${found}.requestRedirect.hostname`],
  ['{type: RequestRedirect, requestRedirect: {statusCode: 304}}', `${found}.requestRedirect.statusCode`],
  ['{type: RequestRedirect, requestRedirect: {port: 0}}', `${found}.requestRedirect.port`],
  ['{type: RequestRedirect, requestRedirect: {path: {type: ReplacePrefixMatch, replacePrefixMatch: /b}}}', 'accepted'],
  ['{type: URLRewrite}', `${found}.urlRewrite`],
  [
    '{type: URLRewrite, urlRewrite: {hostToBackendHostname: true, hostname: a}}',
    `${found}.urlRewrite.hostToBackendHostname ${found}.urlRewrite.hostToBackendHostname`,
  ],
  ['{type: RequestMirror}', `${found}.requestMirror`],
  ['{type: RequestMirror, requestMirror: {backendRef: {kind: Mesh}}}', `${found}.requestMirror.backendRef.kind`],
  [
    '{type: RequestMirror, requestMirror: {backendRef: {kind: MeshService, name: a}, percentage: 1.5}}',
    `${found}.requestMirror.percentage`,
  ],
  ['{type: RequestMirror, requestMirror: {backendRef: {kind: MeshService, name: a}, percentage: x}}', 'accepted'],
])('a filter %s: %s', (text, path) => expect(refusals('MeshHTTPRoute', filter(text))).toBe(path));

test.each(['[{}]', '[{path: {type: PathPrefix, value: /}}, {path: {type: Exact, value: /a}}]'])(
  'a prefix is replaced only where every match has one: %s',
  (matches) => {
    const rewrite = '{type: URLRewrite, urlRewrite: {path: {type: ReplacePrefixMatch, replacePrefixMatch: /b}}}';
    expect(refusals('MeshHTTPRoute', filter(rewrite, matches))).toBe(`${found}.urlRewrite.path.replacePrefixMatch`);
  },
);

const backend = (ref: string): string => rule('[{}]', `{backendRefs: [${ref}]}`);
const v3: Trial = { version: '3.0' };

test.each([
  ['{kind: MeshService, name: a, port: 80}', {}, 'accepted'],
  ['{kind: MeshService, name: kuma.io/unresolved-backend}', {}, 'accepted'],
  ['{kind: MeshService, name: kuma.io/other}', {}, `${at}.default.backendRefs[0].name`],
  [
    '{kind: MeshServiceSubset, name: a, tags: {"": "!"}}',
    {},
    `${at}.default.backendRefs[0].tags ${at}.default.backendRefs[0].tags[""]`,
  ],
  ['{kind: MeshMultiZoneService, name: a}', {}, `${at}.default.backendRefs[0].port`],
  ['{kind: MeshExternalService, name: a, sectionName: b}', {}, `${at}.default.backendRefs[0].sectionName`],
  ['{kind: MeshService}', {}, `${at}.default.backendRefs[0]`],
  ['{kind: MeshService}', { version: '2.13' } as Trial, `${at}.default.backendRefs[0].name`],
  ['{kind: MeshService, name: a, labels: {a: b}}', {}, `${at}.default.backendRefs[0].labels`],
  ['{kind: MeshService, name: a, weight: -1}', {}, `${at}.default.backendRefs[0].weight`],
])('a backend %s in %j: %s', (ref, trial, path) => expect(refusals('MeshHTTPRoute', backend(ref), trial)).toBe(path));

const v3Rule = (conf: string): string =>
  `{to: [{targetRef: {kind: MeshService, labels: {a: b}}, rules: [{matches: [{}], default: ${conf}}]}]}`;

test.each([
  ['{backendRefs: [{kind: MeshService, labels: {a: b}, weight: 4294967295}]}', 'accepted'],
  ['{backendRefs: [{kind: MeshService, labels: {a: b}, weight: 4294967296}]}', `${at}.default.backendRefs[0].weight`],
  ['{backendRefs: [{kind: MeshService}]}', `${at}.default.backendRefs[0].labels`],
  [
    '{backendRefs: [{kind: MeshExternalService, labels: {a: b}, sectionName: c}]}',
    `${at}.default.backendRefs[0].sectionName`,
  ],
  [
    '{filters: [{type: URLRewrite, urlRewrite: {hostToBackendHostname: true}}]}',
    `${found}.urlRewrite.hostToBackendHostname`,
  ],
])('3.0 %s: %s', (conf, path) => expect(refusals('MeshHTTPRoute', v3Rule(conf), v3)).toBe(path));

test('a gateway is the whole mesh, with hostnames and with backends', () => {
  const gateway = (to: string): string => `{targetRef: {kind: MeshGateway, name: g}, to: [${to}]}`;
  const system: Trial = { namespace: 'kuma-system' };
  const open = '{targetRef: {kind: Mesh}, hostnames: [a.b], rules: [{matches: [{}], default: {}}]}';
  expect(refusals('MeshHTTPRoute', gateway(open), system)).toBe(`${at}.default.backendRefs`);
  const redirect =
    '{targetRef: {kind: Mesh}, rules: [{matches: [{}], default: {filters: [{type: RequestRedirect, requestRedirect: {}}]}}]}';
  expect(refusals('MeshHTTPRoute', gateway(redirect), system)).toBe('accepted');
  expect(
    refusals('MeshHTTPRoute', '{to: [{targetRef: {kind: MeshService, name: a}, hostnames: [b], rules: []}]}'),
  ).toBe('spec.to[0].hostnames');
  expect(refusals('MeshHTTPRoute', '{to: [{targetRef: {kind: Mesh}, rules: []}]}')).toBe('spec.to[0].targetRef.kind');
});
