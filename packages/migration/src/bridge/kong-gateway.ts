import { dnsLabel, isMap, type JsonObject } from '@isthmus/kubernetes';
import type { BridgedPort, BridgedService, BridgeFacts } from './facts.ts';
import { bridgeObject, meshObject } from './object.ts';
import { placeOfService, shiftName } from './place-name.ts';
import type { Placed } from './placed.ts';
import { remembered } from './remembered.ts';
import { ownTrustDomain } from './settings.ts';
import type { Halves } from './share.ts';

/** The name under which a service of separate clusters is reached through Kong Gateway. */
export const bridgeHost = ({ name, namespace }: BridgedService, { input }: BridgeFacts): string =>
  `${name}.${namespace}.${input.settings.domain}`;

/** Where Kong Gateway answers. */
export const gatewayHost = ({ input }: BridgeFacts): string => `kong.${input.settings.domain}`;

/** Host names that requests come with: a short name only where no other service has it, since the gateway tells them apart by it. */
export function gatewayHosts(service: BridgedService, facts: BridgeFacts): string[] {
  const isUnique = facts.sameNames.get(service.name) === 1;
  return [
    bridgeHost(service, facts),
    ...service.hosts.filter((host) => host !== service.name || service.service.origin !== 'service' || isUnique),
  ];
}

/**
 * Ports that Kong Gateway leads to request by request, by their host. It tells by a Service's annotation `konghq.com/protocol`
 * what to speak to all of its ports (kubernetes-ingress-controller, internal/dataplane/kongstate/service.go, 3.5), so that gRPC
 * beside anything else is none of them: over HTTP/1.1 it would lose its trailers.
 */
export function requestPorts({ ports }: BridgedService): readonly BridgedPort[] {
  return ports.every(isGrpc) ? ports : ports.filter((port) => port.protocol !== 'tcp' && !isGrpc(port));
}

/**
 * Ports that it leads to connection by connection: what is no request, or not declared to be one, and gRPC beside anything else.
 * Istio's proxies start TLS with a server name for each, and the gateway ends it and hands on what is inside.
 */
export function connectionPorts(service: BridgedService): BridgedPort[] {
  const requests = new Set(requestPorts(service));
  return service.ports.filter((port) => !requests.has(port));
}

/** Where Kong Gateway takes connections: a stream listener of its own that ends TLS. */
export const streamPort = 9443;

/** The server name that connections of a port come to Kong Gateway with. */
export const connectionHost = (service: BridgedService, { port }: BridgedPort, facts: BridgeFacts): string =>
  `${port}.${bridgeHost(service, facts)}`;

const isGrpc = ({ protocol }: BridgedPort): boolean => protocol === 'grpc';

/** How long Istio's proxies keep a connection on which nothing happens: an hour (istio, tcp_proxy of Envoy). Kong does for a minute. */
const idleMilliseconds = '3600000';

/** What Kong Gateway has to be told of a Service that it leads to; nothing where it speaks HTTP, which it does by itself. */
export const gatewayAnnotations = (service: BridgedService): Readonly<Record<string, string>> => ({
  ...(requestPorts(service).some(isGrpc) ? { 'konghq.com/protocol': 'grpc' } : {}),
  ...(connectionPorts(service).length === 0
    ? {}
    : { 'konghq.com/read-timeout': idleMilliseconds, 'konghq.com/write-timeout': idleMilliseconds }),
});

/** Says at Kong Gateway which port of a service a request is for: its host does not, and any port of the gateway is the same. */
const portHeader = 'isthmus-port';

/** Whether requests for a service have to name their port. */
const namesPorts = (service: BridgedService): boolean => requestPorts(service).length > 1;

const gatewayName = 'isthmus-bridge';

/** Kong Gateway's side, once: a class, and one listener that ends TLS for every bridged service. */
export const kongGateway = (facts: BridgeFacts): Placed[] => remembered(facts, 'gateway', () => gatewayObjects(facts));

function gatewayObjects({ input }: BridgeFacts): Placed[] {
  const { gatewayNamespace: namespace } = input.settings;
  const place = (object: JsonObject): Placed => ({ cluster: 'kong', service: '', object });
  return [
    place(
      bridgeObject(
        'gateway.networking.k8s.io/v1',
        'GatewayClass',
        { name: gatewayName, annotations: { 'konghq.com/gatewayclass-unmanaged': 'true' } },
        { spec: { controllerName: 'konghq.com/kic-gateway-controller' } },
        '',
      ),
    ),
    place(
      bridgeObject(
        'gateway.networking.k8s.io/v1',
        'Gateway',
        { name: gatewayName, namespace },
        {
          spec: {
            gatewayClassName: gatewayName,
            listeners: [
              {
                name: 'https',
                port: 443,
                protocol: 'HTTPS',
                tls: {
                  mode: 'Terminate',
                  certificateRefs: [{ group: '', kind: 'Secret', name: `${gatewayName}-cert` }],
                },
                allowedRoutes: { namespaces: { from: 'All' } },
              },
            ],
          },
        },
        '',
      ),
    ),
  ];
}

/** The rule of a port: of several, each takes the requests that name it, and no rule takes those that name none. */
function ruleAtGateway(service: BridgedService, { port }: BridgedPort): JsonObject {
  const path = { type: 'PathPrefix', value: '/' };
  const backendRefs = [{ name: service.name, port }];
  if (!namesPorts(service)) return { matches: [{ path }], backendRefs };
  return {
    matches: [{ path, headers: [{ type: 'Exact', name: portHeader, value: String(port) }] }],
    filters: [{ type: 'RequestHeaderModifier', requestHeaderModifier: { remove: [portHeader] } }],
    backendRefs,
  };
}

const routeAtGateway = (service: BridgedService, facts: BridgeFacts): Placed => ({
  cluster: 'kong',
  service: service.id,
  object: bridgeObject(
    'gateway.networking.k8s.io/v1',
    'HTTPRoute',
    { name: shiftName(service), namespace: service.namespace },
    {
      spec: {
        parentRefs: [{ name: gatewayName, namespace: facts.input.settings.gatewayNamespace }],
        hostnames: gatewayHosts(service, facts),
        rules: requestPorts(service).map((port) => ruleAtGateway(service, port)),
      },
    },
    service.id,
  ),
});

/** Who may call at Kong Gateway what Istio restricts: only what a person decided about, since the gateway's identity is all that is left. */
function gatewayPermission(service: BridgedService, facts: BridgeFacts): Placed[] {
  const { names, settings } = facts.input;
  if (!service.restricted || !settings.widened.some((one) => one.service === service.id)) return [];
  const value = `spiffe://${ownTrustDomain(names)}/ns/${settings.gatewayNamespace}/sa`;
  return service.workloads.map(
    (workload, index): Placed => ({
      cluster: 'kong',
      service: service.id,
      object: meshObject(
        names,
        'MeshTrafficPermission',
        dnsLabel(`bridge-${placeOfService(service, facts)}${index === 0 ? '' : `-${index + 1}`}`),
        {
          targetRef: { kind: 'Dataplane', labels: { 'k8s.kuma.io/namespace': service.namespace, ...workload.labels } },
          rules: [{ default: { allow: [{ spiffeID: { type: 'Prefix', value } }] } }],
        },
        service.id,
      ),
    }),
  );
}

/**
 * The rules of connections at Kong Gateway, by server name. TCPIngress, because Gateway API has no form that ends TLS and hands on
 * a connection that Kong's ingress controller reads (edge.md 2.2): a TLSRoute attaches to listeners that pass TLS through, a
 * TCPRoute to those without TLS. The certificate is that of the Gateway.
 */
const connectionsAtGateway = (service: BridgedService, facts: BridgeFacts): Placed => ({
  cluster: 'kong',
  service: service.id,
  object: bridgeObject(
    'configuration.konghq.com/v1beta1',
    'TCPIngress',
    {
      name: shiftName(service),
      namespace: service.namespace,
      annotations: { 'kubernetes.io/ingress.class': 'kong' },
    },
    {
      spec: {
        rules: connectionPorts(service).map((port) => ({
          host: connectionHost(service, port, facts),
          port: streamPort,
          backend: { serviceName: service.name, servicePort: port.port },
        })),
      },
    },
    service.id,
  ),
});

/** A host at Kong Gateway as Istio's proxies know it, and TLS towards it. */
function external(service: BridgedService, facts: BridgeFacts, host: string, name: string, port: JsonObject): Placed[] {
  const place = { name: dnsLabel(name), namespace: service.namespace };
  const of = (object: JsonObject): Placed => ({ cluster: 'istio', service: service.id, object });
  const spec = {
    hosts: [host],
    location: 'MESH_EXTERNAL',
    resolution: 'DNS',
    ports: [port],
    endpoints: [{ address: gatewayHost(facts) }],
  };
  // A credential would need a workloadSelector: without one sidecars make no TLS at all (istio, cluster_tls.go, 1.32).
  const tls = { mode: 'SIMPLE', sni: host, caCertificates: '/etc/isthmus-bridge/ca.pem' };
  return [
    of(bridgeObject('networking.istio.io/v1', 'ServiceEntry', place, { spec }, service.id)),
    of(
      bridgeObject(
        'networking.istio.io/v1',
        'DestinationRule',
        place,
        { spec: { host, trafficPolicy: { tls } } },
        service.id,
      ),
    ),
  ];
}

/** Istio's side of the requests of a service: its name at the gateway. */
function requestHost(service: BridgedService, facts: BridgeFacts): Placed[] {
  // gRPC needs HTTP/2, which Istio speaks to ports that say so only.
  const protocol = requestPorts(service).some(isGrpc) ? 'GRPC' : 'HTTP';
  const port = { number: 80, name: protocol.toLowerCase(), protocol, targetPort: 443 };
  return external(service, facts, bridgeHost(service, facts), `${service.name}-kong`, port);
}

/**
 * Istio's side of the connections of a port. The protocol TLS keeps its listener, which has no address of its own, from taking more
 * than what asks for this name: one of TCP would take every connection to the port whose address Istio does not know.
 */
function connectionHosts(service: BridgedService, facts: BridgeFacts): Placed[] {
  return connectionPorts(service).flatMap((port) => {
    const known = isGrpc(port)
      ? { number: 80, name: 'grpc', protocol: 'GRPC', targetPort: streamPort }
      : { number: streamPort, name: 'tls', protocol: 'TLS' };
    return external(service, facts, connectionHost(service, port, facts), `${service.name}-kong-${port.port}`, known);
  });
}

/** What of a service is at Kong Gateway, and what Istio's proxies know of it. */
export const atGateway = (service: BridgedService, facts: BridgeFacts): Placed[] =>
  remembered(facts, `gateway ${service.id}`, () => [
    ...(requestPorts(service).length === 0 ? [] : [routeAtGateway(service, facts), ...requestHost(service, facts)]),
    ...(connectionPorts(service).length === 0
      ? []
      : [connectionsAtGateway(service, facts), ...connectionHosts(service, facts)]),
    ...gatewayPermission(service, facts),
  ]);

/** Where calls of a port go at Kong Gateway. */
function destinationAt(service: BridgedService, port: BridgedPort, facts: BridgeFacts): ReturnType<Halves['kong']> {
  if (!requestPorts(service).includes(port)) {
    const number = isGrpc(port) ? 80 : streamPort;
    return { destination: { host: connectionHost(service, port, facts), port: { number } } };
  }
  return {
    destination: { host: bridgeHost(service, facts), port: { number: 80 } },
    ...(namesPorts(service) ? { headers: { [portHeader]: String(port.port) } } : {}),
  };
}

/**
 * Both halves have hosts of their own: the service as it is, and its names at Kong Gateway. Requests come there with the original
 * host, which says nothing of the port: where several have a way, a header does, in place of any that the caller sent.
 */
export const byHost =
  (facts: BridgeFacts) =>
  (service: BridgedService): Halves => {
    const { ports } = service;
    return {
      ...(ports.length > 1
        ? { ports: (kind) => ports.flatMap(({ port, routedBy }) => (routedBy.includes(kind) ? [port] : [])) }
        : {}),
      istio: (destination) => destination,
      kong(destination, kind) {
        const named = isMap(destination.port) ? destination.port.number : undefined;
        const number = named ?? (ports.length === 1 ? ports[0]?.port : undefined);
        const port = ports.find((one) => one.port === number);
        return port?.routedBy.includes(kind) ? destinationAt(service, port, facts) : undefined;
      },
    };
  };
