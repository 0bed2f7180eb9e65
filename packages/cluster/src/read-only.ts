import { HttpMethod, KubeConfig, type RequestContext } from '@kubernetes/client-node';
import { ClusterError } from './cluster-error.ts';

/** How metadata of listed objects is asked for without the rest (KEP-2334; API server from 1.15). */
export const metadataOnly = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1';
// Of a watch each event is one object (k8s.io/apiserver, pkg/endpoints/handlers/response.go, 1.35).
const metadataOfEvents = 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1';

const readable = [
  // What is served.
  /^\/(?:version|api|apis|api\/v1|apis\/[^/]+|apis\/[^/]+\/[^/]+)$/,
  // A list or a watch of a kind, in all namespaces or in one.
  /^\/(?:api\/v1|apis\/[^/]+\/[^/]+)\/(?:namespaces\/[^/]+\/)?[a-z0-9-]+$/,
];

const secrets = /^\/api\/v1\/(?:namespaces\/[^/]+\/)?secrets$/;
const configMaps = /^\/api\/v1\/(?:namespaces\/[^/]+\/)?configmaps$/;
// Istio's configuration, by its name; of other ConfigMaps nobody knows what they hold.
const meshConfig = /^metadata\.name=istio(?:-[a-z0-9.-]+)?$/;

/**
 * Credentials that read and do nothing else. All that `@kubernetes/client-node` sends asks its configuration for
 * credentials right before it is sent: what is no get, list or watch of a kind gets none and fails, and of Secrets only
 * metadata can be asked for.
 */
export class ReadOnlyConfig extends KubeConfig {
  #own: KubeConfig;
  readonly #open: () => KubeConfig;
  #dispatcher: ReturnType<RequestContext['getDispatcher']>;

  /** @param open reads the credentials from where they lie; called again whenever they may have changed there */
  constructor(open: () => KubeConfig) {
    super();
    this.#open = open;
    const own = open();
    this.#own = own;
    this.clusters = own.clusters;
    this.users = own.users;
    this.contexts = own.contexts;
    this.currentContext = own.currentContext;
  }

  override async applySecurityAuthentication(context: RequestContext): Promise<void> {
    const { pathname, origin, searchParams } = new URL(context.getUrl());
    const base = new URL(this.getCurrentCluster()?.server ?? '');
    const root = base.pathname.replace(/\/$/, '');
    const path = pathname.startsWith(root) ? pathname.slice(root.length) : '';
    const isReading =
      context.getHttpMethod() === HttpMethod.GET &&
      context.getBody() === undefined &&
      origin === base.origin &&
      readable.some((shape) => shape.test(path)) &&
      (!configMaps.test(path) || meshConfig.test(searchParams.get('fieldSelector') ?? ''));
    if (!isReading)
      throw new ClusterError('server', `Isthmus only reads: ${context.getHttpMethod()} ${path} is not sent.`);
    await this.#own.applySecurityAuthentication(context);
    if (secrets.test(path))
      context.setHeaderParam('Accept', searchParams.has('watch') ? metadataOfEvents : metadataOnly);
    // One pool of connections: the library makes a new one for each request.
    this.#dispatcher ??= context.getDispatcher();
    if (this.#dispatcher !== undefined) context.setDispatcher(this.#dispatcher);
  }

  /** For sockets into containers, which Isthmus never opens. */
  override async applyToHTTPSOptions(): Promise<void> {
    throw new ClusterError('server', 'Isthmus only reads: no socket into a container is opened.');
  }

  /** Lets the next request connect anew, with the credentials as they lie there now. */
  renew(): void {
    this.#dispatcher = undefined;
    try {
      const own = this.#open();
      // Credentials for another server are not for this one.
      if (own.getCurrentCluster()?.server === this.getCurrentCluster()?.server) this.#own = own;
    } catch (error) {
      // What is being written anew, or was taken away, leaves what is known.
      if (!(error instanceof ClusterError)) throw error;
    }
  }
}
