import { isList, type Json, type JsonObject, mapOf } from '@isthmus/kubernetes';
import { type Estate, ofKind } from '../estate.ts';

/** What an estate's mesh configuration says about identities and about where mesh-wide policies live. */
export interface Trust {
  readonly rootNamespace: string;
  /** Istio's own trust domain. */
  readonly trustDomain: string;
  /** Whether the estate says so, or only the default. */
  readonly known: boolean;
  /** Further names of the own trust domain. */
  readonly aliases: readonly string[];
  /** Trust domains of further certificate authorities (`caCertificates[].trustDomains`). */
  readonly foreign: readonly string[];
}

const texts = (value: Json | undefined): string[] =>
  isList(value) ? value.filter((item): item is string => typeof item === 'string' && item !== '') : [];
const text = (value: Json | undefined): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined;

/** Mesh configurations of an estate: that of a ConfigMap, of an IstioOperator and of the Sail operator's Istio. */
function configsOf(estate: Estate): JsonObject[] {
  const of = (kind: string, read: (object: JsonObject) => Json | undefined): JsonObject[] =>
    ofKind(estate.istio, kind).map(({ object }) => mapOf(read(object)));
  return [
    ...of('MeshConfig', (object) => object),
    ...of('IstioOperator', (object) => mapOf(object.spec).meshConfig),
    ...of('Istio', (object) => mapOf(mapOf(object.spec).values).meshConfig),
  ];
}

/**
 * Reads trust domain, aliases and root namespace from the first mesh configuration that names them; `@` in a trust domain
 * counts as `.` (istio/pkg/config/mesh, 1.32).
 * @param fallback what holds where none says otherwise
 */
export function trustOf(
  estate: Estate,
  fallback: { readonly rootNamespace: string; readonly trustDomain: string },
): Trust {
  const configs = configsOf(estate);
  const first = <T>(read: (config: JsonObject) => T | undefined): T | undefined =>
    configs.map(read).find((found) => found !== undefined);
  const own = (first(({ trustDomain }) => text(trustDomain)) ?? fallback.trustDomain).replaceAll('@', '.');
  const aliases = [...new Set(configs.flatMap((config) => texts(config.trustDomainAliases)))];
  const authorities = configs.flatMap(({ caCertificates }) => (isList(caCertificates) ? caCertificates : []));
  const foreign = [...new Set(authorities.flatMap((authority) => texts(mapOf(authority).trustDomains)))];
  return {
    rootNamespace: first(({ rootNamespace }) => text(rootNamespace)) ?? fallback.rootNamespace,
    trustDomain: own,
    known: configs.length > 0,
    aliases: aliases.filter((alias) => alias !== own),
    foreign: foreign.filter((domain) => domain !== own && !aliases.includes(domain)),
  };
}
