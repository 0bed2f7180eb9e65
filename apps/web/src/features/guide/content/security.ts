import type { SectionText } from './section.ts';

export const security = {
  identity: {
    lead: 'Both meshes name workloads by SPIFFE IDs made of namespace and service account. Only the trust domain in front differs, unless you choose that of Istio.',
    parts: [
      {
        kind: 'compare',
        rows: [
          [
            'The name',
            '`spiffe://cluster.local/ns/<namespace>/sa/<account>`',
            '`spiffe://<mesh>.<zone>.mesh.local/ns/<namespace>/sa/<account>`',
          ],
          ['Made by', 'istiod, for every workload.', 'A MeshIdentity, for the Dataplanes that its selector chooses.'],
          [
            'Without a setting',
            'Every sidecar has one.',
            'No selector chooses nobody: no certificate, no mTLS, plaintext.',
          ],
          ['Certificate lives', '24 h.', '120 h, unless `certificateParameters.expiry` says otherwise.'],
          [
            'Who may be the authority',
            'istiod itself, a plugged-in CA, or one outside by a CSR API.',
            '`Bundled` (its own or yours), `Spire`, and from 2.14 on extensions for Vault, cert-manager and AWS Private CA.',
          ],
        ],
      },
      {
        kind: 'text',
        title: 'One trust domain or two',
        text: 'Two trust domains keep the meshes apart: each certificate is checked against the authority of its own domain, and what is trusted for the migration can be taken away at its end. The price is that permissions list callers of both.\n\nWith `trustDomain: cluster.local` in the MeshIdentity names stay the same to the byte, but the two authorities can then each make every identity. Isthmus keeps them apart.',
      },
      {
        kind: 'text',
        title: 'A prefix is a string',
        text: 'A permission for the prefix `spiffe://td/ns/shop` also lets in the namespace `shopping`. The prefix that means one namespace ends in `/sa`, that for a whole trust domain in `/ns`. A slash at the end is refused.',
      },
      {
        kind: 'text',
        title: 'mTLS of the Mesh is not this',
        text: 'Up to 2.14 a Mesh may carry `mtls` with a backend. Its certificates name services instead of accounts, so that no principal of Istio fits them, and 3.0 drops the field without a word: such a mesh becomes plaintext. Isthmus emits MeshIdentity for every version.',
      },
    ],
    sources: [
      'kuma, pkg/core/resources/apis/meshidentity, 2.14 and 3.0: admission and selection run',
      'istio, security/pkg/pki/ca, 1.32-dev',
    ],
  },
  trust: {
    lead: 'Federation of mTLS is lopsided: a sidecar of Istio can call a workload of Kong Mesh directly, the other way leads through the zone egress.',
    parts: [
      {
        kind: 'list',
        title: 'Istio calls Kong Mesh directly when all of this holds',
        items: [
          'Kong Mesh trusts the root of Istio: a MeshTrust for its trust domain.',
          'The workload is Strict: a Permissive proxy ends TLS only for its own ALPN, so that mTLS of Istio goes on to the application as it is.',
          'A MeshTrafficPermission allows the caller, by its name in the trust domain of Istio.',
          'The proxies of Istio know the authority of Kong Mesh: a shared root, or `caCertificates` with both `ISTIO_MULTIROOT_MESH=true` at istiod and `PROXY_CONFIG_XDS_AGENT=true` at the proxies. With one of the two nothing happens.',
          'A DestinationRule says `ISTIO_MUTUAL`, or the pods carry `security.istio.io/tlsMode: istio`: otherwise Istio chooses plaintext.',
        ],
      },
      {
        kind: 'list',
        title: 'Kong Mesh calls Istio',
        items: [
          'By a MeshExternalService, through the zone egress to a gateway of Istio: mTLS on each leg, and the server sees the gateway instead of the caller.',
          'In plaintext to the pods, where PeerAuthentication is PERMISSIVE.',
          'Never by mTLS from sidecar to sidecar: Kong Mesh starts it only to its own MeshServices.',
        ],
      },
      {
        kind: 'text',
        title: 'Details that cost a night',
        text: 'The bundled authority shows a leaf alone. Where it is an intermediate below a shared root, peers need the intermediate itself among their roots.\n\nA MeshTrust that has the name of a MeshIdentity gets the authority of Kong Mesh appended, under whatever trust domain you wrote there.\n\n`root-cert.pem` may hold several certificates while roots are rotated. Each belongs into an entry of its own, since only the first is checked at admission.\n\nA MeshTrust says who somebody is. What they may do is still for a permission to say.',
      },
    ],
    sources: [
      'kuma 2.14 and 3.0, istio 1.32-dev with envoy 1.40: which handshakes succeed by mode and ALPN, run',
      'istio, pilot/pkg/xds/pcds.go and pkg/istio-agent/xds_proxy.go: both switches, read',
    ],
  },
  transport: {
    lead: 'PERMISSIVE and Permissive sound alike. In Istio policies still judge plaintext requests; in Kong Mesh plaintext passes every permission.',
    parts: [
      {
        kind: 'compare',
        rows: [
          [
            'Default with identities',
            'PERMISSIVE for servers; clients choose mTLS by themselves.',
            'Strict, unless a MeshTLS says Permissive.',
          ],
          [
            'Plaintext at a permissive port',
            'Accepted, and AuthorizationPolicies are applied: conditions on identities just do not fit.',
            'Accepted, and no MeshTrafficPermission is asked.',
          ],
          [
            'Exception for a port',
            '`portLevelMtls` of a policy with a selector, by the port of the pod.',
            'A MeshTLS with `sectionName`, by the name of the container port.',
          ],
          [
            'Several policies of one level',
            'The oldest counts.',
            'Merged; the smaller name wins. Isthmus numbers them `mtls-0-` to `mtls-4-`.',
          ],
          ['mTLS turned off', '`DISABLE`, for a workload or a port.', 'No such mode: the nearest is Permissive.'],
          [
            'Versions and ciphers',
            '`meshMTLS` and `tlsDefaults` of the MeshConfig.',
            'A MeshTLS for the whole mesh, and for nothing less.',
          ],
        ],
      },
      {
        kind: 'text',
        text: 'Wherever an AuthorizationPolicy restricts a workload, Isthmus makes it Strict, whatever PeerAuthentication says: anything else would open what Istio keeps closed. Clients without a sidecar have to be settled before that, and pre-flight names them where the import shows them.',
      },
      {
        kind: 'figures',
        title: 'What becomes of a connection',
        measured:
          'Configuration made by the control planes of istio 1.32-dev and kuma 2.14 and 3.0; the rows of Istio served by envoy 1.40. No application traffic through kuma-dp.',
        columns: ['Server', 'mTLS of Istio', 'mTLS of Kong Mesh', 'Plaintext'],
        rows: [
          ['Kong Mesh, Strict', 'ended and checked', 'ended and checked', 'refused'],
          ['Kong Mesh, Permissive', 'not ended: bytes to the application, or 400', 'ended and checked', 'accepted'],
          [
            'Istio, STRICT, port with a protocol',
            'ended and checked',
            'ended, only through the zone egress',
            'refused',
          ],
          ['Istio, PERMISSIVE, HTTP', 'ended and checked', 'refused', 'accepted'],
          ['Istio, PERMISSIVE, TCP', 'ended and checked', 'not ended: bytes to the application', 'accepted'],
        ],
      },
    ],
    sources: [
      'istio, pilot/pkg/security/authn, 1.32-dev with envoy 1.40: run',
      'kuma, pkg/plugins/policies/meshtls, 2.13, 2.14 and 3.0: run',
    ],
  },
  access: {
    lead: 'Istio allows what no policy restricts. Kong Mesh denies by default what no policy allows, from the moment a workload has an identity. And it asks only who calls, not for what.',
    parts: [
      {
        kind: 'compare',
        rows: [
          ['Nobody said anything', 'Allowed.', 'Denied, once the workload has an identity; before that allowed.'],
          [
            'What a rule may look at',
            'Identity, namespace, addresses, method, path, host, headers, claims of tokens.',
            'The identity (`spiffeID`, exact or prefix), from 2.14 on the server name. Nothing of the request.',
          ],
          [
            'Denials',
            'Before allowances.',
            'Before allowances, over all policies of the mesh: the owner of a service cannot override one.',
          ],
          ['Audit', 'An action.', '`allowWithShadowDeny` allows and logs.'],
          ['Answer to who is refused', '403 for HTTP, a closed connection for TCP.', 'The same.'],
          [
            'An empty match',
            '`rules: [{}]` allows everything.',
            '`allow: [{}]` passes admission, and Envoy refuses the whole listener.',
          ],
        ],
      },
      {
        kind: 'text',
        title: 'What Isthmus does with what cannot be said',
        text: 'An allowing rule that looks at the request is left out, a denying one is made broader. Both block until somebody decides, because the bundle is then more closed than Istio was, never more open. Up to 2.14 there are drafts of MeshOPA for such rules.\n\nThe permission has to be there before the identity. The order of the bundle keeps to that, and so do the stages of a wave.',
      },
      {
        kind: 'text',
        title: 'from becomes rules',
        text: 'Permissions with `from` merge by how specific they are, so that one for a service can override a denial for the mesh. With `rules` it cannot. 2.14 ignores `from` where a MeshIdentity is in force, while 2.13 still honours it: an upgrade closes such a mesh.',
      },
    ],
    sources: [
      'kuma, pkg/plugins/policies/meshtrafficpermission, 2.13, 2.14 and 3.0: admission and generated filters run',
      'istio, pilot/pkg/security/authz, 1.32-dev with envoy 1.40: run',
    ],
  },
  tokens: {
    lead: 'Sidecars of Istio check tokens. Those of Kong Mesh do not: the check moves to Kong Gateway, to MeshOPA, or into the application.',
    parts: [
      {
        kind: 'compare',
        rows: [
          ['Where tokens are checked', 'In any sidecar or gateway.', 'At Kong Gateway, by a plugin.'],
          [
            'A request without a token',
            'Passes, unless an AuthorizationPolicy asks for a request principal.',
            'Depends on the plugin and its settings.',
          ],
          [
            'A bad token',
            '401, before any policy; 403 where only the audience does not fit.',
            'Answered by the plugin.',
          ],
          ['Claims in rules', '`request.auth.claims[…]`.', 'Only in MeshOPA or plugins.'],
          ['External authorizers', 'Action CUSTOM with a provider.', 'MeshOPA, or a MeshProxyPatch.'],
        ],
      },
      {
        kind: 'text',
        text: 'A check of tokens inside the mesh blocks, whatever else carries over: a backend may trust what a token says only if somebody checked it. At the edge Isthmus drafts a KongPlugin, and closes requests with a token until that draft is finished; requests without one go on. How the plugins behave was read, not run, so that nothing of it counts as exact.',
      },
    ],
    sources: ['istio 1.32-dev: answers to tokens, run', 'Kong Gateway 3.9 plugins: read, not run'],
  },
} satisfies Record<string, SectionText>;
