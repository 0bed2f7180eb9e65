import type { Endpoints } from '@isthmus/behavior';

/** Protocols whose requests a proxy reads (kuma, pkg/core/metadata `IsHTTPBased`). */
const httpProtocols = new Set(['http', 'http2', 'grpc']);

/** Whether a port can be the backend of an HTTP route. */
export const isHttp = (protocol: string): boolean => httpProtocols.has(protocol);

/**
 * Whether a proxy reads the requests to a port. A protocol written with capitals counts here, though not as a backend, so
 * that nothing is left of the port's own route.
 */
export const isRead = (protocol: string): boolean => httpProtocols.has(protocol.toLowerCase());

/** One port of a destination. */
export interface DestinationPort {
  /** Name of the port, or its number as a text. */
  readonly name: string;
  readonly port: number;
  /** As written; `tcp` where nothing is. */
  readonly protocol: string;
  readonly endpoints: Endpoints;
}

/** Kinds of what a client's proxy has listeners for. */
export type DestinationKind = 'MeshService' | 'MeshExternalService' | 'MeshMultiZoneService';

/** Something that clients can dial and policies can name. */
export interface Destination {
  readonly kind: DestinationKind;
  readonly namespace: string;
  readonly name: string;
  /** Zone that it lives in; empty for what belongs to all of them. */
  readonly zone: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly ports: readonly DestinationPort[];
  /** When it was created; the empty text where that is not known. */
  readonly created: string;
  /** Of a MeshExternalService: the address that requests go out to. */
  readonly address?: string;
}

/** What names a destination in Kuma (a KRI without mesh and section). */
export const destinationKey = ({
  kind,
  zone,
  namespace,
  name,
}: Omit<Destination, 'labels' | 'ports' | 'created'>): string => `${kind}/${zone}/${namespace}/${name}`;

/** The port of a name or of a number, in this order of the ports (kuma, `FindPortByName`). */
export function findPort({ kind, ports }: Destination, section: string): DestinationPort | undefined {
  if (kind === 'MeshExternalService') return ports[0];
  return ports.find(({ name, port }) => name === section || String(port) === section);
}
