import type { Access, Arrival } from '@isthmus/behavior';
import { checkAdmission, compileKongMeshAccess, identityAuthority, meshAuthority } from '@isthmus/kong-mesh';
import { isMap, type Json, type JsonObject, parseYaml } from '@isthmus/kubernetes';
import type { Comparison, Suite } from './suite.ts';

interface RecordedRequest {
  readonly client: {
    readonly identity: string | null;
    readonly tls: Arrival['tls'];
    readonly ca?: string;
    readonly sni?: string;
    readonly alpn?: readonly string[];
    /** `pod.namespace`: whose certificate of the Mesh's own authority it is. */
    readonly workload?: string;
  };
  readonly port: number;
  readonly outcome: Access['outcome'];
  readonly status?: number;
  readonly why?: string;
}

interface Recorded {
  readonly id: string;
  readonly mesh: string;
  readonly server: {
    readonly namespace: string;
    readonly labels: Readonly<Record<string, string>>;
    readonly serviceAccount: string;
  };
  readonly resources: string;
  readonly requests?: readonly RecordedRequest[];
  readonly sans?: Readonly<Record<string, readonly string[]>>;
  readonly envoyRefused?: Readonly<Record<string, string>>;
  readonly refused?: readonly { readonly kind: string; readonly name: string }[];
}

/** Roots that the recording made carry their name in the certificate. */
function rootName(pem: string): string {
  const content = atob(pem.replace(/-----[^-]+-----|\s/g, ''));
  return ['judge-istio', 'judge-partner'].find((name) => content.includes(name)) ?? pem;
}

function issuerOf(ca: string, mesh: string): string {
  if (ca === 'MeshIdentity') return identityAuthority(`identity-${mesh}`);
  return ca === 'Mesh.mtls' ? meshAuthority : ca;
}

function arrivalOf({ client, port }: RecordedRequest, { mesh, sans = {} }: Recorded): Arrival {
  const { identity, tls, ca = 'unknown', sni, alpn, workload } = client;
  const uris = workload === undefined ? [identity ?? ''] : (sans[workload] ?? []);
  return {
    port,
    tls,
    ...(tls === 'mtls' ? { certificate: { uris, issuer: issuerOf(ca, mesh) } } : {}),
    ...(sni === undefined ? {} : { sni }),
    ...(alpn === undefined ? {} : { alpn }),
  };
}

/** The policy that denied, as the proxy's log names it; `[none]` is what rules of the older form say of nobody's. */
function deniedBy(
  { rule }: Access & { readonly outcome: 'denied' },
  mesh: string,
  recorded: string | undefined,
): string {
  if (rule !== undefined) return `[kri_mtp_${mesh}_default_${rule.namespace}_${rule.name}_]`;
  return recorded === '[none]' ? recorded : '[default]';
}

const admitted = (objects: readonly JsonObject[]): string[] =>
  objects
    .filter(({ kind }) => kind === 'MeshTrafficPermission' || kind === 'MeshTLS')
    .filter((object) => !checkAdmission(object, '2.14', { systemNamespace: 'kuma-system' }).accepted)
    .map(({ kind, metadata }) => `${kind}/${isMap(metadata ?? null) ? (metadata as JsonObject).name : ''}`);

function* compare(record: Json): Iterable<Comparison> {
  const recorded = record as unknown as Recorded;
  const { id, mesh, server, resources, requests = [], refused = [], envoyRefused = {} } = recorded;
  const objects = parseYaml(resources).flatMap(({ value }) => (isMap(value) ? [value] : []));
  const expectedRefusals = refused
    .map(({ kind, name }) => `${kind}/${name}`)
    .sort()
    .join(', ');
  const ours = admitted(objects).sort().join(', ');
  yield { case: `${id} admission`, agrees: ours === expectedRefusals, expected: expectedRefusals, actual: ours };
  if (refused.length > 0) return;

  const options = { version: '2.14', mesh, zone: 'default', systemNamespace: 'kuma-system', rootName } as const;
  const access = compileKongMeshAccess(objects, options).of(server);
  const ports = access.ports.filter((port) => port.refused !== undefined).map(({ port }) => String(port));
  const [expectedPorts, actualPorts] = [Object.keys(envoyRefused).sort().join(), [...new Set(ports)].sort().join()];
  yield {
    case: `${id} listeners that Envoy refuses`,
    agrees: expectedPorts === actualPorts,
    expected: expectedPorts,
    actual: actualPorts,
  };

  for (const request of requests) {
    const { outcome, status, why, ...sent } = request;
    const found = access.decide(arrivalOf(request, recorded));
    const expected = outcome === 'denied' ? `denied ${status ?? ''} ${why}` : outcome;
    const actual =
      found.outcome === 'denied' ? `denied ${found.status ?? ''} ${deniedBy(found, mesh, why)}` : found.outcome;
    yield { case: `${id} ${JSON.stringify(sent)}`, agrees: expected === actual, expected, actual };
  }
}

/** Who gets in to a workload in Kuma 2.14, with the policy that denied whom it kept out. */
export const kumaAccess: Suite = { file: 'kuma-access', compare };

/**
 * More kinds of policies, selections and trust, with the listeners that the same control plane generated; the outcomes were
 * read off these, no Envoy ran.
 */
export const kumaAccessWider: Suite = { file: 'kuma-access-wider', compare };
