import { effectiveNamespace } from '@isthmus/kubernetes';
import type { Finding } from '../predictions.ts';
import { type Acceptance, rowOf, type VerdictRow } from '../verdict-row.ts';
import type { EdgeSubject, EdgeVerification } from './verify-edge.ts';

/** The name of a gateway among services; no Service has a colon in its name. */
export const gatewayId = ({ namespace, name }: Pick<EdgeSubject, 'namespace' | 'name'>): string =>
  `${namespace}/gateway:${name}`;

const keyOf = (kind: string, namespace: string, name: string): string => `${kind} ${namespace || 'default'}/${name}`;

/** Which codes speak of the edge: of Gateways and routes there, and of translation in general; of times also the mesh's. */
const areas = /^ISTHMUS-(?:EXT|GW|GA|VS|TR|EST)-/;
const ofTimes = /^ISTHMUS-MC-/;

/** Tells which findings predicted a difference at the edge: warnings and blockers on the Gateways of the port and on what decides there. */
export function edgePredictions(findings: readonly Finding[]): (verification: EdgeVerification) => readonly string[] {
  const speaking = findings.filter(({ severity }) => severity !== 'info');
  return ({ gateways, virtualServices, followed, aspect }) => {
    const subjects = new Set(
      [...gateways, ...virtualServices, ...followed].map((one) => keyOf(one.kind, effectiveNamespace(one), one.name)),
    );
    const found = speaking.filter(({ code, resource }) =>
      resource === undefined
        ? aspect === 'resilience' && ofTimes.test(code)
        : areas.test(code) && subjects.has(keyOf(resource.kind, resource.namespace, resource.name)),
    );
    return [...new Set(found.map(({ code }) => code))].sort();
  };
}

const clientsOf = (host: string): string => (host === '*' ? 'clients of every other host' : `clients of ${host}`);

const same = {
  routing: 'Same for all requests that name each header once and leave no segment of their path empty.',
  resilience: 'Requests may take the same time and are tried again alike, but Kong gives each phase of one that time.',
};

/** A verdict on a host of a gateway, for people and machines. */
export function presentEdge(
  verification: EdgeVerification,
  accepted: readonly Acceptance[],
  predictedBy: (verification: EdgeVerification) => readonly string[],
): VerdictRow {
  const { port, host, client, aspect, verdict } = verification;
  const subject = { service: gatewayId(verification), port, clients: clientsOf(host), aspect };
  return rowOf(subject, verdict, {
    client,
    target: 'Kong Gateway',
    accepted,
    same: same[aspect],
    predictedBy: () => predictedBy(verification),
  });
}
