import type { Rule } from './route-table.ts';

/** A certificate that a client shows. */
export interface ClientCertificate {
  /** Its URI SANs, in their order; the first is the identity. */
  readonly uris: readonly string[];
  /** The root that vouches for it, by the name that the compiler was given for it. */
  readonly issuer: string;
}

/** How a client comes to a port of a workload. */
export interface Arrival {
  /** Port of the workload, not of a service. */
  readonly port: number;
  /** `tls`: TLS without a client certificate. */
  readonly tls: 'none' | 'tls' | 'mtls';
  readonly certificate?: ClientCertificate;
  readonly sni?: string;
  readonly alpn?: readonly string[];
}

/** What becomes of an arrival. */
export type Access =
  /**
   * The application gets it. `plaintext` and `passthrough`: no rule was asked; `passthrough` also keeps the client's TLS on.
   */
  | { readonly outcome: 'allowed'; readonly by: 'rules' | 'plaintext' | 'passthrough'; readonly rule?: Rule }
  /** The rules say no: HTTP is answered with the status, other connections are closed. No rule: none of them allows it. */
  | { readonly outcome: 'denied'; readonly status?: number; readonly rule?: Rule }
  /** There is no way in: TLS is demanded or not understood, or the certificate is not trusted. */
  | { readonly outcome: 'refused'; readonly reason: string };
