import { defineCodes } from '../../code.ts';

/** Pre-flight: roots and certificates, which no import of manifests holds. */
export const certificates = defineCodes({
  multiRoot: {
    code: 'ISTHMUS-PF-061',
    severity: 'blocker',
    title: "Istio's proxies learn further roots",
    message:
      "{found} Otherwise `caCertificates` of the mesh configuration has no effect, and Istio's sidecars refuse certificates of Kong Mesh.",
    help: 'Look at istiod: `kubectl -n istio-system get deploy istiod -o yaml | grep -A1 MULTIROOT`; set `ISTIO_MULTIROOT_MESH=true`, and `PROXY_CONFIG_XDS_AGENT=true` for proxies.',
    explanation:
      'Both are off by default (istio/pilot/pkg/features/pilot.go, 1.32). Needed only where sidecars of both meshes speak mutual TLS to each other.',
  },
  expiry: {
    code: 'ISTHMUS-PF-062',
    severity: 'blocker',
    title: 'Roots outlive the migration',
    message: '{found} A root or an intermediate that expires during the bridge ends all traffic between the meshes.',
    help: 'Look at the end date, and renew first if it is within the migration and 30 days: `kubectl -n istio-system get cm istio-ca-root-cert -o jsonpath="{.data.root-cert\\.pem}" | openssl x509 -noout -enddate`.',
    explanation:
      'Trust between the meshes is the roots that each has of the other (kuma/pkg/core/resources/apis/meshtrust, 2.14).',
  },
  chain: {
    code: 'ISTHMUS-PF-063',
    severity: 'blocker',
    title: 'Peers know the intermediate of Kong Mesh',
    message:
      '{found} Kong Mesh presents the leaf alone: peers that trust only the root above an intermediate cannot build the chain.',
    help: 'Add the issuing certificate to the bundle of the peers if its issuer is not itself: `openssl x509 -noout -issuer -subject -in ca.crt`.',
    explanation:
      'The bundled provider stores just the certificate it issued (kuma/pkg/core/resources/apis/meshidentity/providers/bundled/bundled.go, 2.14).',
  },
  keyUsage: {
    code: 'ISTHMUS-PF-064',
    severity: 'blocker',
    title: 'CA may sign',
    message:
      '{found} A certificate without CA:TRUE and keyCertSign, or with keyAgreement, is refused: no proxy gets an identity.',
    help: 'Look before it is used: `openssl x509 -noout -ext basicConstraints,keyUsage -in ca.crt`.',
    explanation:
      'The control plane validates its CA when a MeshIdentity is set up (kuma/pkg/core/resources/apis/meshidentity/providers/bundled, 2.14).',
  },
  bundle: {
    code: 'ISTHMUS-PF-106',
    severity: 'warning',
    title: 'Root file holds one certificate',
    message:
      '{found} Only the first certificate of a bundle is checked: others may have expired or be trusted by mistake.',
    help: 'Split `root-cert.pem`, and look at each certificate.',
    explanation:
      'The validation of a MeshTrust reads the first PEM block (kuma/pkg/core/resources/apis/meshtrust, 2.14).',
  },
  zones: {
    code: 'ISTHMUS-PF-108',
    severity: 'blocker',
    title: 'Zones trust each other',
    message:
      '{found} Mutual TLS is from end to end across zones: without the MeshTrust of the other zone the handshake fails, without its domain in the permissions it is denied.',
    help: 'Look at the Global control plane: `kubectl get meshtrust -A`; write the MeshTrusts there.',
    explanation:
      'Each zone has a trust domain of its own by default (kuma/pkg/core/resources/apis/meshidentity, 2.14).',
  },
});
