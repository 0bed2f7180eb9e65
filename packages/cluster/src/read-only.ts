import { HttpMethod, KubeConfig, type RequestContext } from '@kubernetes/client-node';
import { ClusterError } from './cluster-error.ts';

/** How metadata of objects is asked for without the rest (KEP-2334; API server from 1.15). */
export const metadataOnly = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1';

const readable = [
  // What is served.
  /^\/(?:version|api|apis|api\/v1|apis\/[^/]+|apis\/[^/]+\/[^/]+)$/,
  // A list or a watch of a kind, in all namespaces or in one.
  /^\/(?:api\/v1|apis\/[^/]+\/[^/]+)\/(?:namespaces\/[^/]+\/)?[a-z0-9-]+$/,
  // The one kind of which single objects are read: Istio's configuration.
  /^\/api\/v1\/namespaces\/[^/]+\/configmaps\/[^/]+$/,
];

const secrets = /^\/api\/v1\/(?:namespaces\/[^/]+\/)?secrets$/;

/**
 * Credentials that read and do nothing else. All that `@kubernetes/client-node` sends asks its configuration for
 * credentials right before it is sent: what is no get, list or watch of a kind gets none and fails, and of Secrets only
 * metadata can be asked for.
 */
export class ReadOnlyConfig extends KubeConfig {
  readonly #own: KubeConfig;
  #dispatcher: ReturnType<RequestContext['getDispatcher']>;

  constructor(own: KubeConfig) {
    super();
    this.#own = own;
    this.clusters = own.clusters;
    this.users = own.users;
    this.contexts = own.contexts;
    this.currentContext = own.currentContext;
  }

  override async applySecurityAuthentication(context: RequestContext): Promise<void> {
    const { pathname, origin } = new URL(context.getUrl());
    const base = new URL(this.getCurrentCluster()?.server ?? '');
    const root = base.pathname.replace(/\/$/, '');
    const path = pathname.startsWith(root) ? pathname.slice(root.length) : '';
    const isReading =
      context.getHttpMethod() === HttpMethod.GET &&
      context.getBody() === undefined &&
      origin === base.origin &&
      readable.some((shape) => shape.test(path));
    if (!isReading)
      throw new ClusterError('server', `Isthmus only reads: ${context.getHttpMethod()} ${path} is not sent.`);
    await this.#own.applySecurityAuthentication(context);
    if (secrets.test(path)) context.setHeaderParam('Accept', metadataOnly);
    // One pool of connections: the library makes a new one for each request.
    this.#dispatcher ??= context.getDispatcher();
    if (this.#dispatcher !== undefined) context.setDispatcher(this.#dispatcher);
  }

  /** For sockets into containers, which Isthmus never opens. */
  override async applyToHTTPSOptions(): Promise<void> {
    throw new ClusterError('server', 'Isthmus only reads: no socket into a container is opened.');
  }

  /** Lets the next request connect anew, with credentials that may have changed. */
  renew(): void {
    this.#dispatcher = undefined;
  }
}
