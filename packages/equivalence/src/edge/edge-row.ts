import { effectiveNamespace } from '@isthmus/kubernetes';
import type { Finding } from '../predictions.ts';
import { type Acceptance, decidedInWords, sentenceOf, type VerdictRow } from '../verdict-row.ts';
import type { EdgeSubject, EdgeVerification } from './verify-edge.ts';

/** The name of a gateway among services; no Service has a colon in its name. */
export const gatewayId = ({ namespace, name }: Pick<EdgeSubject, 'namespace' | 'name'>): string =>
  `${namespace}/gateway:${name}`;

const keyOf = (kind: string, namespace: string, name: string): string => `${kind} ${namespace || 'default'}/${name}`;

/** Which codes speak of the edge: of Gateways and routes there, and of translation in general. */
const areas = /^ISTHMUS-(?:GW|GA|VS|TR|EST)-/;

/** Tells which findings predicted a difference at the edge: warnings and blockers on the Gateways of the port and on what decides there. */
export function edgePredictions(findings: readonly Finding[]): (verification: EdgeVerification) => readonly string[] {
  const speaking = findings.filter(({ code, severity }) => severity !== 'info' && areas.test(code));
  return ({ gateways, virtualServices }) => {
    const subjects = new Set(
      [...gateways, ...virtualServices].map((one) => keyOf(one.kind, effectiveNamespace(one), one.name)),
    );
    const found = speaking.filter(
      ({ resource }) => resource !== undefined && subjects.has(keyOf(resource.kind, resource.namespace, resource.name)),
    );
    return [...new Set(found.map(({ code }) => code))].sort();
  };
}

const clientsOf = (host: string): string => (host === '*' ? 'clients of every other host' : `clients of ${host}`);

const same = 'Same for all requests that name each header once and leave no segment of their path empty.';

/** A verdict on a host of a gateway, for people and machines. */
export function presentEdge(
  verification: EdgeVerification,
  accepted: readonly Acceptance[],
  predictedBy: (verification: EdgeVerification) => readonly string[],
): VerdictRow {
  const { port, host, client, verdict } = verification;
  const service = gatewayId(verification);
  const acceptance = accepted.find(
    (one) => one.service === service && one.aspect === 'routing' && (one.port === undefined || one.port === port),
  );
  const subject = { service, port, clients: clientsOf(host), aspect: 'routing' as const };
  const decision = acceptance === undefined ? {} : { accepted: acceptance.reason };
  if (verdict.verdict === 'same') return { ...subject, verdict: 'same', sentence: same };
  if (verdict.verdict === 'undecided') {
    const { reason } = verdict;
    return { ...subject, verdict: 'undecided', sentence: `Undecided: ${reason}.`, reason, ...decision };
  }
  const { counterexample } = verdict;
  const { request, before, after, differences } = counterexample;
  const { method, authority, path, headers } = request;
  return {
    ...subject,
    verdict: 'differs',
    sentence: sentenceOf(counterexample, 'Kong Gateway'),
    counterexample: {
      client,
      request: { method, authority, path, headers },
      before: decidedInWords(before, request),
      after: decidedInWords(after, request),
      differences: differences.map(({ what, before: one, after: other }) => ({ what, before: one, after: other })),
    },
    predictedBy: predictedBy(verification),
    ...decision,
  };
}
