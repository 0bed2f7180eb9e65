import { isDnsSubdomain } from './names.ts';
import type { Report } from './resource.ts';
import { spiffeIdProblem } from './spiffe-id.ts';

/** Which connections a rule for inbound traffic is about. */
export interface Match {
  readonly spiffeID?: { readonly type: string; readonly value: string };
  readonly sni?: { readonly type: string; readonly value: string };
}

/** Reports what Kuma's `ValidateMatch` refuses (kuma, pkg/core/resources/apis/mesh/validators.go). */
export function checkMatch({ spiffeID, sni }: Match, path: string, report: Report, at = path): void {
  const problem = spiffeID === undefined ? undefined : spiffeIdProblem(spiffeID.value);
  if (problem !== undefined) report(`${path}.spiffeID`, `it must be a SPIFFE ID: ${problem}`, `${at}.spiffeID.value`);
  if (sni !== undefined && !isDnsSubdomain(sni.value))
    report(`${path}.sni.value`, 'it must be a DNS name in lower case', at === path ? undefined : `${at}.sni.value`);
}

/**
 * Reports what is refused in the matches of a rule that must say something: the matches themselves, and those that are
 * empty. Tells whether any asks for an identity.
 */
export function checkMatches(matches: readonly Match[] | undefined, path: string, report: Report): boolean {
  let asksIdentity = false;
  for (const [index, match] of (matches ?? []).entries()) {
    checkMatch(match, `${path}[${index}]`, report);
    if (match.spiffeID === undefined && match.sni === undefined)
      report(`${path}[${index}]`, 'it must have a spiffeID or an sni');
    asksIdentity ||= match.spiffeID !== undefined;
  }
  return asksIdentity;
}
