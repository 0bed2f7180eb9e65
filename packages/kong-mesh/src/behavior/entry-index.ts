import type { Catalog } from './catalog.ts';
import type { ClientView } from './client-view.ts';
import type { Destination, DestinationKind } from './destination.ts';
import { type FindByLabels, indexLabels } from './label-index.ts';
import { label } from './labels.ts';
import type { Policy, ToEntry } from './policy.ts';
import { compareEntries } from './precedence.ts';
import { indexBySelection, selected, selects } from './selection.ts';

/** An entry with the section of the destination that it names; undefined: all of it. */
interface Aimed {
  readonly entry: ToEntry;
  readonly section: string | undefined;
}

/** What a rule is looked up for. */
export interface Subject {
  readonly destination: Destination;
  /** Name of the port. A number that is not the port's name finds no rule for the port, only for the destination. */
  readonly section: string;
  /** A route of the destination, which comes first. */
  readonly route?: Policy | undefined;
}

/** The `to` entries of all policies of one kind. */
export interface EntryIndex {
  /**
   * The entries that make up the rule for a subject, the weakest first; undefined where no policy has an entry for it
   * (kuma, pkg/plugins/policies/core/rules/outbound/resourcerules.go and context.go).
   */
  rule(client: ClientView, subject: Subject): readonly ToEntry[] | undefined;
  /** The destinations that an entry names. */
  aims(entry: ToEntry): readonly Destination[];
  /** Whether some policy names the port itself, so that it matters by which name the port is looked up. */
  namesSection(client: ClientView, subject: Subject): boolean;
}

/** `<name>_<namespace>_svc[_<port>]`, which 2.x still reads as a MeshService. */
function parseLegacyName(name: string): { name: string; namespace: string; port: number | undefined } | undefined {
  const [service = '', namespace = '', , port, ...rest] = name.split('_');
  const segments = name.split('_').length;
  if (rest.length > 0 || segments < 3) return undefined;
  if (port !== undefined && !/^[+-]?\d+$/.test(port)) return undefined;
  return { name: service, namespace, port: port === undefined ? undefined : Number(port) };
}

/** The destinations that an entry names (kuma, pkg/plugins/policies/core/rules/resolve/targetref.go). */
function aimsOf(entry: ToEntry, catalog: Catalog): { destination: Destination; section: string | undefined }[] {
  const { target, policy } = entry;
  const { kind, name, namespace = policy.home, labels = {}, sectionName } = target;
  const legacy =
    kind === 'MeshService' && sectionName === undefined && name !== undefined ? parseLegacyName(name) : undefined;
  const found: readonly (Destination | undefined)[] =
    legacy !== undefined
      ? catalog.withLabels(kind, { [label.namespace]: legacy.namespace, [label.displayName]: legacy.name })
      : Object.keys(labels).length > 0
        ? catalog.withLabels(kind, labels)
        : [name === undefined ? undefined : catalog.find(kind as DestinationKind, policy.zone, namespace, name)];
  return found.flatMap((destination): { destination: Destination; section: string | undefined }[] => {
    if (destination === undefined) return [];
    const wanted = legacy === undefined || legacy.port === undefined || legacy.port === 0 ? undefined : legacy.port;
    if (wanted === undefined && sectionName === undefined) return [{ destination, section: undefined }];
    const port = destination.ports.find((one) =>
      wanted === undefined ? one.name === sectionName : one.port === wanted,
    );
    return port === undefined ? [] : [{ destination, section: port.name }];
  });
}

/** The routes that an entry names. */
function routesOf(
  { target, policy }: ToEntry,
  byLabels: FindByLabels<Policy>,
  byName: ReadonlyMap<string, Policy>,
): readonly Policy[] {
  const { name, namespace = policy.home, labels = {} } = target;
  if (Object.keys(labels).length > 0) return byLabels(labels);
  const found = byName.get(`${policy.zone}/${namespace}/${name ?? ''}`);
  return found === undefined ? [] : [found];
}

const policyOf = (entry: ToEntry): Policy => entry.policy;

/**
 * Indexes the `to` entries of policies of one kind. `routes` are the mesh's MeshHTTPRoutes, which entries may name.
 */
export function indexEntries(policies: readonly Policy[], catalog: Catalog, routes: readonly Policy[]): EntryIndex {
  const entries = policies.flatMap(({ to }) => to).sort(compareEntries);
  const rank = new Map(entries.map((entry, index) => [entry, index]));
  const routesByName = new Map(routes.map((route) => [`${route.zone}/${route.home}/${route.displayName}`, route]));
  const routesByLabels = indexLabels(routes);
  const forMesh: ToEntry[] = [];
  const byDestination = new Map<Destination, Aimed[]>();
  const byRoute = new Map<Policy, ToEntry[]>();
  for (const entry of entries) {
    if (entry.target.kind === 'Mesh') forMesh.push(entry);
    else if (entry.target.kind === 'MeshHTTPRoute') {
      for (const route of routesOf(entry, routesByLabels, routesByName)) {
        const list = byRoute.get(route);
        if (list === undefined) byRoute.set(route, [entry]);
        else list.push(entry);
      }
    } else {
      for (const { destination, section } of aimsOf(entry, catalog)) {
        const list = byDestination.get(destination);
        if (list === undefined) byDestination.set(destination, [{ entry, section }]);
        else list.push({ entry, section });
      }
    }
  }

  const meshIndex = indexBySelection(forMesh, policyOf);
  const meshRules = new Map<string, readonly ToEntry[]>();
  const ranked = (list: readonly ToEntry[]): readonly ToEntry[] =>
    [...list].sort((a, b) => (rank.get(a) as number) - (rank.get(b) as number));
  const meshRule = (client: ClientView): readonly ToEntry[] => {
    const known = meshRules.get(client.key);
    if (known !== undefined) return known;
    const rule = ranked(selected(meshIndex, policyOf, client));
    meshRules.set(client.key, rule);
    return rule;
  };
  const aimed = (client: ClientView, destination: Destination): readonly Aimed[] =>
    (byDestination.get(destination) ?? []).filter(({ entry }) => selects(entry.policy, client));

  return {
    rule(client, { destination, section, route }) {
      const mesh = meshRule(client);
      const own = route === undefined ? [] : (byRoute.get(route) ?? []).filter(({ policy }) => selects(policy, client));
      if (own.length > 0) return ranked([...mesh, ...own]);
      const found = aimed(client, destination);
      const exact = found.some((one) => one.section === section);
      const relevant = found.filter((one) => one.section === undefined || (exact && one.section === section));
      if (relevant.length > 0) return ranked([...mesh, ...relevant.map(({ entry }) => entry)]);
      return mesh.length === 0 ? undefined : mesh;
    },
    aims: (entry) => aimsOf(entry, catalog).map(({ destination }) => destination),
    namesSection: (client, { destination, section }) =>
      aimed(client, destination).some((one) => one.section === section),
  };
}
