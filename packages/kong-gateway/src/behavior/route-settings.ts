import { annotation, annotationList, type ClusterObject } from './cluster.ts';

/** Settings of a Kong route that annotations of its object change (kic/internal/dataplane/kongstate/route.go, 3.5). */
export interface RouteSettings {
  readonly protocols: readonly string[];
  readonly httpsRedirectStatus: number;
  readonly preserveHost: boolean | undefined;
  readonly stripPath: boolean;
}

const protocols = new Set(['http', 'https', 'grpc', 'grpcs', 'ws', 'wss', 'tls', 'tcp', 'tls_passthrough']);

/** Whether the controller takes a protocol (kic/internal/util/protocol.go). */
export const isProtocol = (name: string): boolean => protocols.has(name);

const truth = (value: string | undefined): boolean | undefined =>
  value?.toLowerCase() === 'true' ? true : value?.toLowerCase() === 'false' ? false : undefined;

const redirectStatuses = new Set(['301', '302', '307', '308', '426']);

/** The settings that a route starts with, changed by the annotations of its object; values that say nothing are ignored. */
export function withAnnotations(
  object: ClusterObject,
  settings: Omit<RouteSettings, 'httpsRedirectStatus'>,
): RouteSettings {
  const written = annotationList(object, 'protocols');
  const status = annotation(object, 'https-redirect-status-code') ?? '';
  return {
    protocols: written.length > 0 && written.every(isProtocol) ? written : settings.protocols,
    httpsRedirectStatus: redirectStatuses.has(status) ? Number(status) : 426,
    preserveHost: truth(annotation(object, 'preserve-host')) ?? settings.preserveHost,
    stripPath: truth(annotation(object, 'strip-path')) ?? settings.stripPath,
  };
}

/** The protocols of a traditional route: gRPC and HTTP do not go together (normalizeProtocols). */
export function normalProtocols(names: readonly string[]): readonly string[] {
  const mixed = names.some((name) => name.includes('grpc')) && names.some((name) => name.includes('http'));
  return mixed ? ['http', 'https'] : names;
}

/** The integer of `konghq.com/regex-priority`; 0 where there is none. */
export function regexPriorityOf(object: ClusterObject): number {
  const value = annotation(object, 'regex-priority') ?? '';
  return /^[+-]?\d+$/.test(value) ? Number(value) : 0;
}

/** Conditions that annotations add to a route of the traditional_compatible router, in the place of its own. */
export interface AnnotatedConditions {
  readonly methods?: readonly string[];
  readonly snis?: readonly string[];
  readonly headers?: Readonly<Record<string, readonly string[]>>;
  readonly hostAliases: readonly string[];
}

// Every label without two hyphens in a row (kongstate/route.go validHosts, validSNIs).
const label = '[a-zA-Z0-9]+(?:-[a-zA-Z0-9]+)*';
const validHost = new RegExp(`^(?:\\*\\.)?${label}(?:\\.${label})*(?:\\.\\*)?$`);
const validSni = new RegExp(`^${label}(?:\\.${label})*$`);

/** Whether the controller takes a hostname into an expression; one that it does not take is left out of it (T59). */
export const isValidHost = (host: string): boolean => validHost.test(host);

/** The SNIs of an annotation that an expression takes. */
export const validSnis = (object: ClusterObject): string[] =>
  annotationList(object, 'snis').filter((sni) => validSni.test(sni));

/** Reads the annotations that only the traditional_compatible router knows. */
export function annotatedConditions(object: ClusterObject): AnnotatedConditions {
  const methods = annotationList(object, 'methods');
  const snis = annotation(object, 'snis') === undefined ? undefined : annotationList(object, 'snis');
  const aliases = annotationList(object, 'host-aliases');
  const separator = annotation(object, 'headers-separator') ?? ',';
  const headers = Object.entries(object.annotations).flatMap(([key, value]) =>
    key.startsWith('konghq.com/headers.')
      ? [[key.slice('konghq.com/headers.'.length), value.split(separator).map((one) => one.trim())] as const]
      : [],
  );
  return {
    ...(methods.length > 0 && methods.every((method) => /^[A-Z]+$/.test(method)) ? { methods } : {}),
    ...(snis?.every((sni) => validSni.test(sni)) ? { snis } : {}),
    ...(headers.length === 0 ? {} : { headers: Object.fromEntries(headers) }),
    hostAliases: aliases.every(isValidHost) ? aliases : [],
  };
}
