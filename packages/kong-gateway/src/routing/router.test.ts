import { readFileSync } from 'node:fs';
import { type JsonObject, readManifest } from '@isthmus/kubernetes';
import { sharedPath } from '@isthmus/testkit';
import { expect, test } from 'vitest';
import { type AttachedRoute, type EdgeRequest, normalisePath, routeRequest } from './router.ts';

interface Decision {
  readonly kind: string;
  readonly status?: number;
  readonly route?: string;
  readonly routeKind?: string;
  readonly rule?: number;
  readonly match?: number;
  readonly tie?: boolean;
}

interface Case {
  readonly id: string;
  readonly resources: string;
  readonly expressions: {
    readonly failures?: readonly string[];
    readonly routes: Record<string, { accepted: boolean; hostnames?: string[]; parents?: string[] }>;
  };
  readonly requests: readonly (EdgeRequest & { readonly expressions: Decision })[];
}

const vectors = sharedPath('vectors/kong-gateway-routing.jsonl');

/** The protocols of a route: those of the sections that it names, or of all listeners of its Gateways. */
function protocolsOf(route: JsonObject, objects: readonly JsonObject[]): string[] {
  const metadata = route.metadata as { annotations?: Record<string, string>; namespace?: string };
  const own = metadata.annotations?.['konghq.com/protocols'];
  if (own !== undefined) return own.split(',').map((one) => one.trim());
  const { parentRefs = [] } = route.spec as {
    parentRefs?: { name: string; namespace?: string; sectionName?: string }[];
  };
  const found = parentRefs.flatMap(({ name, namespace = metadata.namespace ?? 'default', sectionName }) => {
    const gateway = objects.find((one) => {
      const of = one.metadata as { name: string; namespace?: string };
      return one.kind === 'Gateway' && of.name === name && (of.namespace ?? 'default') === namespace;
    });
    const { listeners = [] } = (gateway?.spec ?? {}) as { listeners?: { name: string; protocol: string }[] };
    return listeners.flatMap((listener) =>
      (sectionName === undefined || listener.name === sectionName) && /^HTTPS?$/.test(listener.protocol)
        ? [listener.protocol.toLowerCase()]
        : [],
    );
  });
  return [...new Set(found)];
}

/** The rules that the controller dropped, by its own messages; rules with the same backends share what was dropped. */
function droppedRules(route: JsonObject, failures: readonly string[]): Set<number> {
  const { name, namespace = 'default' } = route.metadata as { name: string; namespace?: string };
  const { rules = [] } = route.spec as { rules?: { backendRefs?: unknown }[] };
  const dropped = failures.flatMap((failure) => {
    const found = /multi-Service backend httproute\.([^.]+)\.([^.]+)\.(\d+)\./.exec(failure);
    return found?.[1] === namespace && found[2] === name ? [JSON.stringify(rules[Number(found[3])]?.backendRefs)] : [];
  });
  return new Set(
    rules.flatMap(({ backendRefs }, index) => (dropped.includes(JSON.stringify(backendRefs)) ? [index] : [])),
  );
}

test.skipIf(vectors === undefined)("the recorded winners of Kong's expressions router are the winners here", () => {
  let compared = 0;
  const wrong: string[] = [];
  for (const line of readFileSync(vectors as string, 'utf8').split('\n')) {
    if (line === '') continue;
    const one = JSON.parse(line) as Case;
    const objects = readManifest(one.id, new TextEncoder().encode(one.resources)).resources.map(({ object }) => object);
    const routes = objects.flatMap((route): AttachedRoute[] => {
      const { name, namespace = 'default' } = route.metadata as { name: string; namespace?: string };
      const state = one.expressions.routes[`HTTPRoute ${namespace}/${name}`];
      if (route.kind !== 'HTTPRoute' || state?.accepted !== true) return [];
      return [
        {
          route,
          hostnames: state.hostnames ?? [],
          protocols: protocolsOf(route, objects),
          dropped: droppedRules(route, one.expressions.failures ?? []),
        },
      ];
    });
    for (const { expressions: decision, ...request } of one.requests) {
      const nobody = decision.kind === 'respond' && decision.status === 404 && decision.route === undefined;
      if (!nobody && (decision.route === undefined || decision.routeKind !== undefined || decision.tie === true))
        continue;
      compared++;
      const winner = routeRequest(routes, { ...request, headers: request.headers ?? {} });
      const found = winner && `${winner.namespace}/${winner.name} ${winner.rule}.${winner.match}`;
      const expected = nobody ? undefined : `${decision.route} ${decision.rule}.${decision.match}`;
      if (found !== expected)
        wrong.push(`${one.id} ${request.method} ${request.host}${request.path}: ${expected}, not ${found}`);
    }
  }
  expect(compared).toBeGreaterThan(3500);
  expect(wrong).toEqual([]);
});

test.each([
  ['/a//b', '/a/b'],
  ['/a/./b/../c', '/a/c'],
  ['/%41%2F', '/A%2F'],
  ['/a/..', '/'],
])('path %s is matched as %s', (path, expected) => {
  expect(normalisePath(path)).toBe(expected);
});
