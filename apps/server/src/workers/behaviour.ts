import type {
  Behaviour,
  BehaviourQuery,
  BehaviourRow,
  LinkedRule,
  ServiceBehaviour,
  Settings,
  SimulatedRequest,
  SimulatedSubject,
  Simulation,
  SimulationModel,
  Verdict,
} from '@isthmus/contract';
import {
  type Acceptance,
  createJudge,
  type Judge,
  judgeOfZones,
  type SimulatedSide,
  withAcceptances,
} from '@isthmus/equivalence';
import { aspects, isUnpredicted, summarise, type Tally, tally, type VerdictRow } from '@isthmus/equivalence/tallies';
import { type Json, locateAll, writeYaml } from '@isthmus/kubernetes';
import { stopIfLeft } from './left.ts';
import { choiceOf, chosenClusters, type OneCluster } from './one-cluster.ts';
import { withContainers } from './places.ts';
import type { Translated } from './snapshot.ts';

type Rule = Omit<LinkedRule, 'resource' | 'line'>;

/** What is known of a snapshot's behaviour; grows with every request until all services are compared. */
interface Known {
  readonly judge: Judge;
  /** Without regard to what is accepted. */
  readonly verdicts: (readonly VerdictRow[])[];
  /** As they are with what is accepted now. */
  shown: { readonly accepted: string; readonly rows: BehaviourRow[]; compared: number; tally: Tally };
  /** Finds a rule's place for the workbench. */
  readonly link: (rule: Rule) => LinkedRule;
}

/** By the cluster that is chosen; `''` where none is. */
const known = new WeakMap<Translated, Map<string, Known>>();

// Long enough to get on, short enough that other views of the snapshot need not wait.
const sliceOf = 400;

/**
 * Places of rules; the text of each emitted resource is written and read once.
 * @param zone whose rules they are, of a snapshot of several clusters, which have the same names
 */
function linker({ translation }: Translated, zone?: OneCluster['zone']): (rule: Rule) => LinkedRule {
  const keyOf = (kind: string, namespace: string, name: string): string => `${kind}/${namespace}/${name}`;
  const istio = new Map<string, number>();
  const read = zone && new Set(zone.translation.estate.istio);
  for (const [index, resource] of translation.estate.istio.entries()) {
    const { kind, namespace, name } = resource;
    if (read?.has(resource) ?? true) istio.set(keyOf(kind, namespace || 'default', name), index);
  }
  const emitted = new Map(
    (zone?.translation ?? translation).emitted.map(({ object }) => [
      keyOf(object.kind, object.metadata.namespace ?? '', object.metadata.name),
      object,
    ]),
  );
  const places = new Map<string, ReturnType<typeof withContainers>>();
  return (rule) => {
    const { kind, namespace, name, path } = rule;
    const resource = istio.get(keyOf(kind, namespace || 'default', name));
    if (resource !== undefined) return { ...rule, resource };
    const key = keyOf(kind, namespace, name);
    const object = emitted.get(key);
    if (object === undefined) return rule;
    const found =
      places.get(key) ??
      withContainers(locateAll(writeYaml(object as unknown as Json), { file: '', line: 1, document: 0 }));
    places.set(key, found);
    const line = found.get(path)?.keyLine;
    return line === undefined ? rule : { ...rule, line };
  };
}

const links = new WeakMap<Translated, ReturnType<typeof linker>>();

/** Finds places of the rules of a cluster; a change may be of thousands of services, each of which asks. */
export function linkOf(whole: Translated, { zone, snapshot }: OneCluster): ReturnType<typeof linker> {
  const link = links.get(snapshot) ?? linker(whole, zone);
  links.set(snapshot, link);
  return link;
}

const judges = new WeakMap<Translated, Judge>();

/** The judge of a cluster, which a choice of it shares with the comparison of all. */
function judgeOf({ snapshot }: OneCluster): Judge {
  const { translation, diagnostics, concerns } = snapshot;
  const { estate, emitted, settings } = translation;
  const judge =
    judges.get(snapshot) ??
    createJudge({
      estate,
      emitted,
      settings,
      findings: diagnostics,
      concerning: (service) => (concerns.get(service) ?? []).flatMap((index) => estate.istio[index] ?? []),
    });
  judges.set(snapshot, judge);
  return judge;
}

function knownOf(snapshot: Translated, cluster?: string): Known {
  const all = known.get(snapshot) ?? new Map<string, Known>();
  known.set(snapshot, all);
  const before = all.get(cluster ?? '');
  if (before !== undefined) return before;
  const parts = chosenClusters(snapshot, cluster);
  const [part] = parts;
  const [first, ...others] = parts.map((one) => ({ cluster: one.zone?.cluster ?? '', judge: judgeOf(one) }));
  const judge = first === undefined || others.length === 0 ? first?.judge : judgeOfZones(first, ...others);
  if (judge === undefined) throw new Error(`the snapshot has no cluster ${cluster}`);
  const value: Known = {
    judge,
    verdicts: [],
    shown: { accepted: '[]', rows: [], compared: 0, tally: tally([]) },
    link: part === undefined || others.length > 0 ? linker(snapshot) : linkOf(snapshot, part),
  };
  all.set(cluster ?? '', value);
  return value;
}

const added = (a: Tally, b: Tally): Tally =>
  Object.fromEntries(
    aspects.map((aspect) => [
      aspect,
      Object.fromEntries(
        Object.entries(a[aspect]).map(([name, count]) => [name, count + b[aspect][name as keyof Tally['routing']]]),
      ),
    ]),
  ) as unknown as Tally;

/** Brings the rows up to what is compared and accepted. */
function show(of: Known, accepted: readonly Acceptance[]): Known['shown'] {
  const key = JSON.stringify(accepted);
  if (of.shown.accepted !== key) of.shown = { accepted: key, rows: [], compared: 0, tally: tally([]) };
  const { shown } = of;
  for (; shown.compared < of.verdicts.length; shown.compared++) {
    const rows = withAcceptances(of.verdicts[shown.compared] ?? [], accepted);
    // A port of UDP and another name of a host hold no requests, so that nothing is proven of them.
    if (rows.length === 0) continue;
    const service = of.judge.services[shown.compared] ?? '';
    const summary = summarise(service, rows);
    shown.rows.push({ ...summary, ports: [...summary.ports], notCompared: of.judge.notCompared(service).length });
    shown.tally = added(shown.tally, tally(rows));
  }
  return shown;
}

function meets(row: BehaviourRow, { verdict, aspect, namespace }: BehaviourQuery): boolean {
  if (namespace !== undefined && !row.service.startsWith(`${namespace}/`)) return false;
  const wanted = verdict?.split(',');
  if (wanted === undefined) return true;
  const looked = aspect === undefined ? aspects : [aspect];
  return looked.some(
    (one) => wanted.includes(row[one].verdict) || (wanted.includes('unpredicted') && row[one].unpredicted > 0),
  );
}

/** The verdicts on all services; compares those that have not been. */
export function allVerdicts(snapshot: Translated, accepted: Settings['accepted']): readonly VerdictRow[] {
  const { judge, verdicts } = knownOf(snapshot);
  while (verdicts.length < judge.services.length) {
    stopIfLeft();
    verdicts.push(judge.verify(judge.services[verdicts.length] ?? '', []));
  }
  return withAcceptances(verdicts.flat(), accepted);
}

/** Compares some more services, and gives what is known by then. */
export function behaviour(snapshot: Translated, accepted: Settings['accepted'], query: BehaviourQuery): Behaviour {
  const of = knownOf(snapshot, query.cluster);
  const { judge, verdicts } = of;
  const end = performance.now() + sliceOf;
  while (verdicts.length < judge.services.length && performance.now() < end)
    verdicts.push(judge.verify(judge.services[verdicts.length] ?? '', []));
  const shown = show(of, accepted);
  const rows = shown.rows.filter((row) => meets(row, query));
  return {
    complete: verdicts.length === judge.services.length,
    verified: verdicts.length,
    services: judge.services.length,
    clusters: choiceOf(snapshot),
    tally: shown.tally,
    rows: rows.slice(query.from ?? 0),
    next: rows.length,
  };
}

function linkVerdict(row: VerdictRow, link: Known['link']): Verdict {
  const { counterexample, predictedBy, ...rest } = row;
  const codes = predictedBy === undefined ? {} : { predictedBy: [...predictedBy] };
  if (counterexample === undefined) return { ...rest, ...codes };
  const { client, request, before, after, differences } = counterexample;
  const side = ({ decision, rule }: typeof before) => ({
    decision,
    ...(rule === undefined ? {} : { rule: link(rule) }),
  });
  return {
    ...rest,
    ...codes,
    counterexample: {
      client: { namespace: client.namespace, labels: { ...client.labels } },
      request: {
        ...request,
        headers: Object.fromEntries(Object.entries(request.headers).map(([name, values]) => [name, [...values]])),
      },
      before: side(before),
      after: side(after),
      differences: [...differences],
    },
  };
}

const rank = (row: VerdictRow): number =>
  row.verdict === 'same' ? 3 : row.accepted !== undefined ? 2 : isUnpredicted(row) ? 0 : 1;

/** The verdicts on a service of several clusters, each with the rules of its own. */
function inEachCluster(
  snapshot: Translated,
  accepted: Settings['accepted'],
  service: string,
): ServiceBehaviour | undefined {
  const found = chosenClusters(snapshot, undefined).flatMap((part) => {
    const judge = judgeOf(part);
    const cluster = part.zone?.cluster ?? '';
    return judge.services.includes(service) ? [{ judge, cluster, link: linkOf(snapshot, part) }] : [];
  });
  if (found.length === 0) return undefined;
  const inWords = (clients: string, cluster: string): string => `${clients} of cluster ${cluster}`;
  const rows = found.flatMap(({ judge, cluster, link }) =>
    withAcceptances(judge.verify(service, []), accepted).map((row) => ({ row, cluster, link })),
  );
  return {
    service,
    verdicts: rows
      .sort((a, b) => rank(a.row) - rank(b.row))
      .map(({ row, cluster, link }) => ({
        ...linkVerdict(row, link),
        cluster,
        clients: inWords(row.clients, cluster),
      })),
    notCompared: found.flatMap(({ judge, cluster }) =>
      judge.notCompared(service).map((clients) => inWords(clients, cluster)),
    ),
  };
}

/** The verdicts on one service, those that nobody has looked at first; undefined where there is no such service. */
export function serviceBehaviour(
  snapshot: Translated,
  accepted: Settings['accepted'],
  { service, cluster }: { readonly service: string; readonly cluster?: string },
): ServiceBehaviour | undefined {
  if (cluster === undefined && choiceOf(snapshot).length > 0) return inEachCluster(snapshot, accepted, service);
  const { judge, verdicts, link } = knownOf(snapshot, cluster);
  const index = judge.services.indexOf(service);
  if (index === -1) return undefined;
  const rows = withAcceptances(verdicts[index] ?? judge.verify(service, []), accepted);
  return {
    service,
    verdicts: rows.toSorted((a, b) => rank(a) - rank(b)).map((row) => linkVerdict(row, link)),
    notCompared: [...judge.notCompared(service)],
  };
}

function linkSide(side: SimulatedSide, link: Known['link']): Simulation['before'] {
  const { virtualHost, steps, rule, seen, answer, settings, ...rest } = side;
  return {
    ...rest,
    ...(virtualHost === undefined ? {} : { virtualHost: { ...virtualHost, domains: [...virtualHost.domains] } }),
    steps: steps.map(({ rule: own, ...step }) => ({ ...step, ...(own === undefined ? {} : { rule: link(own) }) })),
    ...(rule === undefined ? {} : { rule: link(rule) }),
    seen: seen.map((one) => ({
      ...one,
      headers: Object.fromEntries(Object.entries(one.headers).map(([name, values]) => [name, [...values]])),
    })),
    ...(answer === undefined ? {} : { answer }),
    settings: [...settings],
  };
}

/** Both meshes' decisions about a request; undefined where there is no such service or port. */
export function simulation(snapshot: Translated, request: SimulatedRequest): Simulation | undefined {
  const { judge, link } = knownOf(snapshot, request.cluster);
  const [namespace = '', name = ''] = request.service.split('/');
  const ports = [...judge.portsOf(request.service)];
  const { port = ports[0], authority = `${name}.${namespace}`, method, path, client } = request;
  if (port === undefined) return undefined;
  const headers = Object.fromEntries(
    Object.entries(request.headers).map(([header, values]) => [header.toLowerCase(), values]),
  );
  const result = judge.simulate({
    client,
    service: { namespace, name },
    port,
    request: { method, authority, path, headers },
  });
  if ('reason' in result) return undefined;
  return {
    ports,
    port,
    authority,
    before: linkSide(result.before, link),
    after: linkSide(result.after, link),
    differences: [...result.differences],
    undecided: [...result.undecided],
  };
}

/** What decides all requests of a client to a port; undefined where there is no such service or port. */
export function simulationModel(
  snapshot: Translated,
  { service, cluster, port: asked, client }: SimulatedSubject,
): SimulationModel | undefined {
  const { judge, link } = knownOf(snapshot, cluster);
  const [namespace = '', name = ''] = service.split('/');
  const ports = [...judge.portsOf(service)];
  const port = asked ?? ports[0];
  if (port === undefined) return undefined;
  const model = judge.model({ client, service: { namespace, name }, port });
  if ('reason' in model) return undefined;
  const { before, after } = model;
  const linked = (table: typeof before): typeof before => ({
    ...table,
    virtualHosts: table.virtualHosts.map((host) => ({
      ...host,
      routes: host.routes.map((route) => (route.rule === undefined ? route : { ...route, rule: link(route.rule) })),
    })),
  });
  return { ports, port, model: { ...model, before: linked(before), after: linked(after) } };
}
