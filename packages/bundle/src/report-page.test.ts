import { takeIn } from '@isthmus/istio';
import { readManifest } from '@isthmus/kubernetes';
import { defaultSettings, translate } from '@isthmus/translation';
import { expect, test } from 'vitest';
import { layOut } from './layout.ts';
import { buildReport } from './report.ts';
import { renderReportPage } from './report-page.ts';

const page = (text: string): string => {
  const translation = translate(takeIn([readManifest('a.yaml', new TextEncoder().encode(text))]), defaultSettings);
  return renderReportPage(buildReport(translation, translation.diagnostics, layOut(translation).fileOf));
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

test('an empty report says so', () => {
  const html = page('');
  expect(html).toContain('The input holds no Istio resource.');
  expect(html).toContain('No findings. 0 fields checked.');
});
