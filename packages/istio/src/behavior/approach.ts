import type { Arrival, Request } from '@isthmus/behavior';

/** A token that a request carries, with what whoever issued it would say of it: keys and clocks are no part of the model. */
export interface Token {
  readonly text: string;
  /** `forged`: the signature does not fit; `unreadable`: no token at all. */
  readonly state: 'valid' | 'expired' | 'forged' | 'unreadable';
  readonly claims: Readonly<Record<string, unknown>>;
}

/** How a client comes to a port, with all that Istio's rules can look at. */
export interface Approach extends Arrival {
  /** IP address that the connection comes from; undefined where it is not known, so that no address matches. */
  readonly address?: string;
  /** The request, where the client speaks HTTP. */
  readonly request?: Request;
  readonly token?: Token;
}
