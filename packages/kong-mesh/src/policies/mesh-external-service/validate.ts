import { isHostname, isIpAddress, isPort } from '../common/addresses.ts';
import { checkDataSource, type SecureDataSource } from '../common/data-source.ts';
import { isDnsLabel } from '../common/names.ts';
import type { Integer } from '../common/numbers.ts';
import { defineRules, type Validation } from '../common/resource.ts';
import { checkTlsVersions, type TlsVersionRange } from '../common/tls.ts';

const sources = ['caCert', 'clientCert', 'clientKey'] as const;

interface Verification extends Readonly<Partial<Record<(typeof sources)[number], SecureDataSource>>> {
  readonly serverName?: string;
}

interface Tls {
  readonly version?: TlsVersionRange;
  readonly verification?: Verification;
}

interface Spec {
  readonly match: { readonly port: Integer };
  readonly extension?: { readonly type: string };
  readonly endpoints?: readonly { readonly address: string; readonly port: Integer }[];
  readonly tls?: Tls;
}

/** The data sources of 3.0; those that the control plane would read from its own machine are refused. */
function checkSources(verification: Verification, { report }: Validation): void {
  for (const name of sources) {
    const source = verification[name];
    const path = `spec.tls.verification.${name}`;
    if (source?.type === 'File' || source?.type === 'EnvVar')
      report(`${path}.type`, 'it must be Secret or InsecureInline');
    else if (source !== undefined) checkDataSource(source, path, report);
  }
}

function checkTls({ version: versions, verification }: Tls, validation: Validation): void {
  const { version, report } = validation;
  if (versions !== undefined) checkTlsVersions(versions, 'spec.tls.version', report);
  if (verification === undefined) return;
  const { serverName, clientCert, clientKey } = verification;
  const path = 'spec.tls.verification';
  if (serverName !== undefined && !isHostname(serverName)) report(`${path}.serverName`, 'it must be a DNS name');
  if (clientCert !== undefined && clientKey === undefined)
    report(`${path}.clientKey`, 'it must be set beside clientCert');
  if (clientCert === undefined && clientKey !== undefined)
    report(`${path}.clientCert`, 'it must be set beside clientKey');
  if (version === '3.0') checkSources(verification, validation);
}

/**
 * kuma, pkg/core/resources/apis/meshexternalservice/api/v1alpha1/validator.go; edge.md 1.1. Enums and ports are the
 * schema's. An extension answers for endpoints and TLS itself.
 */
function validate({ extension, endpoints = [], tls }: Spec, validation: Validation): void {
  const { version, name, report } = validation;
  if (version === '3.0' ? !isDnsLabel(name) : name.length > 63)
    report('name', 'it must be a DNS label of at most 63 characters', 'metadata.name');
  if (extension === undefined) {
    for (const [index, { address, port }] of endpoints.entries()) {
      if (!isIpAddress(address) && !isHostname(address))
        report(`spec.endpoints[${index}].address`, 'it must be an IP address or a host name');
      else if (!isPort(port)) report(`spec.endpoints[${index}].port`, 'it must be a port from 1 to 65535');
    }
    if (tls !== undefined) checkTls(tls, validation);
  } else if (version === '3.0' && tls?.verification !== undefined) checkSources(tls.verification, validation);
  if (extension?.type === '') report('spec.extension.type', 'it must not be empty');
}

export const meshExternalService = defineRules({
  kind: 'MeshExternalService',
  policy: false,
  systemOnly: true,
  go: {
    integers: { 'match.port': 'int32', 'endpoints.port': 'int32' },
    bytes: ['caCert.inline', 'clientCert.inline', 'clientKey.inline'],
    pointers: ['version.min', 'version.max'],
  },
  validate,
});
