import { createHmac } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { allCodes } from '@isthmus/diagnostics';
import { createAccessJudge, createJudge, verifyAccess } from '@isthmus/equivalence';
import { takeIn } from '@isthmus/istio';
import { isList, isManifestPath, isMap, type Json, readManifest } from '@isthmus/kubernetes';
import { sharedPath } from '@isthmus/testkit';
import { defaultSettings, type Translation, translate } from '@isthmus/translation';
import { describe, expect, test } from 'vitest';
import { layOut } from '../layout.ts';
import { buildReport, type Report } from '../report.ts';
import { renderReportMarkdown } from '../report-markdown.ts';
import { renderReportPage } from '../report-page.ts';
import { reportText } from '../report-text.ts';
import { isCommon } from './names.ts';
import { createPseudonyms, speakable } from './pseudonyms.ts';
import { underPseudonyms } from './report.ts';

const keyed = (key: string) => (text: string) => createHmac('sha256', key).update(text).digest();

function folder(path: string): Translation {
  const files = readdirSync(path, { recursive: true, encoding: 'utf8' })
    .map((file) => file.replaceAll('\\', '/'))
    .filter(isManifestPath)
    .sort();
  const readings = files.map((file) => readManifest(file, readFileSync(`${path}/${file}`)));
  return translate(takeIn(readings), { ...defaultSettings, complete: true });
}

const text = (manifest: string, file = 'acme-payroll.yaml'): Translation =>
  translate(takeIn([readManifest(file, new TextEncoder().encode(manifest))]), defaultSettings);

function reportOf(translation: Translation, isCompared = false): Report {
  const { estate, emitted, settings, diagnostics } = translation;
  const findings = diagnostics;
  const judge = createJudge({ estate, emitted, settings, findings, concerning: () => [] });
  const rows = isCompared
    ? [
        ...judge.services.flatMap((service) => judge.verify(service, [])),
        ...verifyAccess(createAccessJudge({ estate, emitted, settings, findings }), undefined, []),
      ]
    : undefined;
  return buildReport(translation, diagnostics, layOut(translation).fileOf, rows);
}

const runsOf = (of: string): string[] => of.match(/[\p{L}\p{N}_](?:[\p{L}\p{N}_-]*[\p{L}\p{N}_])?/gu) ?? [];

const naming = /^(?:name|namespace|hosts?|labels|matchLabels|selector|sourceLabels|subset|principals|namespaces)$/;

/** What an estate calls its things, found out in another way than the report does. */
function originals({ estate }: Translation): Set<string> {
  const found = new Set<string>();
  const walk = (value: Json | undefined, isName: boolean): void => {
    // What has blanks or is Envoy's is no name.
    if (typeof value === 'string' && isName && !/\s|^envoy\.|^type\.googleapis\.com/.test(value))
      for (const one of runsOf(value)) found.add(one);
    else if (isList(value)) for (const item of value) walk(item, isName);
    else if (isMap(value))
      for (const [key, part] of Object.entries(value))
        walk(part, naming.test(key) || (isName && !/^(?:kind|operator|type|protocol|regex)$/.test(key)));
  };
  for (const { object, source } of [...estate.istio, ...estate.context]) {
    walk(object, false);
    for (const part of source.file.replace(/\.\w+$/, '').split(/[/.]/)) for (const one of runsOf(part)) found.add(one);
  }
  return new Set([...found].filter((one) => /\p{L}/u.test(one) && !isCommon(one)));
}

const empty = reportOf(text(''));
/** What stands in every report, whosever it is: the words of the form and of the registry. */
const ours = new Set([
  ...runsOf([renderReportPage(empty), renderReportMarkdown(empty), reportText(empty)].join(' ')),
  ...allCodes.flatMap(({ title, message, help }) => runsOf(`${title} ${message} ${help}`)),
]);

/** The keys of a report, and its words from lists, are its own. */
function structure(value: unknown, into = new Set<string>(), key = ''): Set<string> {
  if (Array.isArray(value)) for (const item of value) structure(item, into, key);
  else if (typeof value === 'object' && value !== null)
    for (const [name, part] of Object.entries(value)) {
      into.add(name);
      structure(part, into, name);
    }
  else if (/^(?:apiVersion|kind|code|outcome|aspect|verdict|severity|predictedBy|target)$/.test(key))
    for (const one of runsOf(String(value))) into.add(one);
  return into;
}

/** The values of fields that hold names and nothing else. */
function namesIn(value: unknown, into: string[] = [], key = ''): string[] {
  if (Array.isArray(value)) for (const item of value) namesIn(item, into, key);
  else if (typeof value === 'object' && value !== null)
    for (const [name, part] of Object.entries(value)) namesIn(part, into, name);
  else if (typeof value === 'string' && /^(?:name|namespace|file|service|workload|zone|cluster)$/.test(key))
    into.push(value.replace(/^(?:\d\d-[a-z-]+|drafts|patches|kubernetes)(?:\/\d\d-[a-z-]+)?\//, ''));
  return into;
}

function expectNothingLeft(translation: Translation, isCompared: boolean): void {
  const report = reportOf(translation, isCompared);
  const { report: changed } = underPseudonyms(report, translation, keyed('key'));
  const names = originals(translation);
  const own = structure(changed);
  const left = new Map<string, string[]>();
  const outputs = {
    json: reportText(changed),
    page: renderReportPage(changed),
    markdown: renderReportMarkdown(changed),
  };
  for (const [form, output] of Object.entries(outputs)) {
    const found = [...new Set(runsOf(output))].filter((one) => names.has(one) && !ours.has(one) && !own.has(one));
    if (found.length > 0) left.set(form, found);
  }
  expect(Object.fromEntries(left)).toEqual({});
  // Names that are words of the form too, in the places of names.
  expect(
    namesIn(changed)
      .flatMap(runsOf)
      .filter((one) => names.has(one) && !/^(?:yaml|yml|json)$/.test(one)),
  ).toEqual([]);
  expect(names.size).toBeGreaterThan(3);
}

describe('nothing of the originals is left in any form of the report', () => {
  test('of Kong Air, with the verdicts', () => {
    expectNothingLeft(folder(fileURLToPath(new URL('../../../../examples/kong-air', import.meta.url))), true);
  });

  const corpus = sharedPath('corpus/files');
  test.skipIf(corpus === undefined)('of the corpus (needs ../shared)', () => {
    expectNothingLeft(folder(corpus as string), false);
  });
});

const manifest = `apiVersion: v1
kind: Service
metadata: {name: orders, namespace: payroll}
spec: {ports: [{name: http, port: 80}], selector: {app: orders}}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: orders, namespace: payroll}
spec:
  hosts: [orders.payroll.svc.cluster.local]
  http:
    - match: [{headers: {x-acme-tier: {exact: gold}}, ignoreUriCase: true, uri: {prefix: /SalaryOf}}]
      route: [{destination: {host: orders, subset: unknown-subset}}]
`;

test('the same name has the same pseudonym throughout, alone and in a host, and under the same key in another report', () => {
  const one = createPseudonyms(keyed('a'), new Set(['seats', 'sales']));
  const [seats, sales] = [one.ofName('seats'), one.ofName('sales')];
  expect(one.inText('Calls to `seats.sales.svc.cluster.local` end at seats.')).toBe(
    `Calls to \`${seats}.${sales}.svc.cluster.local\` end at ${seats}.`,
  );
  expect(one.ofName('sales/seats')).toBe(`${sales}/${seats}`);
  expect(one.ofName('spiffe://cluster.local/ns/sales/sa/seats')).toBe(`spiffe://cluster.local/ns/${sales}/sa/${seats}`);
  expect(one.ofFile('cluster=east/sales/seats.yaml')).toBe(`cluster=${one.ofName('east')}/${sales}/${seats}.yaml`);
  expect(createPseudonyms(keyed('a'), new Set()).ofName('seats')).toBe(seats);
  expect(createPseudonyms(keyed('b'), new Set()).ofName('seats')).not.toBe(seats);
  expect(seats).toMatch(/^[a-z]{5}-[a-z]{5}-[a-z]{5}$/);
});

test('a name that is a word is replaced where it is a name, and the sentence of the code stays', () => {
  const translation = text(manifest);
  const { report, names } = underPseudonyms(reportOf(translation), translation, keyed('k'));
  const json = reportText(report);
  expect(json).not.toMatch(/payroll|SalaryOf|x-acme|gold|unknown-subset/);
  expect(report.ledger.map(({ resource }) => resource.name)).toEqual([names.get('orders')]);
  for (const { code, message } of report.diagnostics) {
    const first = allCodes.find((one) => one.code === code)?.message.split(/\{\w+\}/)[0] ?? '';
    expect(message.startsWith(first)).toBe(true);
  }
});

test('what people wrote is left out, and their names are replaced', () => {
  const translation = text(manifest);
  const { estate, diagnostics } = translation;
  expect(estate.istio).toHaveLength(1);
  const report = buildReport(translation, diagnostics, layOut(translation).fileOf, undefined, () => ({
    reason: 'Bob from finance agreed',
    by: 'Alice Example',
    at: '2026-01-02T03:04:05.000Z',
  }));
  const { report: changed } = underPseudonyms(report, translation, keyed('k'));
  expect(renderReportPage(changed) + renderReportMarkdown(changed)).not.toMatch(/Alice|Example|finance/);
  expect(changed.diagnostics[0]?.accepted).toMatchObject({ reason: '[left out]', at: '2026-01-02T03:04:05.000Z' });
});

test('addresses, long numbers and tokens are names, ports and durations are not', () => {
  const { inText, ofName } = createPseudonyms(keyed('k'), new Set());
  expect(inText('10.1.2.3')).toBe(ofName('10.1.2.3'));
  expect(inText('0.0.0.0/0 port 8080 after 15s, 503')).toBe('0.0.0.0/0 port 8080 after 15s, 503');
  expect(inText('2001:db8::17')).not.toContain('db8');
  expect(inText('account 123456789012')).not.toContain('123456789012');
  expect(inText('eyJhbGciOi')).not.toContain('eyJ');
});

test('a message that its template does not explain is taken for a text', () => {
  const { inMessage, ofName } = createPseudonyms(keyed('k'), new Set(['acme']));
  expect(inMessage('ISTHMUS-AMB-001', 'message', 'acme is refused')).toBe(`${ofName('acme')} is refused`);
  expect(inMessage('NO-SUCH-CODE', 'help', 'acme')).toBe(ofName('acme'));
});

test('six bytes become three words', () => {
  expect(speakable(Uint8Array.from([127, 0, 0, 1, 63, 84]))).toBe('lusab-babad-gutih');
});

test('kinds and groups of an API that is somebody’s own are names, those of the meshes are not', () => {
  const translation = text(`apiVersion: payroll.acme.corp/v1
kind: SalaryRun
metadata: {name: march, namespace: payroll}
---
${manifest}`);
  const { report, names } = underPseudonyms(reportOf(translation), translation, keyed('k'));
  expect(report.sources[0]?.skipped[0]).toMatchObject({ kind: names.get('SalaryRun'), name: names.get('march') });
  expect(reportText(report)).not.toMatch(/acme|SalaryRun|march/);
  expect(report.ledger[0]?.resource).toMatchObject({ kind: 'VirtualService', apiVersion: 'networking.istio.io/v1' });
});
