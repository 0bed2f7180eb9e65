import { dirname, join } from 'node:path/posix';
import {
  effectiveNamespace,
  isList,
  isMap,
  type Json,
  type JsonObject,
  mapOf,
  matchesLabels,
  parseYaml,
  stringifyJson,
} from '@isthmus/kubernetes';
import { applicable } from '../bridge/object.ts';
import type { Cluster } from '../bridge/placed.ts';

/** Pods of a workload: all of one template, being replaced, or not there yet. */
type Pods = 'steady' | 'rolling' | 'starting';

interface Live {
  readonly object: JsonObject;
  /** What `kubectl apply` left in the annotation: it takes away only what it wrote itself. */
  readonly applied?: JsonObject;
  readonly pods?: Pods;
  /** The template that pods are replaced from. */
  readonly before?: JsonObject;
}

/** Clusters as `kubectl` changes them, by key. */
export type Clusters = Map<string, Live>;

const textOf = (value: Json | undefined): string => (typeof value === 'string' ? value : '');
const listOf = (value: Json | undefined): readonly Json[] => (isList(value) ? value : []);
const mapsOf = (value: Json | undefined): readonly JsonObject[] => listOf(value).filter(isMap);

export function keyIn(cluster: Cluster, { apiVersion, kind, metadata }: JsonObject): string {
  const { namespace, name } = mapOf(metadata);
  const group = textOf(apiVersion).includes('/') ? textOf(apiVersion).replace(/\/.*/, '') : '';
  const identity = { group, kind: textOf(kind), namespace: textOf(namespace), name: textOf(name) };
  return `${cluster} ${group} ${textOf(kind)} ${effectiveNamespace(identity)}/${textOf(name)}`;
}

const templated = new Set(['Deployment', 'StatefulSet', 'DaemonSet', 'Rollout']);
const templateOf = (object: JsonObject): JsonObject => mapOf(mapOf(object.spec).template);

/** Keys by which the API server merges lists of its own kinds (k8s.io/api/core/v1, `patchMergeKey`). */
const mergeKeys: Readonly<Record<string, string>> = {
  containers: 'name',
  initContainers: 'name',
  env: 'name',
  volumes: 'name',
  volumeMounts: 'mountPath',
};
const isBuiltIn = ({ apiVersion }: JsonObject): boolean => /^(?:v1|apps\/v1|batch\/v1)$/.test(textOf(apiVersion));

const withoutNulls = (value: Json): Json =>
  isMap(value)
    ? Object.fromEntries(
        Object.entries(value).flatMap(([key, one]) => (one === null ? [] : [[key, withoutNulls(one)]])),
      )
    : isList(value)
      ? value.map(withoutNulls)
      : value;

/**
 * The three-way merge of `kubectl apply`: what stands in the file, without what an earlier one wrote and this one does not, and with
 * whatever else is there; nulls take away (apimachinery, jsonmergepatch and strategicpatch, 1.33).
 */
function merge(live: Json | undefined, applied: Json | undefined, file: Json, key: string, lists: boolean): Json {
  if (isMap(file) && live !== undefined && isMap(live)) {
    const last = applied !== undefined && isMap(applied) ? applied : {};
    const result: Record<string, Json> = { ...live };
    for (const one of Object.keys(last)) if (!Object.hasOwn(file, one)) delete result[one];
    for (const [one, value] of Object.entries(file)) {
      if (value === null) delete result[one];
      else result[one] = merge(live[one], last[one], value, one, lists);
    }
    return result;
  }
  const by =
    key === 'ports' && isList(file) && mapsOf(file).every(({ port }) => port !== undefined) ? 'port' : mergeKeys[key];
  if (lists && by !== undefined && isList(file) && isList(live)) {
    const find = (list: Json | undefined, wanted: Json | undefined): JsonObject | undefined =>
      mapsOf(list).find((one) => one[by] === wanted);
    const own = mapsOf(file);
    return [
      ...own.map((one) => merge(find(live, one[by]), find(applied, one[by]), one, '', lists)),
      ...mapsOf(live).filter((one) => !find(own, one[by]) && !find(applied, one[by])),
    ];
  }
  return withoutNulls(file);
}

/** Applies an object; returns what the API server would refuse. */
export function apply(clusters: Clusters, cluster: Cluster, file: JsonObject): string[] {
  const key = keyIn(cluster, file);
  const known = clusters.get(key);
  const { namespace, name } = mapOf(file.metadata);
  const isPods = templated.has(textOf(file.kind));
  if (known === undefined) {
    clusters.set(key, {
      object: withoutNulls(file) as JsonObject,
      applied: file,
      ...(isPods ? { pods: 'starting' } : {}),
    });
    const place = `${cluster} ${textOf(namespace)}/${textOf(name)}`;
    const account = textOf(mapOf(templateOf(file).spec).serviceAccountName);
    return [
      ...(JSON.stringify(file).includes(':null') ? [`${place} is made with a null`] : []),
      ...(cluster === 'kong' && namespace !== undefined && !hasNamespace(clusters, cluster, textOf(namespace))
        ? [`${place} is made in a namespace that is not there`]
        : []),
      ...(cluster === 'kong' &&
      isPods &&
      account !== '' &&
      account !== 'default' &&
      !clusters.has(`${cluster}  ServiceAccount ${textOf(namespace)}/${account}`)
        ? [`${place} runs as an account that is not there`]
        : []),
    ];
  }
  const object = merge(known.object, known.applied, file, '', isBuiltIn(file)) as JsonObject;
  const [before, after] = [templateOf(known.object), templateOf(object)];
  const isRolled = isPods && JSON.stringify(before) !== JSON.stringify(after);
  clusters.set(key, {
    object,
    applied: file,
    ...(isRolled
      ? { pods: 'rolling', before: known.pods === 'rolling' ? (known.before as JsonObject) : before }
      : {
          ...(known.pods === undefined ? {} : { pods: known.pods }),
          ...(known.before === undefined ? {} : { before: known.before }),
        }),
  });
  const selectors = [known.object, object].map((one) => JSON.stringify(mapOf(one.spec).selector));
  return isPods && selectors[0] !== selectors[1] ? [`the selector of ${key} cannot be changed`] : [];
}

const hasNamespace = (clusters: Clusters, cluster: Cluster, name: string): boolean =>
  // Those of the control plane and of the gateway come with what is installed.
  ['kong-mesh-system', 'kong', 'default'].includes(name) || clusters.has(`${cluster}  Namespace /${name}`);

/** The clusters of an import; `applied` where its objects were applied by kubectl. */
export function clustersOf(objects: readonly JsonObject[], cluster: Cluster, isApplied: boolean): Clusters {
  return new Map(
    objects.map((object) => [
      keyIn(cluster, object),
      {
        object,
        ...(isApplied ? { applied: applicable(object) } : {}),
        ...(templated.has(textOf(object.kind)) ? { pods: 'steady' as const } : {}),
      },
    ]),
  );
}

/** What stands in an object, in whatever namespace it lands. */
export function contentOf(object: JsonObject): string {
  const { metadata, ...rest } = applicable(object);
  const namespace = keyIn('shared', object).split(' ')[3]?.split('/')[0] ?? '';
  // The API server keeps no maps of labels or annotations without a key.
  const isEmpty = (key: string, value: Json): boolean =>
    (key === 'labels' || key === 'annotations') && isMap(value) && Object.keys(value).length === 0;
  const text = stringifyJson({ ...rest, metadata: { ...mapOf(metadata), namespace } }, { sortKeys: true });
  return JSON.stringify(JSON.parse(text, (key, value) => (isEmpty(key, value) ? undefined : value)));
}

/** Files of a bundle by path. */
export type Files = ReadonlyMap<string, string>;

const objectsIn = (files: Files, path: string): JsonObject[] => {
  const text = files.get(path);
  if (text === undefined) throw new Error(`${path} is in no bundle`);
  return parseYaml(text).map(({ value }) => value as JsonObject);
};

/**
 * Runs a command of a runbook, or each of a script, as far as it changes clusters.
 * @param watch is asked after each change what is wrong now
 * @returns what a cluster would refuse, and what was wrong in between
 */
export function run(
  clusters: Clusters,
  files: Files,
  command: string,
  cluster: Cluster,
  watch: () => string[],
): string[] {
  const script = /^(?:\w+=\S+ )*sh (\S+)$/.exec(command)?.[1];
  if (script !== undefined) {
    const text = files.get(script);
    if (text === undefined) return [`${script} is in no bundle`];
    return text.split('\n').flatMap((line) => {
      const [, context, rest = line] = /^kubectl --context "\$(\w+)" (.*)$/.exec(line) ?? [];
      const own = context === undefined ? cluster : (context.toLowerCase() as Cluster);
      const told = context === undefined ? line : `kubectl ${rest}`;
      return run(
        clusters,
        files,
        told.replace(/ -f (\S+)/, (_, path: string) => ` -f ${join(dirname(script), path)}`),
        own,
        watch,
      );
    });
  }
  const applied = /^kubectl apply -f (\S+)$/.exec(command)?.[1];
  if (applied !== undefined)
    return [...objectsIn(files, applied).flatMap((object) => apply(clusters, cluster, object)), ...watch()].map(
      (problem) => `${command}: ${problem}`,
    );
  const replaced = /^kubectl replace --force -f (\S+)$/.exec(command)?.[1];
  if (replaced !== undefined) {
    const objects = objectsIn(files, replaced);
    for (const object of objects) clusters.delete(keyIn(cluster, object));
    return objects.flatMap((object) => apply(clusters, cluster, object)).map((problem) => `${command}: ${problem}`);
  }
  const removed = /^kubectl delete --ignore-not-found -f (\S+)$/.exec(command)?.[1];
  if (removed !== undefined) {
    for (const object of objectsIn(files, removed)) clusters.delete(keyIn(cluster, object));
    return watch().map((problem) => `${command}: ${problem}`);
  }
  const [, namespace, kind, name] = /^kubectl -n (\S+) rollout status (\w+)\/(\S+) /.exec(command) ?? [];
  if (name !== undefined) {
    const found = [...clusters.keys()].find(
      (key) => key.startsWith(`${cluster} `) && key.toLowerCase().endsWith(` ${kind} ${namespace}/${name}`),
    );
    const live = found === undefined ? undefined : clusters.get(found);
    if (found === undefined || live === undefined) return [`${command}: it is not there`];
    const { before: _, ...rest } = live;
    clusters.set(found, { ...rest, pods: 'steady' });
  }
  return [];
}

/** Labels of pods as the cluster has them: Istio's injector sets one. */
function podLabels(template: JsonObject): Record<string, string> {
  const labels = mapOf(mapOf(template.metadata).labels) as Record<string, string>;
  return labels['sidecar.istio.io/inject'] === 'false' ? labels : { ...labels, 'security.istio.io/tlsMode': 'istio' };
}

interface Place {
  readonly namespace: string;
  readonly name: string;
}

const placeOf = ({ metadata }: JsonObject): Place => {
  const { namespace, name } = mapOf(metadata);
  return { namespace: textOf(namespace) || 'default', name: textOf(name) };
};

/** The Service that a host means in a namespace. */
function serviceOf(clusters: Clusters, cluster: Cluster, host: string, from: string): JsonObject | undefined {
  const [name = '', namespace = from] = host.replace(/\.svc(?:\..*)?$/, '').split('.');
  return clusters.get(`${cluster}  Service ${namespace}/${name}`)?.object;
}

/** Whether some pods of a Service with certain labels are certainly there; undefined where no workload is known. */
function isServed(
  workloads: readonly (readonly [key: string, live: Live])[],
  cluster: Cluster,
  service: JsonObject,
  labels: JsonObject,
): boolean | undefined {
  const { namespace } = placeOf(service);
  const selector = mapOf(mapOf(service.spec).selector) as Record<string, string>;
  const wanted = { ...selector, ...(labels as Record<string, string>) };
  const behind = workloads.filter(
    ([key, { object }]) =>
      key.startsWith(`${cluster} `) &&
      placeOf(object).namespace === namespace &&
      Object.keys(selector).length > 0 &&
      matchesLabels(selector, podLabels(templateOf(object))),
  );
  if (behind.length === 0) return undefined;
  return behind.some(
    ([, { object, pods, before }]) =>
      pods !== 'starting' &&
      matchesLabels(wanted, podLabels(templateOf(object))) &&
      (pods === 'steady' || matchesLabels(wanted, podLabels(before ?? {}))),
  );
}

/**
 * Requests that routes of Istio send to nobody at this moment: to a subset that no rule has, to pods that are not there, being
 * replaced, or not ready, or to a host that Kong Gateway does not know.
 * @param known services of the import, `<namespace>/<name>`
 */
export function unserved(clusters: Clusters, cluster: Cluster, known: ReadonlySet<string>): string[] {
  const of = (kind: string, where: Cluster): JsonObject[] =>
    [...clusters].flatMap(([key, { object }]) => (key.startsWith(`${where} `) && object.kind === kind ? [object] : []));
  const workloads = [...clusters].filter(([, { pods }]) => pods !== undefined);
  const rules = of('DestinationRule', cluster);
  const atGateway = [...of('HTTPRoute', 'kong'), ...of('TCPIngress', 'kong')];
  const problems: string[] = [];
  for (const route of of('VirtualService', cluster)) {
    const { namespace, name } = placeOf(route);
    const spec = mapOf(route.spec);
    for (const split of [spec.http, spec.tcp, spec.tls].flatMap(mapsOf).flatMap((rule) => {
      const all = mapsOf(rule.route);
      return all.length === 1 ? all.map((one) => ({ ...one, weight: 100 })) : all;
    })) {
      if (split.weight === 0 || split.weight === undefined) continue;
      const { host, subset } = mapOf(split.destination);
      const said = `VirtualService ${namespace}/${name} sends requests to ${textOf(host)} ${textOf(subset)}`.trimEnd();
      const service = serviceOf(clusters, cluster, textOf(host), namespace);
      if (service === undefined) {
        if (!textOf(host).endsWith('.bridge.internal')) {
          if (
            known.has(
              textOf(host)
                .replace(/\.svc(?:\..*)?$/, '')
                .split('.')
                .slice(0, 2)
                .concat(namespace)
                .slice(0, 2)
                .toReversed()
                .join('/'),
            )
          )
            problems.push(`${said}, behind which nobody is`);
          continue;
        }
        const leading = atGateway.find(
          ({ spec }) =>
            listOf(mapOf(spec).hostnames).includes(textOf(host)) ||
            mapsOf(mapOf(spec).rules).some((rule) => rule.host === host),
        );
        if (leading === undefined) {
          problems.push(`${said}, which Kong Gateway does not know`);
          continue;
        }
        const own = placeOf(leading).namespace;
        const backends = mapsOf(mapOf(leading.spec).rules).flatMap((one) =>
          // HTTPRoutes have lists of them, TCPIngresses one.
          leading.kind === 'HTTPRoute' ? mapsOf(one.backendRefs) : [{ name: mapOf(one.backend).serviceName ?? null }],
        );
        for (const { name: backend } of backends) {
          const there = serviceOf(clusters, 'kong', textOf(backend), own);
          if (there === undefined || isServed(workloads, 'kong', there, {}) === false)
            problems.push(`${said}, behind which nobody is`);
        }
        continue;
      }
      const subsets = rules
        .filter((rule) => {
          const meant = serviceOf(clusters, cluster, textOf(mapOf(rule.spec).host), placeOf(rule).namespace);
          return meant === service;
        })
        .flatMap((rule) => mapsOf(mapOf(rule.spec).subsets));
      const found = subsets.find((one) => one.name === subset);
      if (subset !== undefined && found === undefined) {
        // What people wrote may name what is not there; what the bridge wrote may not.
        if (/(?:^|-)(?:istio|kong)$/.test(textOf(subset))) problems.push(`${said}, a subset that no rule has`);
        continue;
      }
      if (isServed(workloads, cluster, service, mapOf(found?.labels)) === false)
        problems.push(`${said}, behind which nobody is`);
    }
  }
  return problems;
}
