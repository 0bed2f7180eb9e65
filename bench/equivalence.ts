// `npm run bench:equivalence`: changes one thing in the policies of recorded meshes and asks whether the comparison finds it.
// A change that it calls `same` is checked by requests made of the texts of both configurations: if one of them is decided
// differently, the comparison has missed a real change, and the benchmark fails.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { evaluate, normalizePath, type Request, type RouteTable } from '@isthmus/behavior';
import { compareDecisions, compareRoutes } from '@isthmus/equivalence';
import { compileKongMesh, defaultPolicies } from '@isthmus/kong-mesh';
import { isList, isMap, type Json, type JsonObject, parseYaml } from '@isthmus/kubernetes';

interface Recorded {
  readonly id: string;
  readonly client: { readonly namespace: string; readonly labels: Readonly<Record<string, string>> };
  readonly resources: string;
  readonly requests: readonly {
    readonly method: string;
    readonly host: string;
    readonly path: string;
    readonly headers: Readonly<Record<string, string>>;
  }[];
}

/** Numbers between 0 and 1 that are the same in every run (a linear congruential generator; Numerical Recipes). */
function randomNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 0x1_0000_0000;
  };
}

type Path = readonly (string | number)[];

/** Everything in a value that one change can be made to, with the change. */
function changesOf(value: Json, path: Path = []): { path: Path; change: (of: Json) => Json }[] {
  const key = path.at(-1);
  const inside = isList(value)
    ? value.flatMap((item, index) => changesOf(item, [...path, index]))
    : isMap(value)
      ? Object.entries(value).flatMap(([name, item]) => changesOf(item, [...path, name]))
      : [];
  const own: { path: Path; change: (of: Json) => Json }[] = [];
  if (key === 'weight' || key === 'statusCode' || key === 'percentage')
    own.push({ path, change: (of) => (of === 307 ? 302 : Number(of) + 7) });
  if (key === 'value' && typeof value === 'string') own.push({ path, change: (of) => `${of}x` });
  if ((key === 'headers' || key === 'queryParams' || key === 'matches') && isList(value) && value.length > 0)
    own.push({ path, change: (of) => (of as Json[]).slice(1) });
  if ((key === 'rules' || key === 'filters' || key === 'backendRefs') && isList(value) && value.length > 1)
    own.push({ path, change: (of) => [...(of as Json[])].reverse() });
  if (key === 'requestTimeout' || key === 'perTryTimeout') own.push({ path, change: () => '3s' });
  if (key === 'numRetries') own.push({ path, change: (of) => Number(of) + 1 });
  if (key === 'method') own.push({ path, change: (of) => (of === 'GET' ? 'POST' : 'GET') });
  return [...own, ...inside];
}

function withChange(value: Json, path: Path, change: (of: Json) => Json): Json {
  const [step, ...rest] = path;
  if (step === undefined) return change(value);
  if (isList(value)) return value.map((item, index) => (index === step ? withChange(item, rest, change) : item));
  const map = value as JsonObject;
  return { ...map, [step]: withChange(map[step] as Json, rest, change) };
}

const textsOf = (value: Json): string[] =>
  typeof value === 'string'
    ? [value]
    : isList(value)
      ? value.flatMap(textsOf)
      : isMap(value)
        ? Object.values(value).flatMap(textsOf)
        : [];

const namesOf = (value: Json, list: string): string[] =>
  isList(value)
    ? value.flatMap((item) => namesOf(item, list))
    : isMap(value)
      ? Object.entries(value).flatMap(([key, item]) =>
          key === list && isList(item)
            ? item.flatMap((one) => (isMap(one) && typeof one.name === 'string' ? [one.name] : []))
            : namesOf(item, list),
        )
      : [];

/** Requests at the edges of what the policies distinguish: each text as it is and a little longer. */
function requestsFrom(policies: readonly JsonObject[], random: () => number): Request[] {
  const all = policies as unknown as Json;
  const texts = [...new Set(textsOf(all))];
  const paths = [
    '/',
    ...texts.filter((text) => text.startsWith('/')).flatMap((text) => [text, `${text}/`, `${text}x`]),
  ];
  const values = texts.filter((text) => !text.startsWith('/')).flatMap((text) => [text, `${text}x`]);
  const headers = [...new Set(namesOf(all, 'headers'))];
  const queries = [...new Set(namesOf(all, 'queryParams'))];
  const pick = <T>(list: readonly T[]): T | undefined => list[Math.floor(random() * list.length)];
  return Array.from({ length: 400 }, () => {
    const query = queries.filter(() => random() < 0.5).map((name) => `${name}=${pick(values) ?? ''}`);
    const path = `${pick(paths)}${query.length === 0 ? '' : `?${query.join('&')}`}`;
    return {
      method: pick(['GET', 'GET', 'POST', 'PUT', 'DELETE', 'HEAD']) ?? 'GET',
      authority: 'reviews',
      path: normalizePath(path) ?? '/',
      headers: Object.fromEntries(
        headers.filter(() => random() < 0.5).map((name) => [name.toLowerCase(), [pick(values) ?? '']]),
      ),
    };
  });
}

const file = fileURLToPath(new URL('../conformance/kuma-routing.jsonl.gz', import.meta.url));
const records = gunzipSync(readFileSync(file))
  .toString('utf8')
  .split('\n')
  .filter((line) => line !== '')
  .map((line) => JSON.parse(line) as Recorded);

const seed = Number(process.env.SEED ?? 1);
const wanted = Number(process.env.MUTANTS ?? 1000);
const random = randomNumbers(seed);
const systemNamespace = 'kuma-system';
const counts = { found: 0, 'no change': 0, undecided: 0, missed: 0 };

for (let mutant = 0; mutant < wanted; mutant++) {
  const record = records[mutant % records.length] as Recorded;
  const mesh = record.id.replace(/-\d+$/, '');
  const objects = parseYaml(record.resources).flatMap(({ value }) => (isMap(value) ? [value] : []));
  const policies = objects.filter(({ kind }) => String(kind).startsWith('Mesh'));
  const places = policies.flatMap((policy) =>
    changesOf(policy.spec as Json, ['spec']).map((change) => ({ policy, ...change })),
  );
  const place = places[Math.floor(random() * places.length)];
  if (place === undefined) continue;
  const changed = withChange(place.policy, place.path, place.change) as JsonObject;
  const compile = (list: readonly JsonObject[]) =>
    compileKongMesh([...list, ...defaultPolicies('2.14', mesh, systemNamespace)], {
      version: '2.14',
      mesh,
      zone: 'default',
      systemNamespace,
    });
  const [before, after] = [
    compile(objects),
    compile(objects.map((object) => (object === place.policy ? changed : object))),
  ];
  const { namespace } = record.client;
  let differs = false;
  let undecided = false;
  let real = false;
  for (const { name, ports } of before.destinations.filter((one) => one.namespace === namespace)) {
    for (const { port } of ports) {
      const tables = [before, after].map((one) => one.routeTable(record.client, { namespace, name }, port));
      const [a, b] = tables as [RouteTable, RouteTable];
      const verdicts = Object.values(compareRoutes(a, b, ['reviews']));
      differs ||= verdicts.some(({ verdict }) => verdict === 'differs');
      undecided ||= verdicts.some(({ verdict }) => verdict === 'undecided');
      if (differs) continue;
      // One request at a time, so that nothing of the division into cases is asked.
      real ||= requestsFrom([place.policy, changed], random).some((request) => {
        const known = { exact: request.path, prefix: request.path };
        const [x, y] = [evaluate(a, request).decision, evaluate(b, request).decision];
        return compareDecisions(x, y, known, request).differences.length > 0;
      });
    }
  }
  const outcome = differs
    ? 'found'
    : real
      ? undecided
        ? 'undecided'
        : 'missed'
      : undecided
        ? 'undecided'
        : 'no change';
  counts[outcome]++;
  if (outcome === 'missed') console.log(`  missed: ${record.id} ${place.policy.kind} ${place.path.join('.')}`);
}

const real = counts.found + counts.missed + counts.undecided;
console.log(
  `${wanted} changes (seed ${seed}): ${counts.found} found, ${counts['no change']} without effect, ${counts.undecided} undecided, ${counts.missed} missed; ${((100 * counts.found) / real).toFixed(1)} % of the real ones found`,
);
process.exitCode = counts.missed + counts.undecided === 0 ? 0 : 1;
