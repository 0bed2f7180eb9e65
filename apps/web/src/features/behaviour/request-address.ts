import type { Counterexample, SimulatedRequest } from '@isthmus/contract';
import type { Search } from '../../ui/search.ts';

/** The parts of a request as they stand in an address; `to` is its service, where it is not the one that is shown. */
export const requestNames = ['to', 'cluster', 'port', 'client', 'labels', 'method', 'host', 'path', 'headers'] as const;

/** Why what is written is no request yet. */
export interface Unreadable {
  readonly name: (typeof requestNames)[number];
  readonly problem: string;
}

function readLabels(text: string): Record<string, string> | undefined {
  const labels: Record<string, string> = {};
  for (const pair of text.split(/[,\n]/)) {
    const written = pair.trim();
    if (written === '') continue;
    const at = written.indexOf('=');
    if (at < 1) return undefined;
    labels[written.slice(0, at).trim()] = written.slice(at + 1).trim();
  }
  return labels;
}

function readHeaders(text: string): Record<string, string[]> | undefined {
  const headers: Record<string, string[]> = {};
  for (const line of text.split('\n')) {
    if (line.trim() === '') continue;
    const at = line.indexOf(':');
    if (at < 1) return undefined;
    const name = line.slice(0, at).trim().toLowerCase();
    headers[name] = [...(headers[name] ?? []), line.slice(at + 1).trim()];
  }
  return headers;
}

/** Reads the request of an address; undefined where no service is named. What is absent has a sensible value. */
export function readRequest(search: Search): SimulatedRequest | Unreadable | undefined {
  const { cluster, port, client, method = 'GET', host, path = '/' } = search;
  const service = search.to ?? search.service;
  const [namespace = '', name = '', ...rest] = (service ?? '').split('/');
  if (service === undefined) return undefined;
  if (namespace === '' || name === '' || rest.length > 0)
    return { name: 'to', problem: 'A namespace, a slash and a name, as in sales/seats.' };
  if (port !== undefined && !/^[1-9]\d{0,4}$/.test(port)) return { name: 'port', problem: 'A number from 1 to 65535.' };
  if (isGateway(service) && host === undefined)
    return { name: 'host', problem: 'A host that the gateway serves, as in www.example.com.' };
  if (!path.startsWith('/')) return { name: 'path', problem: 'It begins with a slash.' };
  const labels = readLabels(search.labels ?? '');
  if (labels === undefined) return { name: 'labels', problem: 'Pairs as app=web, with commas between them.' };
  const headers = readHeaders(search.headers ?? '');
  if (headers === undefined) return { name: 'headers', problem: 'One on a line, as x-cabin: crew.' };
  return {
    service,
    ...(cluster ? { cluster } : {}),
    ...(port === undefined ? {} : { port: Number(port) }),
    client: { namespace: client ?? namespace, labels },
    method,
    ...(host === undefined ? {} : { authority: host }),
    path,
    headers,
  };
}

/** Whether the name is that of a gateway, which stands among services as `<namespace>/gateway:<name>`. */
export const isGateway = (service: string): boolean => service.includes('/gateway:');

/** Who takes the requests of a service after the migration. */
export const targetOf = (service: string): string => (isGateway(service) ? 'Kong Gateway' : 'Kong Mesh');

/**
 * What the workbench shows of a service; of a gateway, which is none, a resource that decides there, or its namespace.
 * @param resource index of the Istio resource, where it is known
 */
export function subjectOf(service: string, resource?: number): Search {
  if (!isGateway(service)) return { service };
  return resource === undefined
    ? { namespace: service.slice(0, service.indexOf('/')) }
    : { resource: String(resource) };
}

/** The workbench with the simulator open for a service or a gateway. */
export const simulatorOf = (service: string, resource?: number): Search => ({
  ...subjectOf(service, resource),
  list: 'simulator',
  ...(isGateway(service) ? { to: service } : {}),
});

/** The request of a counterexample as an address of the workbench, with the simulator open. */
export function writeRequest(service: string, port: number, { client, request, before }: Counterexample): Search {
  const labels = Object.entries(client.labels).map(([name, value]) => `${name}=${value}`);
  const headers = Object.entries(request.headers).flatMap(([name, values]) =>
    values.map((value) => `${name}: ${value}`),
  );
  return {
    ...simulatorOf(service, before.rule?.resource),
    port: String(port),
    client: client.namespace,
    labels: labels.length === 0 ? undefined : labels.join(','),
    method: request.method,
    host: request.authority,
    path: request.path,
    headers: headers.length === 0 ? undefined : headers.join('\n'),
  };
}
