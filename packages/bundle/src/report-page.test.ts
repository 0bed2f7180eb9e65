import type { AccessRow, VerdictRow } from '@isthmus/equivalence/tallies';
import { takeIn } from '@isthmus/istio';
import { readManifest } from '@isthmus/kubernetes';
import { defaultSettings, translate } from '@isthmus/translation';
import { expect, test } from 'vitest';
import { layOut } from './layout.ts';
import { buildReport } from './report.ts';
import { renderReportPage } from './report-page.ts';

const page = (text: string, verdicts?: readonly (VerdictRow | AccessRow)[]): string => {
  const translation = translate(takeIn([readManifest('a.yaml', new TextEncoder().encode(text))]), defaultSettings);
  return renderReportPage(buildReport(translation, translation.diagnostics, layOut(translation).fileOf, verdicts));
};

test('names from manifests are text, and nothing is loaded from outside', () => {
  const html = page(`apiVersion: networking.istio.io/v1
kind: Sidecar
metadata: {name: "<img src=x onerror=alert(1)>", namespace: "\\"'&"}
spec: {"</style><script>": 1}
`);
  expect(html).not.toContain('<img');
  expect(html).not.toContain('<script');
  expect(html).toContain('&lt;img src=x onerror=alert(1)&gt;');
  expect(html).not.toMatch(/<[^>]*\s(?:src|href)=/);
});

test('what was accepted is told with who, when and why, as text', () => {
  const text = `apiVersion: networking.istio.io/v1
kind: EnvoyFilter
metadata: {name: filter, namespace: sales}
spec: {priority: 10}
`;
  const translation = translate(takeIn([readManifest('a.yaml', new TextEncoder().encode(text))]), defaultSettings);
  const [first] = translation.diagnostics;
  const report = buildReport(translation, translation.diagnostics, layOut(translation).fileOf, undefined, (one) =>
    one === first ? { reason: 'agreed <b>', by: 'Ann', at: '2026-01-02T03:04:05.000Z' } : undefined,
  );
  expect(report.diagnostics.filter(({ accepted }) => accepted !== undefined)).toHaveLength(1);
  const html = renderReportPage(report);
  expect(html).toContain('by Ann on 2026-01-02: agreed &lt;b&gt;');
  expect(html).toMatch(/of which 1 (blocker|warning) is accepted with a reason/);
  expect(page(text)).not.toContain('accepted with a reason');
});

test('an empty report says so', () => {
  const html = page('');
  expect(html).toContain('The input holds no Istio resource.');
  expect(html).toContain('No findings. 0 fields checked.');
});

test('verdicts are counted, and what is not the same is told with what foretold it', () => {
  const subject = { service: 'sales/seats', port: 80, clients: 'all clients' };
  const html = page('', [
    { ...subject, aspect: 'routing', verdict: 'same', sentence: 'Same for all requests.' },
    { ...subject, aspect: 'resilience', verdict: 'differs', sentence: 'Differs: `GET /<b>`.', predictedBy: [] },
    { ...subject, port: 81, aspect: 'resilience', verdict: 'undecided', sentence: 'Undecided: x.', accepted: 'known' },
  ]);
  expect(html).toContain('<h2>Behaviour</h2>');
  expect(html).toContain('Differs: <code>GET /&lt;b&gt;</code>.');
  expect(html).toContain('No finding predicted this difference.');
  expect(html).toContain('Accepted: known');
  expect(html).not.toContain('Same for all requests.');
  expect(page('')).not.toContain('<h2>Behaviour</h2>');
});

test('whether access widens is answered, and what is wider stands first', () => {
  const subject = {
    aspect: 'access',
    workload: 'sales/<seats>',
    port: 80,
    callers: [],
    before: '',
    after: '',
  } as const;
  const html = page('', [
    { ...subject, count: 3, verdict: 'same', sentence: 'Three may call.' },
    { ...subject, count: 2, verdict: 'narrower', sentence: 'Two cannot call `seats` now.' },
    { ...subject, count: 1, verdict: 'wider', sentence: 'One can.' },
  ]);
  expect(html).toContain('<h2>Access</h2>');
  expect(html).toContain(
    '1 pair of caller and port can call what they could not before: 3 pairs the same, 2 narrower.',
  );
  expect(html).toContain('Two cannot call <code>seats</code> now.');
  expect(html.indexOf('One can.')).toBeLessThan(html.indexOf('Two cannot'));
  expect(html).toContain('sales/&lt;seats&gt;:80');
  expect(html).not.toContain('Three may call.');
  expect(page('', [])).not.toContain('<h2>Access</h2>');
});
