import { expect, test } from 'vitest';
import { refusals, type Trial } from '../refusals.test-support.ts';

const conf = (text: string): string => `{default: ${text}}`;
const backend = (text: string): string => conf(`{backends: [${text}]}`);
const at = 'spec.default.backends[0]';
const datadog = (url: string): string => backend(`{type: Datadog, datadog: {url: "${url}"}}`);

test.each([
  ['{}', 'spec.default.backends'],
  [conf('{sampling: {overall: 1}}'), 'spec.default.backends'],
  [conf('{backends: []}'), 'accepted'],
  [conf('{backends: [{type: Zipkin}, {type: Zipkin}]}'), 'spec.default.backends'],
  [backend('{type: Zipkin}'), `${at}.zipkin`],
  [backend('{type: Zipkin, zipkin: {url: ""}}'), `${at}.zipkin.url`],
  [backend('{type: Zipkin, zipkin: {url: "http://jaeger:9411/api/v2/spans"}}'), 'accepted'],
  [backend('{type: Datadog}'), `${at}.datadog`],
  [datadog('http://dd:8126'), 'accepted'],
  [datadog('dd:8126'), `${at}.datadog.url ${at}.datadog.url ${at}.datadog.url`],
  [datadog('https://dd:8126'), `${at}.datadog.url`],
  [datadog('http://dd'), `${at}.datadog.url`],
  [datadog('http://dd:0'), `${at}.datadog.url`],
  [datadog('http://u@dd:1/x?y'), `${at}.datadog.url`],
  [datadog('not a url'), `${at}.datadog.url`],
  [backend('{type: OpenTelemetry}'), `${at}.openTelemetry`],
  [backend('{type: OpenTelemetry, openTelemetry: {endpoint: "a?b"}}'), `${at}.openTelemetry.endpoint`],
  [
    conf('{backends: [], sampling: {client: 101, random: x, overall: "0"}}'),
    'spec.default.sampling.client spec.default.sampling.random',
  ],
  [
    conf('{backends: [], tags: [{name: ""}, {name: a, literal: b, header: {name: c}}, {name: d, literal: e}]}'),
    'spec.default.tags[0].name spec.default.tags[0] spec.default.tags[1]',
  ],
])('%s: %s', (spec, path) => expect(refusals('MeshTrace', spec)).toBe(path));

test.each([
  [backend('{type: OpenTelemetry, openTelemetry: {endpoint: "a?b"}}'), { version: '2.13' } as Trial, 'accepted'],
  [backend('{type: OpenTelemetry, openTelemetry: {}}'), { version: '3.0' } as Trial, `${at}.openTelemetry.backendRef`],
  [
    '{targetRef: {kind: MeshGateway, name: a, tags: {b: c}}, default: {backends: []}}',
    { namespace: 'kuma-system' } as Trial,
    'spec.targetRef.tags',
  ],
])('%s in %j: %s', (spec, trial, path) => expect(refusals('MeshTrace', spec, trial)).toBe(path));
