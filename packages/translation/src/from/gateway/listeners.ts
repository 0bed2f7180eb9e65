import { codes } from '@isthmus/diagnostics';
import type { Context } from '../../context.ts';
import { child, entries, type Field, items, text } from '../../field.ts';
import type { IstioGateway, Server, ServerHost } from './read-gateway.ts';
import type { GatewayWorkload } from './workload.ts';

/** A listener to emit, and what its routes must know of it. */
export interface Listener {
  readonly gateway: IstioGateway;
  readonly server: Server;
  readonly name: string;
  readonly protocol: 'HTTP' | 'HTTPS' | 'TLS' | 'TCP';
  readonly port: number;
  /** `*` for every host. */
  readonly host: string;
  readonly hosts: readonly ServerHost[];
  readonly redirects: Field<boolean> | undefined;
  /** Why it is a draft: something that it demands of clients must be set up by a person first. */
  readonly draft: string | undefined;
  /** Whether it demands client certificates, for which its routes take a plugin. */
  readonly clientCertificates: boolean;
  /** Whether it stands for a Gateway that the import lacks: then its port is unknown. */
  readonly missing?: boolean;
}

const hostname = /^(?:\*\.)?[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*$/;
const address = /^\d+(?:\.\d+){3}$/;

/** Whether Gateway API and Kong's expressions router take a host; a double hyphen makes a route match every host (T59). */
export function isServable(host: string): 'yes' | 'no' | 'everything' {
  if (host === '*') return 'yes';
  if (host.includes('--')) return 'everything';
  return hostname.test(host) && !address.test(host) && host.length <= 253 ? 'yes' : 'no';
}

const slug = (name: string): string =>
  name
    .toLowerCase()
    .replace(/[^a-z0-9-]+/g, '-')
    .replace(/^-+|-+$/g, '') || 'port';

const protocols = { http: 'HTTP', https: 'HTTPS', tls: 'TLS', tcp: 'TCP' } as const;

const zoneIngress = {
  '2.13': 'install the zone with `ingress.enabled: true`, which makes a ZoneIngress',
  '2.14': 'install the zone with `ingress.enabled: true`, which makes a ZoneIngress',
  '3.0':
    'give the mesh an ingress (`meshes[].ingress.enabled: true`), whose Service with the label `k8s.kuma.io/zone-proxy-type: ingress` gets a MeshZoneAddress',
} as const;

/** A server for other clusters, which pass their mutual TLS through it by the server name (edge.md X3). */
function accountForEastWest(context: Context, { field, tls, number }: Server): void {
  const mode = child(tls, 'mode') ?? field;
  const parameters = { port: number.value, how: zoneIngress[context.settings.target] };
  context.approximate(mode, undefined, codes.multiCluster.eastWestGateway, parameters);
  for (const leaf of context.unclaimed(field)) context.claim(leaf, 'inert', codes.multiCluster.eastWestOther);
}

/** Settings of a server's TLS that Kong has for the whole data plane or not at all; a lost demand blocks. */
function accountForTls(context: Context, { tls, mode, number }: Server): string | undefined {
  let draft: string | undefined;
  const ends = mode === 'SIMPLE' || mode === 'MUTUAL' || mode === 'OPTIONAL_MUTUAL';
  for (const [name, field] of entries(tls)) {
    if (name === 'mode' || name === 'httpsRedirect' || name === 'credentialName') continue;
    if (!ends) {
      context.inert(field, codes.gateway.tlsSettingIdle, { field: name, port: number.value });
      continue;
    }
    const value = text(field)?.value;
    switch (name) {
      case 'minProtocolVersion':
        // Istio's own minimum is 1.2, and so is Kong's (its `intermediate` cipher suite).
        if (value === 'TLSV1_2' || value === 'TLS_AUTO') context.settled(field);
        else context.unsupported(field, codes.gateway.tlsVersion, { field: name, value: String(field.value) });
        break;
      case 'maxProtocolVersion':
        if (value === 'TLSV1_3' || value === 'TLS_AUTO') context.settled(field);
        else context.unsupported(field, codes.gateway.tlsVersion, { field: name, value: String(field.value) });
        break;
      case 'cipherSuites':
      case 'ecdhCurves':
        context.unsupported(field, codes.gateway.tlsVersion, { field: name, value: items(field).length });
        break;
      case 'credentialNames':
        context.unsupported(field, codes.gateway.severalCertificates, { port: number.value });
        break;
      case 'serverCertificate':
      case 'privateKey':
      case 'tlsCertificates':
        context.unsupported(field, codes.gateway.certificateFile, { field: name, port: number.value });
        draft = 'Its certificate lies in a file of the gateway; Kong takes it from a Secret.';
        break;
      case 'subjectAltNames':
      case 'verifyCertificateSpki':
      case 'verifyCertificateHash':
      case 'caCertificates':
      case 'caCertCredentialName':
      case 'caCrl':
        if (mode === 'SIMPLE') context.inert(field, codes.gateway.tlsSettingIdle, { field: name, port: number.value });
        else context.unsupported(field, codes.gateway.clientDemand, { field: name, port: number.value });
        break;
      default:
        context.unsupported(field, codes.gateway.clientDemand, { field: name, port: number.value });
    }
  }
  return draft;
}

function draftOf(context: Context, server: Server): string | undefined {
  const { mode, tls, number, field } = server;
  const file = accountForTls(context, server);
  if (mode === 'MUTUAL' || mode === 'OPTIONAL_MUTUAL') {
    const at = child(tls, 'mode') ?? field;
    context.unsupported(at, codes.gateway.clientCertificate, { mode, port: number.value });
    return `It demands client certificates (${mode}), which take the plugin mtls-auth and the authorities of the clients.`;
  }
  if (mode === 'SIMPLE' && file === undefined && text(child(tls, 'credentialName')) === undefined) {
    const several = items(child(tls, 'credentialNames'));
    if (several.length > 0) return undefined;
    context.report(codes.gateway.noCertificate, { port: number.value }, tls ?? field);
    return 'It names no certificate.';
  }
  return file;
}

/** Says of a whole server why it has no listener. */
function withhold(
  context: Context,
  server: Server,
  reason: typeof codes.gateway.eastWest | typeof codes.gateway.tlsToTcp,
): void {
  context.report(reason, { port: server.number.value }, child(server.tls, 'mode') ?? server.field);
  context.claim(server.field, 'unsupported', reason);
}

const redirectOf = ({ redirects }: Server): Field<boolean> | undefined =>
  redirects?.value === true ? redirects : undefined;

/** The listeners of a Gateway: one for each host of a server, where Kong has a counterpart (edge.md 3.1). */
export function listenersOf(
  context: Context,
  gateway: IstioGateway,
  workload: GatewayWorkload,
  servers: readonly Server[],
): Listener[] {
  const listeners: Listener[] = [];
  const names = new Set<string>();
  for (const server of servers) {
    const { field, family, mode, hosts, number, portName } = server;
    const bind = child(field, 'bind');
    if (bind !== undefined) {
      context.unsupported(bind, codes.gateway.bind, { address: String(bind.value), port: number.value });
      context.claim(field, 'unsupported', codes.gateway.bind);
      continue;
    }
    if (mode === 'AUTO_PASSTHROUGH') {
      accountForEastWest(context, server);
      continue;
    }
    if (mode === 'ISTIO_MUTUAL') {
      withhold(context, server, codes.gateway.eastWest);
      continue;
    }
    if (family === 'tls' && mode !== 'PASSTHROUGH') {
      withhold(context, server, codes.gateway.tlsToTcp);
      continue;
    }
    const draft = draftOf(context, server);
    let offered = false;
    const port = workload.servicePort(number.value);
    const passes = family === 'https' && mode === 'PASSTHROUGH';
    const protocol = passes ? 'TLS' : protocols[family];
    const byName = Map.groupBy(hosts, ({ name }) => (protocol === 'TCP' ? '*' : name));
    for (const [host, same] of byName) {
      const servable = isServable(host);
      if (servable !== 'yes') {
        const code = servable === 'everything' ? codes.gateway.doubleHyphen : codes.gateway.hostNotServable;
        for (const one of same) context.unsupported(one.field, code, { host });
        continue;
      }
      offered = true;
      const twin = listeners.findIndex(
        (one) => one.port === port && one.protocol === protocol && one.host === host && one.draft === draft,
      );
      const known = listeners[twin];
      if (known !== undefined) {
        context.settled(child(field, 'port'));
        for (const one of same) context.settled(one.field);
        // Plain HTTP servers of one host are one; a redirect on either holds for both (edge.md G7).
        listeners[twin] = {
          ...known,
          hosts: [...known.hosts, ...same],
          redirects: known.redirects ?? redirectOf(server),
        };
        continue;
      }
      const base = slug(portName === '' ? `${family}-${number.value}` : portName);
      let name = base;
      for (let count = 2; names.has(name); count++) name = `${base}-${count}`;
      names.add(name);
      listeners.push({
        gateway,
        server,
        name,
        protocol,
        port,
        host,
        hosts: same,
        redirects: redirectOf(server),
        draft,
        clientCertificates: mode === 'MUTUAL' || mode === 'OPTIONAL_MUTUAL',
      });
    }
    if (!offered) context.claim(field, 'unsupported', codes.gateway.hostNotServable);
  }
  return listeners;
}
