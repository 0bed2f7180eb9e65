import type { AccessRow, VerdictRow } from '@isthmus/equivalence/tallies';
import type { LedgerField, Translation } from '@isthmus/translation';
import type { Report } from '../report.ts';
import { namesOf } from './names.ts';
import { createPseudonyms, type KeyedHash, type Pseudonyms } from './pseudonyms.ts';

/** What people wrote in their own words: no list of names could tell what it gives away. */
const leftOut = '[left out]';

// Groups of the meshes, of Kubernetes and of the tools that everybody uses; others may be somebody's own.
const publicGroup = /(?:^|\.)(?:istio\.io|k8s\.io|kuma\.io|konghq\.com|argoproj\.io|cert-manager\.io|knative\.dev)\//;

function apiVersionOf(apiVersion: string, { ofName }: Pseudonyms): string {
  if (publicGroup.test(apiVersion) || /^(?:(?:apps|batch|autoscaling|policy)\/)?v\d\w*$/.test(apiVersion))
    return apiVersion;
  const slash = apiVersion.lastIndexOf('/');
  return slash < 0 ? ofName(apiVersion) : ofName(apiVersion.slice(0, slash)) + apiVersion.slice(slash);
}

interface Subject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
}

const subject = <S extends Subject>(of: S, names: Pseudonyms): S => ({
  ...of,
  apiVersion: apiVersionOf(of.apiVersion, names),
  kind: names.ofKind(of.kind),
  namespace: names.ofName(of.namespace),
  name: names.ofName(of.name),
});

type Entry = Report['ledger'][number];

const field = (of: LedgerField, { inText }: Pseudonyms): LedgerField => ({
  ...of,
  path: inText(of.path, true),
  targets: of.targets.map((target) => ({ ...target, path: inText(target.path, true) })),
});

const entry = ({ resource, fields }: Entry, names: Pseudonyms): Entry => ({
  resource: {
    ...subject(resource, names),
    file: names.ofFile(resource.file),
    ...(resource.cluster === undefined ? {} : { cluster: names.ofName(resource.cluster) }),
  },
  fields: fields.map((one) => field(one, names)),
});

function diagnostic(of: Report['diagnostics'][number], names: Pseudonyms): Report['diagnostics'][number] {
  const { code, message, help, resource, file, path, related, accepted } = of;
  return {
    ...of,
    message: names.inMessage(code, 'message', message),
    help: names.inMessage(code, 'help', help),
    ...(resource === undefined ? {} : { resource: subject(resource, names) }),
    ...(file === undefined ? {} : { file: names.ofFile(file) }),
    ...(path === undefined ? {} : { path: names.inText(path, true) }),
    related: related.map((one) => ({ ...one, file: names.ofFile(one.file), message: names.inText(one.message) })),
    ...(accepted === undefined ? {} : { accepted: { ...accepted, reason: leftOut, by: names.ofName(accepted.by) } }),
  };
}

// Words of Isthmus in verdicts; everything else in them is text.
const fixedKeys = new Set(['aspect', 'verdict', 'predictedBy']);

function inVerdict(value: unknown, key: string, names: Pseudonyms): unknown {
  if (fixedKeys.has(key)) return value;
  if (typeof value === 'string') {
    if (key === 'accepted') return leftOut;
    return key === 'service' || key === 'workload' ? names.ofName(value) : names.inText(value);
  }
  if (Array.isArray(value)) return value.map((item) => inVerdict(item, key, names));
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, inVerdict(part, name, names)]));
  return value;
}

function resource(of: Report['resources'][number], names: Pseudonyms): Report['resources'][number] {
  const { zone, overridden } = of;
  return {
    ...subject(of, names),
    file: names.ofFile(of.file, true),
    ...(zone === undefined ? {} : { zone: names.ofName(zone) }),
    ...(overridden === undefined
      ? {}
      : {
          overridden: {
            ...overridden,
            paths: overridden.paths.map((path) => names.inText(path, true)),
            reason: leftOut,
            ...(overridden.by === undefined ? {} : { by: names.ofName(overridden.by) }),
          },
        }),
  };
}

/** A report under pseudonyms, and for its owner which name each stands for. */
export interface PseudonymousReport {
  readonly report: Report;
  readonly names: ReadonlyMap<string, string>;
}

/**
 * Replaces every name of an estate in its report: those of namespaces, services and resources, hosts, values of labels, files,
 * identities, and whatever stands in a sentence without being a word of Isthmus. The same name has the same pseudonym
 * everywhere, and in every report under the same key; reasons that people wrote are left out.
 * @param hash a keyed hash: without the key nobody can find out by trying which name a pseudonym stands for
 */
export function underPseudonyms(report: Report, translation: Translation, hash: KeyedHash): PseudonymousReport {
  const names = createPseudonyms(hash, namesOf(translation));
  const changed: Report = {
    ...report,
    pseudonyms: true,
    sources: report.sources.map(({ file, skipped, ...counts }) => ({
      file: names.ofFile(file),
      ...counts,
      skipped: skipped.map(({ line, kind, name, reason }) => ({
        line,
        kind: names.ofKind(kind),
        name: names.ofName(name),
        reason: names.inText(reason),
      })),
    })),
    ledger: report.ledger.map((one) => entry(one, names)),
    context: report.context.map((one) => entry(one, names)),
    diagnostics: report.diagnostics.map((one) => diagnostic(one, names)),
    resources: report.resources.map((one) => resource(one, names)),
    ...(report.equivalence === undefined
      ? {}
      : { equivalence: report.equivalence.map((row) => inVerdict(row, '', names) as VerdictRow | AccessRow) }),
  };
  return { report: changed, names: names.table };
}
