import { isCidr, isHostname, isIpAddress, isPort } from '../common/addresses.ts';
import type { Integer } from '../common/numbers.ts';
import { defineRules, type Report, type Validation } from '../common/resource.ts';
import { checkTopTargetRef, type TargetRef } from '../common/target-ref.ts';

interface Match {
  readonly type: string;
  readonly value: string;
  readonly port?: Integer;
  readonly protocol: string;
}

interface Spec {
  readonly targetRef?: TargetRef;
  readonly default?: { readonly appendMatch?: readonly Match[] };
}

const httpProtocols = new Set(['grpc', 'http', 'http2']);

function checkDomain({ value, port, protocol }: Match, path: string, { version, report }: Validation): void {
  if (protocol === 'tcp' || protocol === 'mysql')
    report(`${path}.protocol`, `a domain cannot be matched with the protocol ${protocol}`);
  if (/^\*[^.]/.test(value)) report(`${path}.value`, 'a wildcard must be the whole first label');
  if (port === undefined && value.startsWith('*') && httpProtocols.has(protocol))
    report(`${path}.port`, `it must be set for a wildcard with the protocol ${protocol}`);
  // 2.13 does not look at what follows a wildcard.
  const name = version !== '2.13' && value.startsWith('*.') ? value.slice(2) : value;
  if (!name.startsWith('*') && !isHostname(name)) report(`${path}.value`, 'it must be a DNS name');
}

function checkValue(match: Match, path: string, validation: Validation): void {
  if (match.type === 'CIDR' && !isCidr(match.value)) validation.report(`${path}.value`, 'it must be a CIDR');
  else if (match.type === 'IP' && !isIpAddress(match.value))
    validation.report(`${path}.value`, 'it must be an IP address');
  else if (match.type === 'Domain') checkDomain(match, path, validation);
}

function checkPorts(
  matches: readonly Match[],
  index: number,
  protocols: Map<string, string>,
  seen: Set<string>,
  report: Report,
): void {
  const { port, protocol, value } = matches[index] as Match;
  const path = `spec.default.appendMatch[${index}]`;
  if (protocol === 'mysql' && port === undefined) report(`${path}.port`, 'it must be set for the protocol mysql');
  if (port === undefined) return;
  if (!isPort(port)) report(`${path}.port`, 'it must be a port from 1 to 65535');
  const before = protocols.get(`${port}`);
  if (before !== undefined && before !== protocol && httpProtocols.has(protocol))
    report(`${path}.port`, `it is matched with the protocol ${before} already`);
  else protocols.set(`${port}`, protocol);
  const key = `${port} ${protocol} ${value}`;
  if (seen.has(key)) report(`${path}.value`, 'it is matched already for this port and protocol');
  seen.add(key);
}

/** kuma, pkg/plugins/policies/meshpassthrough/api/v1alpha1/validator.go; edge.md 1.2. */
function validate({ targetRef, default: conf = {} }: Spec, validation: Validation): void {
  checkTopTargetRef(targetRef, { services: [] }, validation);
  const { appendMatch = [] } = conf;
  const protocols = new Map<string, string>();
  const seen = new Set<string>();
  for (const [index, match] of appendMatch.entries()) {
    checkPorts(appendMatch, index, protocols, seen, validation.report);
    checkValue(match, `spec.default.appendMatch[${index}]`, validation);
  }
}

export const meshPassthrough = defineRules({ kind: 'MeshPassthrough', policy: true, go: {}, validate });
