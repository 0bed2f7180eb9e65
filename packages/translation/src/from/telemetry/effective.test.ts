import { takeIn } from '@isthmus/istio';
import { readManifest } from '@isthmus/kubernetes';
import { describe, expect, test } from 'vitest';
import { createWorkings } from '../../context.ts';
import { defaultSettings } from '../../settings.ts';
import { effectiveLogs, effectiveTrace, type Mode } from './effective.ts';
import { levelsOf } from './levels.ts';

const mesh = `
apiVersion: v1
kind: ConfigMap
metadata: {name: istio, namespace: istio-system}
data:
  mesh: |
    DEFAULTS
    extensionProviders:
      - {name: a, envoyFileAccessLog: {path: /a}}
      - {name: b, envoyFileAccessLog: {path: /b}}
      - {name: z, zipkin: {service: z.sales.svc.cluster.local, port: 1}}
`;

const telemetry = (index: number, where: string, spec: string): string => `---
apiVersion: telemetry.istio.io/v1
kind: Telemetry
metadata: {name: t${index}, namespace: ${where.startsWith('mesh') ? 'istio-system' : 'sales'}, creationTimestamp: "2024-01-0${index + 1}T00:00:00Z"}
spec: {${where === 'pods' ? 'selector: {matchLabels: {app: pay}}, ' : ''}${spec}}
`;

/** What Istio merges for the pods of one workload. */
function chainOf(specs: readonly (readonly [where: string, spec: string])[], defaults = '{}') {
  const text = [
    mesh.replace('DEFAULTS', `defaultProviders: ${defaults}`),
    ...specs.map(([where, spec], index) => telemetry(index, where, spec)),
  ].join('\n');
  const { context } = createWorkings(takeIn([readManifest('a.yaml', new TextEncoder().encode(text))]), defaultSettings);
  const workload = { namespace: 'sales', labels: { app: 'pay' } };
  return { context, chain: levelsOf(context).chainOfWorkload(workload) };
}

function logs(specs: readonly (readonly [string, string])[], mode: Mode, defaults?: string): string {
  const { context, chain } = chainOf(specs, defaults);
  const found = effectiveLogs(context, chain, mode);
  return (
    found?.map(({ name, disabled, filter }) => `${disabled ? 'not ' : ''}${name}${filter ? ' if' : ''}`).join() ??
    'older'
  );
}

const on = 'providers: [{name: a}]';

describe('access logs as Istio merges them', () => {
  test.each<[string, [string, string][], string, string, string?]>([
    ['nothing says anything', [], 'older', 'older'],
    ['default providers', [], 'a', 'a', '{accessLogging: [a]}'],
    [
      'the nearest level that names providers replaces the others (T28)',
      [
        ['mesh', `accessLogging: [{${on}}]`],
        ['namespace', 'accessLogging: [{providers: [{name: b}]}]'],
      ],
      'b',
      'b',
    ],
    [
      'a level without providers inherits',
      [
        ['mesh', `accessLogging: [{${on}}]`],
        ['pods', 'accessLogging: [{}]'],
      ],
      'a',
      'a',
    ],
    [
      'disabled without providers turns off what is inherited (T15)',
      [
        ['mesh', `accessLogging: [{${on}}]`],
        ['pods', 'accessLogging: [{disabled: true}]'],
      ],
      'not a',
      'not a',
    ],
    [
      'disabled turns off the default providers (T15)',
      [['namespace', 'accessLogging: [{disabled: true}]']],
      'not a',
      'not a',
      '{accessLogging: [a]}',
    ],
    [
      'disabled does nothing against accessLogFile (T15)',
      [['namespace', 'accessLogging: [{disabled: true}]']],
      'older',
      'older',
    ],
    [
      'what a wider level turns off an item without providers turns on again',
      [
        ['mesh', `accessLogging: [{${on}}]`],
        ['namespace', 'accessLogging: [{disabled: true}]'],
        ['pods', 'accessLogging: [{}]'],
      ],
      'a',
      'a',
    ],
    ['one side only (T14)', [['mesh', `accessLogging: [{${on}, match: {mode: SERVER}}]`]], 'older', 'a'],
    [
      'a side that no item is for logs nothing of the defaults',
      [['namespace', 'accessLogging: [{providers: [{name: b}], match: {mode: SERVER}}]']],
      'older',
      'b',
      '{accessLogging: [a]}',
    ],
    [
      'a filter without providers is dropped (T16)',
      [
        ['mesh', `accessLogging: [{${on}}]`],
        ['pods', 'accessLogging: [{filter: {expression: "true"}}]'],
      ],
      'a',
      'a',
    ],
    [
      'a filter with providers counts (T16)',
      [['mesh', `accessLogging: [{${on}, filter: {expression: "true"}}]`]],
      'a if',
      'a if',
    ],
    [
      'of two Telemetries for pods the younger wins',
      [
        ['pods', `accessLogging: [{${on}}]`],
        ['pods', 'accessLogging: [{providers: [{name: b}]}]'],
      ],
      'b',
      'b',
    ],
    [
      'of two Telemetries for a namespace the older is used',
      [
        ['namespace', `accessLogging: [{${on}}]`],
        ['namespace', 'accessLogging: [{providers: [{name: b}]}]'],
      ],
      'a',
      'a',
    ],
    [
      'providers that nobody knows leave the older setting (T13)',
      [
        ['mesh', `accessLogging: [{${on}}]`],
        ['pods', 'accessLogging: [{providers: [{name: lost}]}]'],
      ],
      'older',
      'older',
    ],
    [
      'providers that log nothing leave the older setting',
      [['pods', 'accessLogging: [{providers: [{name: z}]}]']],
      'older',
      'older',
    ],
    ['names of providers know no case', [['pods', 'accessLogging: [{providers: [{name: A}]}]']], 'A', 'A'],
    [
      'a Telemetry for a gateway is nobody’s',
      [
        [
          'namespace',
          `targetRefs: [{kind: Gateway, name: g, group: gateway.networking.k8s.io}], accessLogging: [{${on}}]`,
        ],
      ],
      'older',
      'older',
    ],
  ])('%s', (_, specs, client, server, defaults) => {
    expect([logs(specs, 'CLIENT', defaults), logs(specs, 'SERVER', defaults)]).toEqual([client, server]);
  });
});

describe('traces as Istio merges them', () => {
  const trace = (specs: [string, string][], mode: Mode, defaults?: string): unknown => {
    const { context, chain } = chainOf(specs, defaults);
    const spec = effectiveTrace(context, chain, mode);
    return spec && [spec.named?.value, spec.disabled?.value, spec.sampling?.value, spec.tags?.value];
  };
  test('fields of narrower levels override one by one, tags as a whole (T28)', () => {
    const specs: [string, string][] = [
      [
        'mesh',
        'tracing: [{providers: [{name: z}], disableSpanReporting: true, customTags: {x: {literal: {value: y}}}}]',
      ],
      ['namespace', 'tracing: [{randomSamplingPercentage: 5}]'],
      ['pods', 'tracing: [{disableSpanReporting: false, customTags: {v: {literal: {value: w}}}}]'],
    ];
    expect(trace(specs, 'CLIENT')).toEqual(['z', false, 5, { v: { literal: { value: 'w' } } }]);
  });
  test('sides differ (T7)', () => {
    const specs: [string, string][] = [
      ['mesh', 'tracing: [{providers: [{name: z}]}, {match: {mode: SERVER}, disableSpanReporting: true}]'],
    ];
    expect([trace(specs, 'CLIENT'), trace(specs, 'SERVER')]).toEqual([
      ['z', undefined, undefined, undefined],
      ['z', true, undefined, undefined],
    ]);
  });
  test('the default provider counts without a Telemetry', () => {
    expect(trace([], 'CLIENT', '{tracing: [z, b]}')).toEqual(['z', undefined, undefined, undefined]);
    expect(trace([], 'CLIENT')).toBeUndefined();
  });
});
