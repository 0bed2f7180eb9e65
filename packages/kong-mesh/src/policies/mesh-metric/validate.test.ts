import { expect, test } from 'vitest';
import { refusals, type Trial } from '../refusals.test-support.ts';

const backend = (text: string): string => `{default: {backends: [${text}]}}`;
// Kuma names the lists twice, and leaves `prometheus` out.
const at = 'spec.default.backends.backend[0]';

test.each([
  ['{}', {}, 'accepted'],
  [
    '{default: {sidecar: {profiles: {exclude: [{type: Regex, match: "("}, {type: Exact, match: "("}]}}}}',
    {},
    'spec.default.sidecar.profiles.exclude[0].match',
  ],
  [
    '{default: {sidecar: {profiles: {include: [{type: Regex, match: "(?=a)"}]}}}}',
    {},
    'spec.default.sidecar.profiles.include[0].match',
  ],
  [
    '{default: {sidecar: {profiles: {appendProfiles: [{name: Basics}]}}}}',
    {},
    'spec.default.sidecar.profiles.appendProfiles[0].name',
  ],
  ['{default: {applications: [{port: 0}, {port: 65535}]}}', {}, 'spec.default.applications.application[0]'],
  [backend('{type: Prometheus}'), {}, `${at}.prometheus`],
  [backend('{type: Prometheus, prometheus: {}}'), {}, 'accepted'],
  [backend('{type: Prometheus, prometheus: {port: 65536}}'), {}, `${at}.port`],
  [backend('{type: OpenTelemetry}'), {}, `${at}.openTelemetry`],
  [backend('{type: OpenTelemetry, openTelemetry: {endpoint: "otel:4317"}}'), {}, 'accepted'],
  [backend('{type: OpenTelemetry, openTelemetry: {endpoint: otel}}'), {}, `${at}.openTelemetry.endpoint`],
  [backend('{type: OpenTelemetry, openTelemetry: {endpoint: otel.svc}}'), { version: '2.13' } as Trial, 'accepted'],
  [
    backend('{type: OpenTelemetry, openTelemetry: {endpoint: "http://otel"}}'),
    { version: '2.13' } as Trial,
    `${at}.openTelemetry.endpoint`,
  ],
  [
    backend('{type: OpenTelemetry, openTelemetry: {refreshInterval: 1}}'),
    { version: '3.0' } as Trial,
    'spec.default.backends[0].openTelemetry.refreshInterval',
  ],
  [backend('{type: OpenTelemetry, openTelemetry: {}}'), { version: '3.0' } as Trial, `${at}.openTelemetry.backendRef`],
  ['{targetRef: {kind: Dataplane, sectionName: a}}', {}, 'spec.targetRef.sectionName'],
])('%s in %j: %s', (spec, trial, path) => expect(refusals('MeshMetric', spec, trial)).toBe(path));
