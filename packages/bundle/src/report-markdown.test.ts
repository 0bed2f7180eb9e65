import type { AccessRow, VerdictRow } from '@isthmus/equivalence/tallies';
import { takeIn } from '@isthmus/istio';
import { readManifest } from '@isthmus/kubernetes';
import { defaultSettings, translate } from '@isthmus/translation';
import { expect, test } from 'vitest';
import { layOut } from './layout.ts';
import { buildReport } from './report.ts';
import { renderReportMarkdown } from './report-markdown.ts';

const markdown = (text: string, verdicts?: readonly (VerdictRow | AccessRow)[]): string => {
  const translation = translate(takeIn([readManifest('a_b.yaml', new TextEncoder().encode(text))]), defaultSettings);
  return renderReportMarkdown(buildReport(translation, translation.diagnostics, layOut(translation).fileOf, verdicts));
};

test('names from manifests are text: no markup, no table cell, no link comes of them', () => {
  const text = markdown(`apiVersion: networking.istio.io/v1
kind: Sidecar
metadata: {name: "x|y\`<img src=x> [a](http://evil)", namespace: "**bold**"}
spec: {"_u_": 1}
`);
  const lines = text.split('\n').filter((line) => line.includes('evil'));
  expect(lines.length).toBeGreaterThan(0);
  for (const line of lines) expect(line).toMatch(/``.*evil.*``|\\\[a\\\]/);
  expect(text).toContain('a\\_b.yaml:1');
  expect(text).not.toMatch(/(?<!\\)\|y/);
});

test('an empty report says so', () => {
  const text = markdown('');
  expect(text).toContain('No findings. 0 fields checked.');
  expect(text).toContain('The input holds no Istio resource.');
  expect(text.endsWith('Nothing was left out.\n')).toBe(true);
});

test('verdicts are counted, and what is not the same is told with what foretold it', () => {
  const subject = { service: 'sales/seats', port: 80, clients: 'all clients' };
  const text = markdown('', [
    { ...subject, aspect: 'routing', verdict: 'same', sentence: 'Same for all requests.' },
    { ...subject, aspect: 'resilience', verdict: 'differs', sentence: 'Differs: `GET /a|b` <c>.', predictedBy: [] },
    { ...subject, port: 81, aspect: 'resilience', verdict: 'undecided', sentence: 'Undecided: x.', accepted: 'known' },
  ]);
  expect(text).toContain('| routing | 1 | 0 | 0 | 0 | 0 |');
  expect(text).toContain('| resilience | 0 | 1 | 0 | 1 | 1 |');
  expect(text).toContain(
    '- ✕ differs `sales/seats:80` resilience, for all clients: Differs: `GET /a\\|b` \\<c\\>. **No finding predicted this.**',
  );
  expect(text).toContain('- ○ accepted `sales/seats:81` resilience, for all clients: Undecided: x. Accepted: known');
  expect(text).not.toContain('Same for all requests');
});
