import type { ServicePort } from '../services.ts';

const httpProtocols: ReadonlySet<string> = new Set(['http', 'http2', 'http_proxy', 'grpc', 'grpc-web']);

/** Whether a port says that it speaks HTTP. */
export const isDeclaredHttp = ({ protocol }: ServicePort): boolean =>
  protocol !== undefined && httpProtocols.has(protocol);

/** Whether Istio takes a port for HTTP, or finds out by looking at what is sent. */
export const isHttp = (port: ServicePort): boolean => port.protocol === undefined || isDeclaredHttp(port);
