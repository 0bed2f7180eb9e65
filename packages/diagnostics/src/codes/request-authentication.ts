import { defineCodes } from '../code.ts';

const jwt =
  'Istio refuses a request with an invalid token and lets one without a token pass; that one is demanded is said by an AuthorizationPolicy (verified by running Istio 1.32). Kong Mesh checks no tokens: its policies know identities of workloads only.';

/** Findings about RequestAuthentications. */
export const requestAuthentication = defineCodes({
  inside: {
    code: 'ISTHMUS-RA-001',
    severity: 'blocker',
    title: 'Tokens are not checked inside Kong Mesh',
    message:
      'Sidecars check the tokens of {issuers} here. Kong Mesh has no counterpart: requests with a forged or expired token would reach the application.',
    help: 'Check tokens in the application, in a MeshOPA (2.13 and 2.14, `io.jwt.decode_verify`), or at Kong Gateway if every request comes through it, before the workload leaves Istio.',
    explanation: jwt,
    example: 'spec:\n  selector: {matchLabels: {app: loyalty}}\n  jwtRules: [{issuer: https://id.example}]',
  },
  atGateway: {
    code: 'ISTHMUS-RA-002',
    severity: 'blocker',
    title: 'Tokens have to be checked by Kong Gateway',
    message:
      'The gateway ({gateway}) checks the tokens of {issuers}. KongPlugin {name} is a draft of the same check: until it is finished and attached to the routes, Kong checks no token. Routes that are emitted for this gateway answer requests with a token with 503 (ISTHMUS-GW-071) or wait as drafts; routes from elsewhere would let forged and expired ones in.',
    help: 'Finish the draft and name it in the annotation konghq.com/plugins of the HTTPRoutes. It needs Kong Gateway Enterprise; the plugin jwt does not, and needs a consumer with the keys.',
    explanation: `${jwt} The plugin openid-connect fetches the keys of an issuer itself; without \`anonymous\` it refuses requests without a token, which Istio lets pass.`,
  },
  fieldLost: {
    code: 'ISTHMUS-RA-003',
    severity: 'warning',
    title: 'Setting of a token check has no counterpart',
    message: '{field} has no counterpart in the plugin openid-connect.',
    help: 'Check whether the application or the issuer depends on it.',
    explanation: 'The draft holds what the plugin has a setting for; the rest is for a person to decide.',
  },
  inlineKeys: {
    code: 'ISTHMUS-RA-004',
    severity: 'warning',
    title: 'Keys of an issuer stand in the policy',
    message:
      'The keys of the issuer stand in the policy (jwks) and are not carried over: the plugin openid-connect fetches them from the issuer.',
    help: 'Let the issuer publish its keys (jwksUri), or give them to a consumer of the plugin jwt.',
    explanation: 'Keys in manifests are not rotated, and Isthmus exports none.',
  },
  privateKey: {
    code: 'ISTHMUS-RA-005',
    severity: 'blocker',
    title: 'Private key in a token check',
    message: 'The keys in jwks hold a private or shared key. Whoever reads the manifest can sign tokens.',
    help: 'Replace the key at the issuer, and write its public part only.',
    explanation:
      'A JSON Web Key with the member `d`, or of type `oct`, is secret (RFC 7518, sections 6.2.2, 6.3.2 and 6.4). Istio needs public keys.',
  },
  atWaypoint: {
    code: 'ISTHMUS-RA-006',
    severity: 'blocker',
    title: 'Token check of a waypoint',
    message:
      'This policy is bound by targetRefs to what a waypoint serves. Kong Mesh has no waypoints and checks no tokens of {issuers}.',
    help: 'Check tokens in the application or at Kong Gateway.',
    explanation: jwt,
  },
  selectsNothing: {
    code: 'ISTHMUS-RA-007',
    severity: 'warning',
    title: 'Token check selects no workload',
    message: 'No workload of the import has the labels that this RequestAuthentication selects ({labels}).',
    help: 'Correct the selector, or import the workloads as well.',
    explanation: 'A selector compares labels of pods, not of Services or Deployments.',
  },
});
