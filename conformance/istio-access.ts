import type { Access } from '@isthmus/behavior';
import { type Approach, compileAccess, type Token, takeIn } from '@isthmus/istio';
import { type Json, readManifest } from '@isthmus/kubernetes';
import type { Comparison, Suite } from './suite.ts';

/** A connection to the server of a record, and its outcome. */
export interface RecordedApproach {
  readonly client: {
    readonly identity: string | null;
    readonly tls: 'none' | 'mtls' | 'tls';
    readonly sourceIp: string;
    readonly sni?: string;
    readonly alpn?: readonly string[] | null;
  };
  readonly jwt?: { readonly kind: string; readonly claims: Readonly<Record<string, unknown>>; readonly token: string };
  readonly port: number;
  readonly method: string | null;
  readonly path: string | null;
  readonly host: string | null;
  readonly headers: Readonly<Record<string, string>>;
  readonly outcome: Access['outcome'];
  readonly status?: number;
}

/** A workload, the configuration around it, and who came to it. */
export interface RecordedAccess {
  readonly id: string;
  readonly resources: string;
  readonly server: { readonly namespace: string; readonly labels: Readonly<Record<string, string>> };
  readonly requests: readonly RecordedApproach[];
}

const states: Readonly<Record<string, Token['state']>> = {
  ok: 'valid',
  expired: 'expired',
  badsig: 'forged',
  garbage: 'unreadable',
};

/** A recorded connection in our terms. */
export function approachOf({ client, jwt, port, method, path, host, headers }: RecordedApproach): Approach {
  return {
    port,
    tls: client.tls,
    ...(client.identity === null ? {} : { certificate: { uris: [client.identity], issuer: 'root' } }),
    address: client.sourceIp,
    sni: client.sni ?? '',
    alpn: client.alpn ?? [],
    ...(method === null
      ? {}
      : {
          request: {
            method,
            authority: host ?? '',
            path: path ?? '/',
            headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), [value]])),
          },
        }),
    ...(jwt === undefined
      ? {}
      : { token: { text: jwt.token, state: states[jwt.kind] ?? 'unreadable', claims: jwt.claims } }),
  };
}

/** An outcome in words; the status of an answer counts where a rule gave it. */
const inWords = (outcome: string, status: number | undefined): string =>
  outcome === 'denied' && status !== undefined ? `${outcome} ${status}` : outcome;

function* compare(record: Json): Iterable<Comparison> {
  const { id, resources, server, requests } = record as unknown as RecordedAccess;
  const estate = takeIn([readManifest(`${id}.yaml`, new TextEncoder().encode(resources))]);
  const decide = compileAccess(estate, server, { rootNamespace: 'istio-system', clusterDomain: 'cluster.local' });
  for (const request of requests) {
    const { outcome, status, ...sent } = request;
    const access = decide(approachOf(request));
    const expected = inWords(outcome, status);
    const actual = inWords(access.outcome, access.outcome === 'denied' ? access.status : undefined);
    yield { case: `${id} ${JSON.stringify(sent)}`, agrees: expected === actual, expected, actual };
  }
}

export const istioAccess: Suite = { file: 'istio-access', compare };
