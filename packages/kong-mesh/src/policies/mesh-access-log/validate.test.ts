import { expect, test } from 'vitest';
import { refusals, type Trial } from '../refusals.test-support.ts';

const backends = (text: string): string => `{to: [{targetRef: {kind: Mesh}, default: {backends: ${text}}}]}`;
const at = 'spec.to[0].default.backends';

test.each([
  ['[]', 'accepted'],
  ['null', at],
  ['[{type: File}, {type: Tcp}, {type: OpenTelemetry}]', `${at}[0].file ${at}[1].tcp ${at}[2].openTelemetry`],
  ['[{type: File, file: {path: /dev/stdout}}]', 'accepted'],
  ['[{type: File, file: {path: log}}]', `${at}[0].file.path`],
  ['[{type: File, file: {path: /a, format: {type: Plain}}}]', `${at}[0].file.format.plain`],
  ['[{type: File, file: {path: /a, format: {type: Plain, plain: ""}}}]', `${at}[0].file.format.plain`],
  ['[{type: File, file: {path: /a, format: {type: Json}}}]', `${at}[0].file.format.json`],
  ['[{type: File, file: {path: /a, format: {type: Json, json: []}}}]', `${at}[0].file.format.json`],
  [
    '[{type: File, file: {path: /a, format: {type: Json, json: [{key: "", value: ""}, {key: a, value: "\\"b\\""}]}}}]',
    `${at}[0].file.format.json[0].key ${at}[0].file.format.json[0].value ${at}[0].file.format.json[1]`,
  ],
  ['[{type: Tcp, tcp: {address: "logs:9000"}}]', 'accepted'],
  ['[{type: Tcp, tcp: {address: "logs:x"}}]', `${at}[0].tcp.address`],
  [
    '[{type: OpenTelemetry, openTelemetry: {endpoint: "otel:4317", attributes: [{key: a.b, value: "%START_TIME%"}]}}]',
    'accepted',
  ],
  ['[{type: OpenTelemetry, openTelemetry: {endpoint: "http://otel"}}]', `${at}[0].openTelemetry.endpoint`],
  ['[{type: OpenTelemetry, openTelemetry: {}}]', `${at}[0].openTelemetry`],
  [
    '[{type: OpenTelemetry, openTelemetry: {endpoint: a, backendRef: {kind: MeshOpenTelemetryBackend, labels: {a: b}}}}]',
    `${at}[0].openTelemetry`,
  ],
  [
    '[{type: OpenTelemetry, openTelemetry: {backendRef: {kind: MeshOpenTelemetryBackend}}}]',
    `${at}[0].openTelemetry.backendRef`,
  ],
  [
    '[{type: OpenTelemetry, openTelemetry: {endpoint: a, attributes: [{key: otel.a, value: b}]}}]',
    `${at}[0].openTelemetry.attributes[0].key`,
  ],
])('backends %s: %s', (text, path) => expect(refusals('MeshAccessLog', backends(text))).toBe(path));

const log = '{backends: []}';

test.each([
  ['{}', {}, 'spec'],
  [`{rules: [{default: ${log}}], to: [{targetRef: {kind: Mesh}, default: ${log}}]}`, {}, 'spec'],
  ['{rules: [{matches: [{}], default: {}}]}', {}, 'spec.rules[0].default.backends'],
  // 2.13 looks into rules only beside from.
  ['{rules: [{default: {}}]}', { version: '2.13' } as Trial, 'accepted'],
  ['{from: [], rules: [{default: {}}]}', { version: '2.13' } as Trial, 'spec.rules[0].default.backends'],
  [
    `{targetRef: {kind: MeshGateway, name: g}, to: [{targetRef: {kind: MeshService, name: a}, default: ${log}}]}`,
    {},
    'spec.to[0].targetRef.kind',
  ],
  [
    backends('[{type: OpenTelemetry, openTelemetry: {endpoint: "http://otel"}}]'),
    { version: '2.13' } as Trial,
    'accepted',
  ],
  [
    backends('[{type: OpenTelemetry, openTelemetry: {}}]'),
    { version: '3.0' } as Trial,
    `${at}[0].openTelemetry.backendRef`,
  ],
  [
    backends('[{type: OpenTelemetry, openTelemetry: {backendRef: {kind: MeshOpenTelemetryBackend, labels: {a: b}}}}]'),
    { version: '3.0' } as Trial,
    'accepted',
  ],
])('%s in %j: %s', (spec, trial, path) => expect(refusals('MeshAccessLog', spec, trial)).toBe(path));
