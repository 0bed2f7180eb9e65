import type { ClusterSettings } from '@isthmus/behavior';
import { child, descend, type Field, text } from '@isthmus/kubernetes';
import { textItems } from '../effective/fields.ts';

type Tls = NonNullable<ClusterSettings['tls']>;
type UpstreamOptions = NonNullable<NonNullable<ClusterSettings['http']>['upstreamHttpProtocolOptions']>;

/** What Istio knows about a service when the rule leaves TLS to it. */
export interface TlsSurroundings {
  /** Identities of the service's workloads. */
  readonly subjectAltNames: readonly string[];
  /** The server name that Istio's own mutual TLS asks for. */
  readonly sni: string;
  /** Whether mutual TLS is used where the endpoint takes it. */
  readonly automatic: boolean;
  readonly isOriginal: boolean;
  /** Secrets may only be read by clients that a rule selects. */
  readonly hasSelector: boolean;
  /** Names that servers of a ServiceEntry have: those that it says, and the identities of its workloads. */
  readonly entrySubjectAltNames: readonly string[];
}

/** TLS to a service, with the options of HTTP that come along. */
export interface UpstreamTls {
  readonly tls: Tls;
  readonly upstreamHttpProtocolOptions?: UpstreamOptions;
}

const plaintext: UpstreamTls = { tls: { mode: 'plaintext' } };

const names = (list: readonly string[]): { readonly subjectAltNames?: readonly string[] } =>
  list.length === 0 ? {} : { subjectAltNames: list };

function istioMutual({ sni, subjectAltNames }: Pick<TlsSurroundings, 'sni' | 'subjectAltNames'>): UpstreamTls {
  return { tls: { mode: 'ISTIO_MUTUAL', sni, ...names(subjectAltNames), validation: 'ROOTCA' } };
}

function automatic(around: TlsSurroundings): UpstreamTls {
  if (!around.automatic) return plaintext;
  // Per endpoint, which only works where Istio knows the endpoints.
  if (around.isOriginal) return istioMutual(around);
  return { tls: { mode: 'auto mTLS', ...names(around.subjectAltNames) } };
}

/** The name under which the proxy asks for the roots of a credential (istio/pilot/pkg/model/credentials/resource.go ToResourceName, 1.32). */
const rootsOf = (credential: string): string =>
  `${/^(?:configmap|kubernetes|kubernetes-gateway):\/\//.test(credential) ? '' : 'kubernetes://'}${credential}-cacert`;

function originated(tls: Field, mode: 'SIMPLE' | 'MUTUAL', around: TlsSurroundings): UpstreamTls {
  const credential = text(child(tls, 'credentialName'))?.value ?? '';
  if (credential !== '' && !credential.startsWith('configmap://') && !around.hasSelector) return plaintext;
  const hasKeys = ['clientCertificate', 'privateKey'].every((key) => text(child(tls, key))?.value);
  // Without its files the proxy gets no TLS context at all (cluster_tls.go constructUpstreamTLS).
  if (mode === 'MUTUAL' && credential === '' && !hasKeys) return plaintext;
  const sni = text(child(tls, 'sni'))?.value || undefined;
  const written = textItems(child(tls, 'subjectAltNames')).map(({ value }) => value);
  const isUnchecked = child(tls, 'insecureSkipVerify')?.value === true;
  const autoSanValidation = sni === undefined && written.length === 0 && !isUnchecked;
  const authority = text(child(tls, 'caCertificates'))?.value || 'system';
  const validation = credential === '' ? `file-root:${authority}` : rootsOf(credential);
  return {
    tls: {
      mode,
      ...(sni === undefined ? {} : { sni }),
      ...(isUnchecked ? {} : { ...names(written.length > 0 ? written : around.entrySubjectAltNames), validation }),
    },
    ...(sni === undefined
      ? { upstreamHttpProtocolOptions: { autoSni: true, ...(autoSanValidation ? { autoSanValidation } : {}) } }
      : {}),
  };
}

/** TLS to a service (istio/pilot/pkg/networking/core/cluster_tls.go buildUpstreamTLSSettings, 1.32). */
export function upstreamTls(tls: Field | undefined, around: TlsSurroundings): UpstreamTls {
  if (tls === undefined) return automatic(around);
  const mode = text(descend(tls, 'mode'))?.value ?? 'DISABLE';
  if (mode === 'SIMPLE' || mode === 'MUTUAL') return originated(tls, mode, around);
  if (mode !== 'ISTIO_MUTUAL') return plaintext;
  const own = textItems(child(tls, 'subjectAltNames')).map(({ value }) => value);
  return istioMutual({
    sni: text(child(tls, 'sni'))?.value || around.sni,
    subjectAltNames: own.length > 0 ? own : around.subjectAltNames,
  });
}
