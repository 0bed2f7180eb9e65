import { externalRef, meshServiceRef, type Reference } from '@isthmus/kong-mesh';
import { dnsLabel, type Json, type JsonObject } from '@isthmus/kubernetes';
import {
  type BridgedCall,
  type BridgedPort,
  type BridgedService,
  type BridgeFacts,
  demandsMtls,
  targetIn,
} from './facts.ts';
import { bridgeHost } from './kong-gateway.ts';
import { bridgeObject, meshObject } from './object.ts';
import { callersOf, opensEgress } from './permissions.ts';
import { nameOfWorkload, placeOfService } from './place-name.ts';
import type { Placed } from './placed.ts';
import { hasBegun, hasPodsInIstio, type ProgressOf, some } from './progress.ts';
import { remembered } from './remembered.ts';
import { ownTrustDomain } from './settings.ts';

/** Namespace, account and pods of the gateway through which Kong Mesh's callers come into Istio. */
export const bridgeNamespace = 'istio-bridge';
const gatewayName = 'from-kong';
const gatewayLabels = { istio: gatewayName };

/** Kong Mesh's secrets (type `system.kuma.io/secret`) that the zone egress shows itself and checks the gateway with. */
export const egressSecrets = {
  ca: 'isthmus-bridge-ca',
  certificate: 'isthmus-bridge-client-cert',
  key: 'isthmus-bridge-client-key',
} as const;
/** Istio's secret with the gateway's certificate, its key, and the authority of the zone egress's certificate. */
export const gatewaySecret = 'isthmus-bridge-gateway';

/** Whether Kong Mesh's callers reach a service that is still in Istio as they are, in plaintext (security.md 4.1.1, B5). */
export const isReachedDirectly = (service: BridgedService, facts: BridgeFacts): boolean =>
  facts.input.settings.topology === 'same-cluster' && !demandsMtls(service) && !facts.closed;

const isWidened = ({ id }: BridgedService, { input }: BridgeFacts): boolean =>
  input.settings.widened.some(({ service }) => service === id);

/**
 * Why callers of Kong Mesh must not be let through to a service that is still in Istio; undefined where they may be. Istio sees
 * the gateway in the place of every caller, so that the zone egress has to tell them apart, which Kong Mesh 2.13 cannot, and
 * nothing can where a permission for the whole mesh opens the egress too.
 */
export const closedIntoIstio = (service: BridgedService, facts: BridgeFacts): string | undefined =>
  remembered(facts, `closed ${service.id}`, () => whyClosed(service, facts));

function whyClosed(service: BridgedService, facts: BridgeFacts): string | undefined {
  if (isReachedDirectly(service, facts) || !service.restricted || isWidened(service, facts)) return undefined;
  if (facts.input.names.target === '2.13')
    return `Istio restricts who may call ${service.id}, and sees its bridge gateway in the place of every caller from Kong Mesh. The zone egress of Kong Mesh 2.13 cannot tell callers apart.`;
  if (opensEgress(facts))
    return `Istio restricts who may call ${service.id}, and sees its bridge gateway in the place of every caller from Kong Mesh. A permission for the whole mesh lets all of them through the zone egress too.`;
  if (service.workloads.length === 0)
    return `Istio restricts who may call ${service.id}, but the import holds no workload of it, so that its translated permissions cannot be told.`;
  return openPorts(service, facts).length > 0
    ? undefined
    : `No translated permission lets a caller of Kong Mesh through to ${service.id} by its identity alone.`;
}

/**
 * The ports of a service in Istio that callers of Kong Mesh are let through to: all of them where nothing restricts it, else those
 * to which a translated permission lets anybody through by identity alone.
 */
export const openPorts = (service: BridgedService, facts: BridgeFacts): readonly BridgedPort[] =>
  remembered(facts, `open ports ${service.id}`, () =>
    !service.restricted || isWidened(service, facts)
      ? service.ports
      : service.ports.filter((port) => callersOf(service, port, facts).allow.length > 0),
  );

/** Whether a service in Istio is called by one that goes to Kong Mesh, and needs a way for that. */
const isNeededInIstio = (service: BridgedService, facts: BridgeFacts, progressOf: ProgressOf): boolean =>
  hasPodsInIstio(progressOf(service.id)) &&
  !isReachedDirectly(service, facts) &&
  (facts.callsTo.get(service.id) ?? []).some(
    ({ from, gateway }) => !gateway && from !== service.id && hasBegun(progressOf(from)),
  );

const nameOf = (service: BridgedService, port: BridgedPort, facts: BridgeFacts): string =>
  dnsLabel(`istio-${placeOfService(service, facts)}-${port.port}`);

/** The name of what bears the host of a service of several ports. */
const nameOfAll = (service: BridgedService, facts: BridgeFacts): string =>
  dnsLabel(`istio-${placeOfService(service, facts)}`);

/** A destination of Kong Mesh in its system namespace. */
export interface Backend {
  readonly kind: 'MeshService' | 'MeshExternalService';
  readonly name: string;
}

/** What a service in Kong Mesh has to reach of the bridge, to call those that it calls in Istio. */
export function backendsOf(service: string, facts: BridgeFacts, progressOf: ProgressOf): Backend[] {
  const called = new Set((facts.callsFrom.get(service) ?? []).map(({ to }) => to));
  return [...called]
    .flatMap((id) => {
      const callee = facts.services.get(id);
      const isOpen =
        callee !== undefined &&
        isNeededInIstio(callee, facts, progressOf) &&
        closedIntoIstio(callee, facts) === undefined;
      return isOpen ? [bearer(callee, facts)] : [];
    })
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** What callers of Kong Mesh find under the original host of a service: the external service of its one port, or what joins several. */
function bearer(service: BridgedService, facts: BridgeFacts): Backend {
  const [first, ...others] = service.ports;
  return first === undefined || others.length > 0
    ? { kind: 'MeshService', name: nameOfAll(service, facts) }
    : { kind: 'MeshExternalService', name: nameOf(service, first, facts) };
}

/** The DNS name of the gateway for one port: its own for each, since the zone egress makes it the Host (security.md 4.3.2). */
export function endpointOf(service: BridgedService, port: BridgedPort, facts: BridgeFacts): string {
  const { settings, names } = facts.input;
  if (settings.topology === 'same-cluster')
    return `${nameOf(service, port, facts)}.${bridgeNamespace}.svc.${names.clusterDomain}`;
  return service.ports[0] === port ? bridgeHost(service, facts) : `${port.port}.${bridgeHost(service, facts)}`;
}

const hostLabel = 'isthmus/host';
/** Marks destinations whose name one generator takes from the label above. */
const namedLabel = 'isthmus/original-name';

function secret(name: string, { input }: BridgeFacts): JsonObject {
  return input.names.target === '3.0' ? { type: 'Secret', secretRef: { kind: 'Secret', name } } : { secret: name };
}

function external(service: BridgedService, port: BridgedPort, facts: BridgeFacts): Placed[] {
  const { names, settings } = facts.input;
  const address = endpointOf(service, port, facts);
  const cluster = settings.topology === 'same-cluster' ? 'shared' : 'kong';
  const isAlone = service.ports.length === 1;
  const object = meshObject(
    names,
    'MeshExternalService',
    nameOf(service, port, facts),
    {
      match: { type: 'HostnameGenerator', port: port.port, protocol: port.protocol },
      endpoints: [{ address, port: 443 }],
      tls: {
        enabled: true,
        version: { min: 'TLS12' },
        verification: {
          mode: 'Secured',
          serverName: address,
          subjectAltNames: [{ type: 'Exact', value: address }],
          caCert: secret(egressSecrets.ca, facts),
          clientCert: secret(egressSecrets.certificate, facts),
          clientKey: secret(egressSecrets.key, facts),
        },
      },
    },
    service.id,
    isAlone ? labelsOfHost(service, bearer(service, facts)) : {},
  );
  const placed: Placed = { cluster, service: service.id, object };
  return isAlone ? [placed, ...spelledHost(service, bearer(service, facts), facts)] : [placed];
}

const isShort = ({ hosts: [host = ''] }: BridgedService): boolean => host.length <= 63;

/** Labels of what bears the original host of a service. */
const labelsOfHost = (service: BridgedService, { name }: Backend): Readonly<Record<string, string>> =>
  isShort(service) ? { [hostLabel]: service.hosts[0] ?? '', [namedLabel]: 'enabled' } : { [hostLabel]: name };

/** Values of labels end at 63 characters: a longer name gets a generator that spells it. */
function spelledHost(service: BridgedService, { kind, name }: Backend, facts: BridgeFacts): Placed[] {
  if (isShort(service)) return [];
  const cluster = facts.input.settings.topology === 'same-cluster' ? 'shared' : 'kong';
  const object = generatorOf(facts, kind, name, { [hostLabel]: name }, service.hosts[0] ?? '', service.id);
  return [{ cluster, service: service.id, object }];
}

const selectors = { MeshService: 'meshService', MeshExternalService: 'meshExternalService' } as const;

const generatorOf = (
  { input }: BridgeFacts,
  kind: Backend['kind'],
  name: string,
  matchLabels: Readonly<Record<string, string>>,
  template: string,
  service: string,
): JsonObject =>
  meshObject(
    input.names,
    'HostnameGenerator',
    name,
    { selector: { [selectors[kind]]: { matchLabels } }, template },
    service,
  );

/** A reference to a destination of the system namespace, from there. */
function refOf({ kind, name }: Backend, { input }: BridgeFacts): Reference {
  const { target, systemNamespace } = input.names;
  const named = kind === 'MeshService' ? meshServiceRef : externalRef;
  return named(target, { namespace: systemNamespace, name }, systemNamespace);
}

/** A selector that no data plane proxy meets: each port has a route that leads elsewhere. */
function nobody({ target }: BridgeFacts['input']['names']): JsonObject {
  const labels = { 'isthmus/pods': 'none' };
  return target === '3.0' ? { dataplaneLabels: { matchLabels: labels } } : { dataplaneTags: labels };
}

/**
 * What keeps the original host of a service on each of several ports. A host is one destination's: of two MeshExternalServices with
 * one name the second gets none, and each has one port (kuma, hostnamegenerator/hostname/generator.go and meshexternalservice.go,
 * 2.13 to 3.0). A MeshService has several, an address of its own that the control plane allocates to it whether or not pods stand
 * behind it (pkg/ipam/components.go, meshservice/api/v1alpha1/helpers.go), and routes to external services port by port.
 */
function joinedPorts(service: BridgedService, facts: BridgeFacts): Placed[] {
  if (service.ports.length === 1) return [];
  const { names, settings } = facts.input;
  const cluster = settings.topology === 'same-cluster' ? 'shared' : 'kong';
  const own = bearer(service, facts);
  const of = (object: JsonObject): Placed => ({ cluster, service: service.id, object });
  const ports = openPorts(service, facts);
  const routes = ports.map((port) => {
    const name = nameOf(service, port, facts);
    const to = refOf({ kind: 'MeshExternalService', name }, facts);
    const conf = { backendRefs: [{ ...to, port: port.port, weight: 1 }] };
    const isTcp = port.protocol === 'tcp';
    const rule = isTcp ? { default: conf } : { matches: [{ path: { type: 'PathPrefix', value: '/' } }], default: conf };
    const targetRef = { ...refOf(own, facts), sectionName: String(port.port) };
    const spec = { targetRef: { kind: 'Mesh' }, to: [{ targetRef, rules: [rule] }] };
    return of(meshObject(names, isTcp ? 'MeshTCPRoute' : 'MeshHTTPRoute', name, spec, service.id));
  });
  const spec = {
    selector: nobody(names),
    ports: ports.map(({ port, protocol }) => ({ name: String(port), port, appProtocol: protocol })),
  };
  return [
    of(meshObject(names, 'MeshService', own.name, spec, service.id, labelsOfHost(service, own))),
    ...spelledHost(service, own, facts),
    ...routes,
  ];
}

/** The name by which Kong Mesh's proxies ask the zone egress for a port (kuma, MADR 101; Kong Mesh documentation, MeshTrafficPermission, "Zone proxies"). */
const serverName = (service: BridgedService, port: BridgedPort, facts: BridgeFacts): string => {
  const { mesh, zone, systemNamespace } = facts.input.names;
  return `sni.extsvc.${mesh}.${zone}.${systemNamespace}.${nameOf(service, port, facts)}.${port.port}`;
};

/** The names by which they ask for what leads to a port of the workloads of a service. */
export const serverNames = (service: BridgedService, target: number, facts: BridgeFacts): string[] =>
  openPorts(service, facts).flatMap((port) => {
    const targets = service.workloads.map((workload) => targetIn(port, workload));
    return targets.length === 0 || targets.some((one) => one === undefined || one === target)
      ? [serverName(service, port, facts)]
      : [];
  });

/** Who may call through the zone egress: whom the translated permissions of the service let through, or everybody where nothing restricts it. */
function permission(service: BridgedService, port: BridgedPort, facts: BridgeFacts): Placed[] {
  const { names, settings } = facts.input;
  if (names.target === '2.13') return [];
  const sni = { type: 'Exact', value: serverName(service, port, facts) };
  const everybody: Json = { spiffeID: { type: 'Prefix', value: `spiffe://${ownTrustDomain(names)}/ns` } };
  const isOpen = !service.restricted || isWidened(service, facts);
  const { allow, deny } = isOpen ? { allow: [everybody], deny: [] } : callersOf(service, port, facts);
  if (allow.length === 0) return [];
  const onPort = (matches: readonly Json[]): Json[] => matches.map((match) => ({ ...(match as JsonObject), sni }));
  return [
    {
      cluster: settings.topology === 'same-cluster' ? 'shared' : 'kong',
      service: service.id,
      object: meshObject(
        names,
        'MeshTrafficPermission',
        nameOf(service, port, facts),
        {
          targetRef: { kind: 'Dataplane', labels: { 'kuma.io/listener-zoneegress': 'enabled' } },
          rules: [{ default: { ...(deny.length === 0 ? {} : { deny: onPort(deny) }), allow: onPort(allow) } }],
        },
        service.id,
      ),
    },
  ];
}

/** Istio's side of one port: a server of the gateway, its route, and where the service is restricted, the gateway's permission. */
function route(service: BridgedService, port: BridgedPort, facts: BridgeFacts): Placed[] {
  const { settings } = facts.input;
  const cluster = settings.topology === 'same-cluster' ? 'shared' : 'istio';
  const address = endpointOf(service, port, facts);
  const [host = ''] = service.hosts;
  const destination = { host, port: { number: port.port } };
  const rule =
    port.protocol === 'tcp'
      ? { tcp: [{ route: [{ destination }] }] }
      : { http: [{ rewrite: { authority: host }, route: [{ destination }] }] };
  const place = { name: nameOf(service, port, facts), namespace: bridgeNamespace };
  const of = (object: JsonObject): Placed => ({ cluster, service: service.id, object });
  return [
    of(
      bridgeObject(
        'networking.istio.io/v1',
        'Gateway',
        place,
        {
          spec: {
            selector: gatewayLabels,
            servers: [
              {
                port: { number: 443, name: place.name, protocol: port.protocol === 'tcp' ? 'TLS' : 'HTTPS' },
                hosts: [`./${address}`],
                tls: { mode: 'MUTUAL', credentialName: gatewaySecret },
              },
            ],
          },
        },
        service.id,
      ),
    ),
    of(
      bridgeObject(
        'networking.istio.io/v1',
        'VirtualService',
        place,
        { spec: { hosts: [address], gateways: [place.name], ...rule } },
        service.id,
      ),
    ),
    ...(settings.topology === 'same-cluster'
      ? [
          of(
            bridgeObject(
              'v1',
              'Service',
              place,
              { spec: { selector: gatewayLabels, ports: [{ name: 'https', port: 443, targetPort: 8443 }] } },
              service.id,
            ),
          ),
        ]
      : []),
  ];
}

/** Lets the bridge's gateway call a restricted workload: whom it speaks for, the zone egress has checked. */
function gatewayMayCall(service: BridgedService, facts: BridgeFacts): Placed[] {
  // Where nothing allows, one that does would refuse everybody else.
  if (!service.allowed) return [];
  const { trust } = facts;
  const cluster = facts.input.settings.topology === 'same-cluster' ? 'shared' : 'istio';
  const principal = `${trust.trustDomain}/ns/${bridgeNamespace}/sa/${gatewayName}`;
  return service.workloads.map((workload) => ({
    cluster,
    service: service.id,
    object: bridgeObject(
      'security.istio.io/v1',
      'AuthorizationPolicy',
      { name: dnsLabel(`from-kong-${nameOfWorkload(workload, facts)}`), namespace: workload.namespace },
      {
        spec: {
          ...(Object.keys(workload.labels).length === 0 ? {} : { selector: { matchLabels: { ...workload.labels } } }),
          action: 'ALLOW',
          rules: [{ from: [{ source: { principals: [principal] } }] }],
        },
      },
      service.id,
    ),
  }));
}

/** The gateway itself, with an account of its own, so that a permission for it is one for nobody else. */
function gateway(facts: BridgeFacts): Placed[] {
  const { settings } = facts.input;
  const cluster = settings.topology === 'same-cluster' ? 'shared' : 'istio';
  const place = { name: gatewayName, namespace: bridgeNamespace };
  const of = (object: JsonObject): Placed => ({ cluster, service: '', object });
  const namespace = bridgeObject('v1', 'Namespace', { name: bridgeNamespace }, {}, '');
  const labels = (namespace.metadata as JsonObject).labels as JsonObject;
  return [
    of({
      ...namespace,
      metadata: { ...(namespace.metadata as JsonObject), labels: { ...labels, 'istio-injection': 'enabled' } },
    }),
    of(bridgeObject('v1', 'ServiceAccount', place, {}, '')),
    of(
      bridgeObject(
        'apps/v1',
        'Deployment',
        place,
        {
          spec: {
            replicas: 2,
            selector: { matchLabels: gatewayLabels },
            template: {
              metadata: {
                labels: { ...gatewayLabels, 'sidecar.istio.io/inject': 'true' },
                annotations: { 'inject.istio.io/templates': 'gateway' },
              },
              // Istio's webhook puts the image of its proxy in (istio, gateway injection template).
              spec: {
                serviceAccountName: gatewayName,
                containers: [{ name: 'istio-proxy', image: 'auto', ports: [{ containerPort: 8443, protocol: 'TCP' }] }],
              },
            },
          },
        },
        '',
      ),
    ),
    ...(settings.topology === 'separate-clusters'
      ? [
          of(
            bridgeObject(
              'v1',
              'Service',
              place,
              {
                spec: {
                  type: 'LoadBalancer',
                  selector: gatewayLabels,
                  ports: [{ name: 'https', port: 443, targetPort: 8443 }],
                },
              },
              '',
            ),
          ),
        ]
      : []),
  ];
}

/**
 * What lets callers in Kong Mesh reach services that are still in Istio: nothing where plaintext within the cluster does; else
 * a MeshExternalService under the original host name, through the zone egress and a gateway of Istio (security.md 4.1.1, B6).
 */
export function intoIstio(
  facts: BridgeFacts,
  progressOf: ProgressOf,
  scope: readonly BridgedService[],
  calls: readonly BridgedCall[],
): Placed[] {
  const isWay = (service: BridgedService | undefined): boolean =>
    service !== undefined &&
    isNeededInIstio(service, facts, progressOf) &&
    closedIntoIstio(service, facts) === undefined;
  const wanted = scope.filter(isWay);
  // The gateway is there for ways to other services, too.
  if (wanted.length === 0 && !some(calls, ({ to }) => isWay(facts.services.get(to)))) return [];
  return [...gatewayOfBridge(facts), ...waysTo(wanted, facts)];
}

/** The ways to these services, as far as they are not closed, with the gateway that they all lead through. */
export function waysIntoIstio(wanted: readonly BridgedService[], facts: BridgeFacts): Placed[] {
  const services = wanted.filter(
    (service) => !isReachedDirectly(service, facts) && closedIntoIstio(service, facts) === undefined,
  );
  return services.length === 0 ? [] : [...gatewayOfBridge(facts), ...waysTo(services, facts)];
}

const waysTo = (services: readonly BridgedService[], facts: BridgeFacts): Placed[] =>
  services.flatMap((service) =>
    remembered(facts, `way ${service.id}`, () => [
      ...joinedPorts(service, facts),
      ...openPorts(service, facts).flatMap((port) => [
        ...external(service, port, facts),
        ...permission(service, port, facts),
        ...route(service, port, facts),
      ]),
      ...gatewayMayCall(service, facts),
    ]),
  );

/** The gateway, and generators for all names that labels can hold, one for each kind of what bears them. */
const gatewayOfBridge = (facts: BridgeFacts): Placed[] =>
  remembered(facts, 'bridge gateway', () => {
    const cluster = facts.input.settings.topology === 'same-cluster' ? 'shared' : 'kong';
    const template = `{{ label "${hostLabel}" }}`;
    const generators = (
      [
        ['MeshExternalService', 'isthmus-bridge'],
        ['MeshService', 'isthmus-bridge-ports'],
      ] as const
    ).map(([kind, name]): Placed => {
      const object = generatorOf(facts, kind, name, { [namedLabel]: 'enabled' }, template, '');
      return { cluster, service: '', object };
    });
    return [...gateway(facts), ...generators];
  });
