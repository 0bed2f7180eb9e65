/** Why a cluster, or a kind in it, could not be read. */
export type Failure =
  /** The kubeconfig, the context or the service account that a connection names is not there or not usable. */
  | 'connection'
  /** The kubeconfig runs a program that the operator did not allow. */
  | 'program'
  /** The credentials are not accepted, or no longer. */
  | 'credentials'
  | 'forbidden'
  /** Nobody answers, or not with a certificate that is trusted. */
  | 'unreachable'
  | 'throttled'
  /** What a list or watch goes on from is no longer known (410). */
  | 'gone'
  | 'not-served'
  /** The API server failed, or said what is not understood. */
  | 'server'
  | 'cancelled';

/**
 * A failure to read a cluster. The message is for people and made here: it never repeats what a kubeconfig, a credential
 * program, a TLS library or the API server said, any of which may hold a credential.
 */
export class ClusterError extends Error {
  readonly failure: Failure;
  /** Milliseconds after which the API server asks to be tried again. */
  readonly retryAfter: number | undefined;
  /** Whom the API server refused, as it names them. */
  readonly user: string | undefined;
  constructor(failure: Failure, message: string, { retryAfter, user }: { retryAfter?: number; user?: string } = {}) {
    super(message);
    this.failure = failure;
    this.retryAfter = retryAfter;
    this.user = user;
  }
}

const networkReasons: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nobody listens there',
  ECONNRESET: 'the connection was broken off',
  EPIPE: 'the connection was broken off',
  UND_ERR_SOCKET: 'the connection was broken off',
  ENOTFOUND: 'its name is not known',
  EAI_AGAIN: 'its name could not be looked up',
  ETIMEDOUT: 'it does not answer',
  UND_ERR_CONNECT_TIMEOUT: 'it does not answer',
  UND_ERR_HEADERS_TIMEOUT: 'it does not answer',
  UND_ERR_BODY_TIMEOUT: 'it stopped sending',
  EHOSTUNREACH: 'there is no way to it',
  ENETUNREACH: 'there is no way to it',
  SELF_SIGNED_CERT_IN_CHAIN: 'its certificate is not signed by the authority that the kubeconfig names',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is not signed by the authority that the kubeconfig names',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its certificate is not signed by the authority that the kubeconfig names',
  CERT_HAS_EXPIRED: 'its certificate has expired',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another name',
};

/** The first code in an error and its causes, such as `ECONNREFUSED`. */
function codeOf(error: unknown): string {
  for (let at = error, depth = 0; typeof at === 'object' && at !== null && depth < 5; depth++) {
    const { code, cause, errors } = at as { code?: unknown; cause?: unknown; errors?: unknown[] };
    if (typeof code === 'string') return code;
    at = cause ?? errors?.[0];
  }
  return '';
}

/** What an error of the transport means, in our own words. */
export function fromNetwork(error: unknown, signal?: AbortSignal): ClusterError {
  if (error instanceof ClusterError) return error;
  if (signal?.aborted) return new ClusterError('cancelled', 'Reading was cancelled.');
  const code = codeOf(error);
  if (code === 'ENOENT' || code === 'EACCES')
    return new ClusterError('connection', 'A file that the kubeconfig names cannot be read.');
  const reason = networkReasons[code] ?? 'the connection failed';
  return new ClusterError('unreachable', `The API server cannot be reached: ${reason}.`);
}

// The form of the message: k8s.io/apiserver, pkg/endpoints/handlers/responsewriters/errors.go, 1.35.
const refusedUser = /User "([\w:.@/+-]{1,253})" cannot/;

/**
 * What an answer of the API server other than 200 means.
 * @param retryAfter milliseconds, where the answer says so
 * @param text of the answer; nothing but the name of a refused user is taken from it
 */
export function fromStatus(status: number, retryAfter?: number, text = ''): ClusterError {
  const later = retryAfter === undefined ? {} : { retryAfter };
  switch (status) {
    case 401:
      return new ClusterError(
        'credentials',
        'The API server does not accept the credentials, or they have expired. Sign in again and try once more.',
      );
    case 403: {
      const user = refusedUser.exec(text.replaceAll('\\"', '"'))?.[1];
      return new ClusterError('forbidden', 'The API server forbids it.', user === undefined ? {} : { user });
    }
    case 404:
      return new ClusterError('not-served', 'The API server does not serve it.');
    case 410:
      return new ClusterError('gone', 'The API server no longer knows the version to go on from.');
    case 429:
      return new ClusterError('throttled', 'The API server asks for patience (429).', later);
    default:
      return new ClusterError('server', `The API server answered with ${status}.`, later);
  }
}
