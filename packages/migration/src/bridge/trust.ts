import { dnsLabel, isList, isMap, type Json, type JsonObject } from '@isthmus/kubernetes';
import { pemBlocks } from './certificates.ts';
import type { BridgeFacts } from './facts.ts';
import { meshObject } from './object.ts';
import type { Placed } from './placed.ts';
import { ownTrustDomain } from './settings.ts';

const mapOf = (value: unknown): JsonObject =>
  typeof value === 'object' && value !== null && isMap(value as JsonObject) ? (value as JsonObject) : {};

/** Trust domains for which the translation emits a MeshTrust by itself: those of authorities whose certificate is in the MeshConfig. */
function trustedAlready({ input }: BridgeFacts): Set<string> {
  return new Set(
    input.emitted.flatMap(({ role, object }) => {
      const { kind, spec } = object as { kind?: unknown; spec?: unknown };
      const { trustDomain } = mapOf(spec);
      return role === 'resource' && kind === 'MeshTrust' && typeof trustDomain === 'string' ? [trustDomain] : [];
    }),
  );
}

/** The name that the translation gave its draft of the trust in a domain, so that there is one of it. */
function nameOf({ input }: BridgeFacts, domain: string): string {
  for (const { role, object } of input.emitted) {
    const { kind, spec, metadata } = object as { kind?: unknown; spec?: unknown; metadata?: { name?: unknown } };
    if (role !== 'draft' || kind !== 'MeshTrust' || mapOf(spec).trustDomain !== domain) continue;
    if (typeof metadata?.name === 'string') return metadata.name;
  }
  return dnsLabel(`istio-${domain}`);
}

/**
 * Kong Mesh's trust in Istio's certificates: a MeshTrust for each name of Istio's trust domain, with each root as a bundle of its own,
 * because only the first block of a bundle is checked (security.md 4.1.2). None as long as the roots are not known.
 */
export function trustInIstio(facts: BridgeFacts): Placed[] {
  const { names, settings } = facts.input;
  const roots = pemBlocks(settings.istioRoots);
  if (roots.length === 0) return [];
  const known = trustedAlready(facts);
  const cluster = settings.topology === 'same-cluster' ? 'shared' : 'kong';
  return [facts.trust.trustDomain, ...facts.trust.aliases]
    .filter((domain) => !known.has(domain) && domain !== ownTrustDomain(names))
    .map((trustDomain) => ({
      cluster,
      service: '',
      object: meshObject(
        names,
        'MeshTrust',
        nameOf(facts, trustDomain),
        { trustDomain, caBundles: roots.map((value) => ({ type: 'Pem', pem: { value } })) },
        '',
      ),
    }));
}

/** Authorities that the MeshConfig names already: a list in an overlay takes the place of the one before. */
function authoritiesOf({ input }: BridgeFacts): Json[] {
  const of: Readonly<Record<string, (object: JsonObject) => JsonObject>> = {
    MeshConfig: (object) => object,
    IstioOperator: (object) => mapOf(mapOf(object.spec).meshConfig),
    Istio: (object) => mapOf(mapOf(mapOf(object.spec).values).meshConfig),
  };
  return input.estate.istio.flatMap(({ kind, object }) => {
    const { caCertificates } = of[kind]?.(object) ?? {};
    return isList(caCertificates) ? caCertificates : [];
  });
}

/**
 * Istio's trust in Kong Mesh's certificates: Kong Mesh's root, its trust domain as an alias, and the two switches without which
 * proxies never hear of the root (istio/pilot/pkg/xds/pcds.go and pkg/istio-agent/xds_proxy.go, 1.32). It is an overlay for
 * `istioctl install -f`, since the installation itself is seldom part of an import. Undefined as long as the root is not known.
 */
export function trustOfIstio(facts: BridgeFacts): JsonObject | undefined {
  const { input, trust } = facts;
  const { names, settings } = input;
  const roots = pemBlocks(settings.kongRoots);
  if (roots.length === 0) return undefined;
  const own = ownTrustDomain(names);
  return {
    apiVersion: 'install.istio.io/v1alpha1',
    kind: 'IstioOperator',
    metadata: { name: 'isthmus-bridge-trust', namespace: trust.rootNamespace },
    spec: {
      meshConfig: {
        trustDomainAliases: [...new Set([...trust.aliases, own])],
        caCertificates: [...authoritiesOf(facts), ...roots.map((pem) => ({ pem, trustDomains: [own] }))],
        // Proxies ask for the bundle only with this; they have to be restarted once.
        defaultConfig: { proxyMetadata: { PROXY_CONFIG_XDS_AGENT: 'true' } },
      },
      values: { pilot: { env: { ISTIO_MULTIROOT_MESH: 'true' } } },
    },
  };
}
