import { defineCodes } from '../code.ts';

const trust =
  'A proxy of Kong Mesh checks a certificate against the bundle of its own trust domain and no other; a MeshTrust brings the bundle of one (kuma, meshtrust/generator, 2.14). Trusting a domain allows nothing: a permission has to name its callers as well.';

/** Findings about identities, trust domains and certificate authorities. */
export const identity = defineCodes({
  issued: {
    code: 'ISTHMUS-ID-001',
    severity: 'info',
    title: 'Identities of Kong Mesh',
    message:
      'MeshIdentity {name} gives every workload an identity of trust domain {domain} with the path that it has in Istio, signed by an authority that Kong Mesh makes itself. From then on a proxy refuses what no MeshTrafficPermission allows.',
    help: 'Apply it last, after permissions and MeshTLS. Replace `autogenerate` by your own authority (`ca`) if certificates must come from it; do not turn on `mtls` of the Mesh beside it.',
    explanation:
      'Identities of `Mesh.mtls` are several names in one certificate, which an exact spiffeID never matches, so that an exact denial never denies (kuma 2.14, verified by running), and 3.0 has no Mesh.mtls any more. A MeshIdentity is one SPIFFE ID with namespace and account, as in Istio; it exists in all three targets.',
  },
  issuedInPart: {
    code: 'ISTHMUS-ID-002',
    severity: 'warning',
    title: 'Identities of Kong Mesh are a draft',
    message:
      'The emitted permissions name identities of trust domain {domain}, which MeshIdentity {name} would issue. The import is not declared complete, so that it is a draft: it makes every proxy refuse what no MeshTrafficPermission allows.',
    help: 'Import the whole estate and declare it complete (`--complete`), or apply the draft when the permissions are.',
    explanation:
      'Without an identity a proxy has neither mTLS nor permissions (kuma, meshtrafficpermission and meshtls plugins, 2.14; verified by running).',
  },
  rootMissing: {
    code: 'ISTHMUS-ID-003',
    severity: 'warning',
    title: "Istio's root certificate is not in the import",
    message:
      'For clients that are still on Istio, Kong Mesh has to trust certificates of {domain}. The root certificate is not in the import, so that MeshTrust {name} is a draft.',
    help: 'Put the certificate in: it is the key root-cert.pem of ConfigMap istio-ca-root-cert, which istiod writes into every namespace. Remove the MeshTrust when no client is left on Istio.',
    explanation: `${trust} The ConfigMap holds what Istio's proxies trust, and no key; the Secret cacerts or istio-ca-secret is not needed.`,
  },
  aliasTrust: {
    code: 'ISTHMUS-ID-004',
    severity: 'warning',
    title: 'Alias of the trust domain',
    message:
      '{domain} is another name of the own trust domain. Permissions name its callers too; they are trusted only with a MeshTrust of its own, with the same root certificate, which is a draft.',
    help: 'Complete the draft if certificates of that name are still in use, otherwise leave it out.',
    explanation: `${trust} In Istio an alias renames only: the roots are shared (istio/pilot/pkg/security/trustdomain, 1.32).`,
  },
  authorityWithoutPem: {
    code: 'ISTHMUS-ID-005',
    severity: 'warning',
    title: 'Certificates of an authority cannot be carried over',
    message: '{what} of a certificate authority has no counterpart: a MeshTrust holds the certificates themselves.',
    help: 'Write the certificates into a MeshTrust for each of its trust domains, and renew them by hand.',
    explanation: trust,
  },
  authorityWithoutDomain: {
    code: 'ISTHMUS-ID-006',
    severity: 'warning',
    title: 'Authority without trust domains',
    message:
      'This certificate authority names no trust domains. In Istio it may then sign for the own one; a MeshTrust for {domain} with its certificate is a draft.',
    help: 'Check whose certificates it signs before the draft is applied.',
    explanation: `${trust} Istio puts all roots into one bundle, so that any of them can sign for any domain (security.md 4.1.3).`,
  },
  autoMtlsOff: {
    code: 'ISTHMUS-ID-007',
    severity: 'warning',
    title: 'Clients choose mTLS by themselves',
    message:
      'enableAutoMtls is off: clients in Istio use mTLS only where a DestinationRule says so. Clients in Kong Mesh use it for every service whose proxies have an identity.',
    help: 'Nothing is to be done unless a server must see plaintext; exclude its port from interception then.',
    explanation: 'kuma, meshservice status.tls, 2.14 (verified by running).',
  },
  tlsForAll: {
    code: 'ISTHMUS-ID-009',
    severity: 'info',
    title: 'Demand on TLS for the whole mesh',
    message:
      'What Istio demands of the TLS between sidecars is demanded by a MeshTLS for the whole mesh, of what proxies accept; what they offer as clients follows from that.',
    help: 'Nothing is to be done.',
    explanation:
      'Versions and ciphers are taken for the whole mesh only (kuma, meshtls/api/v1alpha1/validator.go, 2.14; verified by running).',
  },
  cipherUnknown: {
    code: 'ISTHMUS-ID-010',
    severity: 'warning',
    title: 'Cipher is unknown to Kong Mesh',
    message:
      'Cipher {cipher} is not among those that a MeshTLS can name, and is left out: connections use one of the others.',
    help: 'Check that every client knows one of the other ciphers.',
    explanation:
      'A MeshTLS names ECDHE ciphers only (kuma, meshtls/api/v1alpha1, 2.14). Fewer ciphers than in Istio refuse more, never less.',
  },
  tlsVersion: {
    code: 'ISTHMUS-ID-008',
    severity: 'blocker',
    title: 'Demand on TLS has no counterpart',
    message: '{field} restricts the TLS of the whole mesh, and nothing is emitted for it.',
    help: 'Write it into `rules[].default.tlsVersion` or `tlsCiphers` of a MeshTLS for the mesh, where it can be said.',
    explanation:
      'A MeshTLS for the whole mesh takes versions and the ECDHE ciphers (kuma, meshtls/api/v1alpha1, 2.14); curves cannot be said, nor the ciphers without ECDHE.',
  },
  externalAuthority: {
    code: 'ISTHMUS-ID-011',
    severity: 'blocker',
    title: 'Certificates come from an authority outside of Istio',
    message:
      'Workloads in Istio have their certificates from {authority}. MeshIdentity {identity} would sign with an authority that Kong Mesh makes itself; MeshIdentity {draft} is a draft of one that asks the same.',
    help: 'Finish the draft and apply it in place of {identity}, or decide that Kong Mesh may have an authority of its own and that the services then trust both.',
    explanation:
      'An authority outside is there so that keys lie where somebody guards them. Kong Mesh takes certificates from SPIRE, from an intermediate that it is given, and from 2.14 on by extensions for Vault, cert-manager and AWS Private CA (security.md 1.3 and 4.7; that their configuration is not published is UNVERIFIED).',
  },
  intermediate: {
    code: 'ISTHMUS-ID-012',
    severity: 'warning',
    title: 'Istio may sign with an intermediate of your authority',
    message:
      'Secret cacerts holds the key that Istio signs with: an intermediate that somebody has put there, unless istiod made it itself. MeshIdentity {identity} would sign with an authority that Kong Mesh makes itself; MeshIdentity {draft} is a draft with an intermediate beside that of Istio.',
    help: 'If the Secret has the key istio-generated, nothing is to be done. Otherwise have a second intermediate issued for Kong Mesh, finish the draft and apply it in place of {identity}. Do not give Kong Mesh the key of Istio.',
    explanation:
      'istiod marks what it has made itself (istio/pilot/pkg/bootstrap/istio_ca.go, 1.32); Isthmus reads neither values nor keys of Secrets. Kong Mesh presents no chain, so that whoever trusts its proxies needs the intermediate itself (kuma, meshidentity/providers/bundled, 3.0).',
  },
});
