/** The path condition of an HTTPRoute's match. */
export interface RoutePath {
  readonly type: 'Exact' | 'PathPrefix' | 'RegularExpression';
  readonly value: string;
}

/** What decides which of two matches of one hostname Kong tries first. */
export interface Traits {
  readonly path: RoutePath;
  readonly method: boolean;
  readonly headers: number;
  readonly queryParams: number;
}

/** The longest path that a match can have: Gateway API's limit; Kong's router counts no further either. */
export const longestPath = 1024;

const size = (text: string): number => new TextEncoder().encode(text).length;
const bits = (value: number | boolean, shift: number): bigint => BigInt(value) << BigInt(shift);

/** The highest bits of a priority: the kind of the object that a route was made of (subtranslator/atc_utils.go). */
const kinds = { Ingress: 3, HTTPRoute: 2, GRPCRoute: 1 };

const hostBits = (hostname: string): bigint =>
  bits(hostname !== '' && !hostname.startsWith('*'), 43) | bits(size(hostname), 35);

const pathBits = ({ type, value }: RoutePath): bigint =>
  bits(type === 'Exact', 34) + bits(type === 'RegularExpression', 33) + bits(Math.max(size(value) - 1, 0), 23);

const matchBits = ({ path, method, headers, queryParams }: Traits): bigint =>
  pathBits(path) + bits(method, 22) + bits(headers, 17) + bits(queryParams, 12);

/**
 * The order of two matches of one hostname in the expressions router; positive: a is tried first, 0: creation time and
 * names decide (kic/internal/dataplane/translator/subtranslator/httproute_atc.go EncodeToPriority, 3.5; verified by running).
 */
export function comparePriority(a: Traits, b: Traits): number {
  const difference = matchBits(a) - matchBits(b);
  return difference > 0n ? 1 : difference < 0n ? -1 : 0;
}

/** The priority of a match of an HTTPRoute in the expressions router, without the order of equals (EncodeToPriority). */
export const httpPriority = (hostname: string, traits: Traits): bigint =>
  bits(kinds.HTTPRoute, 44) + hostBits(hostname) + matchBits(traits);

/** The same of a match of a GRPCRoute (grpcroute_atc.go EncodeToPriority). */
export const grpcPriority = (hostname: string, service: string, method: string, headers: number): bigint =>
  bits(kinds.GRPCRoute, 44) + hostBits(hostname) + bits(size(service), 24) + bits(size(method), 13) + bits(headers, 8);

/** What decides the priority of an Ingress's route. */
export interface IngressTraits {
  readonly fields: number;
  readonly plainHost: boolean;
  readonly headers: number;
  readonly regex: boolean;
  readonly length: number;
}

/** The priority of an Ingress's route in the expressions router (ingress_atc.go EncodeToPriority). */
export const ingressPriority = ({ fields, plainHost, headers, regex, length }: IngressTraits): bigint =>
  bits(kinds.Ingress, 44) +
  bits(fields, 41) +
  bits(Math.min(headers, 255), 33) +
  bits(plainHost, 32) +
  bits(regex, 16) +
  BigInt(Math.min(length, 0xffff));

/** Orders of equals: the first of `size` gets all the bits, each following one less. */
export const orderBits = (size: number, index: number): bigint => BigInt(Math.max(2 ** size - 1 - index, 0));

/** What decides the priority of a route in the traditional_compatible router. */
export interface TraditionalTraits {
  readonly methods: number;
  readonly snis: number;
  readonly hosts: readonly string[];
  readonly headers: number;
  /** All of them expressions (`~…`), or prefixes of one length. */
  readonly paths: readonly string[];
  readonly regexPriority: number;
}

/**
 * The priority of a route in the traditional_compatible router (kong/router/transform.lua get_priority, 3.9, as LuaJIT runs
 * it: numbers are shifted within 32 bits, so that the count of attributes lands in bits 29 to 31 and that of headers in 20 to
 * 27, below "only plain hosts" in bit 60 and "expression" in bit 51; edge.md 2.3, verified by running).
 */
export function traditionalPriority(traits: TraditionalTraits): bigint {
  const { methods, snis, hosts, headers, paths, regexPriority } = traits;
  const attributes = [methods, snis, hosts.length, headers, paths.length].filter((count) => count > 0).length;
  const regex = paths[0]?.startsWith('~') === true;
  const length = regex || paths[0] === undefined ? 0 : size(paths[0]);
  const low =
    (attributes << 29) | (Math.min(headers, 255) << 20) | ((regex ? regexPriority : 0) << 19) | (length & 0x7ffff);
  const plainHosts = hosts.length > 0 && hosts.every((host) => !host.includes('*'));
  return BigInt.asUintN(64, BigInt(low)) | bits(plainHosts, 60) | bits(regex, 51);
}
