const subdomain = /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*$/;
const label = /^[a-z](?:[-a-z0-9]*[a-z0-9])?$/;
const dnsName = /^[a-zA-Z0-9_][a-zA-Z0-9_-]{0,62}(?:\.[a-zA-Z0-9_][a-zA-Z0-9_-]{0,62})*[._]?$/;
const identifier = /^[0-9a-z\-_.]*$/;

/** RFC 1123 subdomain, the form of most names in Kubernetes. */
export function isDnsSubdomain(text: string): boolean {
  return text.length <= 253 && subdomain.test(text);
}

/** RFC 1035 label, the form of a Service's name. */
export function isDnsLabel(text: string): boolean {
  return text.length <= 63 && label.test(text);
}

/**
 * A host name as govalidator's `IsDNSName` (a9d515a0) takes it: any case, underscores, one dot or underscore at the end.
 * An IP address is told apart by the caller.
 */
export function isDnsName(text: string): boolean {
  return text !== '' && text.replaceAll('.', '').length <= 255 && dnsName.test(text);
}

/** The name of a mesh, as Kuma's `ValidateMesh` takes it. */
export function isKumaIdentifier(text: string): boolean {
  return text !== '' && text.length <= 253 && identifier.test(text);
}

/** The characters of a name that a `targetRef` of 2.x refers to (kuma, pkg/core/resources/apis/mesh/validators.go). */
export function hasNameCharacters(text: string): boolean {
  return identifier.test(text);
}
