import type { JsonObject } from '@isthmus/kubernetes';
import fc from 'fast-check';
import { arbitraryDestinationRule } from './destination-rule-arbitrary.ts';
import { type Manifest, manifest } from './manifest.ts';
import { arbitraryAuthorizationPolicy, arbitraryPeerAuthentication } from './security-arbitraries.ts';
import { defaults } from './surroundings.ts';
import { arbitraryVirtualService } from './virtual-service-arbitrary.ts';

interface Place {
  readonly name: string;
  readonly namespace: string;
}

const host = ({ name, namespace }: Place): string => `${name}.${namespace}.svc.cluster.local`;

/** Service, account and the workloads of both versions. */
function workloads(place: Place, protocol: { name: string; appProtocol?: string }): Manifest[] {
  const { name } = place;
  const template = (version: string): JsonObject => ({
    selector: { matchLabels: { app: name, version } },
    template: {
      metadata: { labels: { app: name, version } },
      spec: { serviceAccountName: name, containers: [{ name, image: `example/${name}:${version}` }] },
    },
  });
  return [
    manifest('v1', 'ServiceAccount', { ...place }),
    manifest(
      'v1',
      'Service',
      { ...place },
      { selector: { app: name }, ports: [{ ...protocol, port: 8080, targetPort: 8080 }] },
    ),
    ...['v1', 'v2'].map((version) =>
      manifest('apps/v1', 'Deployment', { ...place, name: `${name}-${version}` }, template(version)),
    ),
  ];
}

/** Puts a generated policy where it belongs: its namespace, a name of its own, and what of its spec must fit. */
const placed = (found: Manifest, place: Place, spec: JsonObject): Manifest =>
  manifest(found.apiVersion, found.kind, { ...place }, { ...(found.spec as JsonObject), ...spec });

/**
 * A coherent estate: services with accounts and workloads in three namespaces, a VirtualService for some of them, a
 * DestinationRule for each, policies on some. Every destination, subset and selector that a rule names exists.
 * @param size number of services
 * @returns the manifests in random order
 */
export function arbitraryEstate(size: number): fc.Arbitrary<Manifest[]> {
  const places = Array.from({ length: size }, (_, index): Place => {
    const namespace = defaults.namespaces[index % defaults.namespaces.length] as string;
    return { name: `service-${index}`, namespace };
  });
  const surroundings = { hosts: places.map(host), subsets: ['v1', 'v2'], ports: [8080] };
  const protocol = fc.constantFrom(
    { name: 'http' },
    { name: 'web', appProtocol: 'http' },
    { name: 'grpc', appProtocol: 'grpc' },
  );
  const sometimes = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
  const subsets = ['v1', 'v2'].map((version) => ({ name: version, labels: { version } }));

  const parts = places.map((place) => {
    const selector = { matchLabels: { app: place.name } };
    const rest = { name: place.name, namespace: place.namespace };
    const routes = arbitraryVirtualService(surroundings).map((found) =>
      placed(found, rest, { hosts: [place.name], gateways: ['mesh'] }),
    );
    const rule = arbitraryDestinationRule(surroundings).map((found) => {
      const own = (found.spec as JsonObject).subsets ?? subsets;
      return placed(found, rest, { host: place.name, subsets: own });
    });
    const transport = arbitraryPeerAuthentication(surroundings).map((found) => placed(found, rest, { selector }));
    const access = arbitraryAuthorizationPolicy(surroundings).map((found) => placed(found, rest, { selector }));
    return fc
      .tuple(protocol, rule, sometimes(routes), sometimes(transport), sometimes(access))
      .map(([spoken, ...rules]) => [...workloads(place, spoken), ...rules.filter((found) => found !== undefined)]);
  });
  return fc
    .tuple(...parts)
    .map((found) => found.flat())
    .chain((all) => fc.shuffledSubarray(all, { minLength: all.length, maxLength: all.length }));
}
