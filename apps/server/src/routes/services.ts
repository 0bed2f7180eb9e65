import {
  type BulkChange,
  type Gate,
  type Override,
  type Phase,
  routes,
  type Service,
  type ServiceChange,
} from '@isthmus/contract';
import { isForward } from '@isthmus/migration';
import type { ServicePatch } from '@isthmus/store';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { actorOf, type Context, findMigration, firstPhase, idOf } from '../context.ts';
import { withClusters } from '../evidence.ts';
import { inputsOf, resultId } from '../override-record.ts';
import { basisOf } from '../plan-record.ts';
import { notFound, Refusal } from '../problem.ts';
import { serve } from '../route.ts';

export function serviceRoutes(app: FastifyInstance, { store, views, live, clusters }: Context): void {
  /** The services with these ids as they stand now; all of them where no ids are given. */
  async function services(migration: string, ids?: readonly string[]): Promise<Service[]> {
    const record = await findMigration(store, migration);
    const snapshot = await store.snapshots.newest(migration);
    if (snapshot === undefined) return [];
    const states = await store.services.list(migration);
    const basis = basisOf(await store.plans.get(migration));
    const view = { name: 'services', basis, ...(ids === undefined ? {} : { ids }) } as const;
    const accepted = await store.acceptances.list(migration);
    const bytes = await views.render(snapshot.id, await inputsOf(store, record), states, view, accepted);
    return (JSON.parse(Buffer.from(bytes).toString()) as { services: Service[] }).services;
  }

  /** The gates that services would have to pass to a phase; none for those that go back or stay. */
  async function gatesTo(migration: string, ids: readonly string[], to: Phase): Promise<Gate[]> {
    const record = await findMigration(store, migration);
    const snapshot = await store.snapshots.newest(migration);
    if (snapshot === undefined) return [];
    const states = await store.services.list(migration);
    const from = new Map(states.map(({ service, phase }) => [service, phase as Phase]));
    const ahead = ids.filter((id) => isForward(from.get(id) ?? firstPhase, to));
    if (ahead.length === 0) return [];
    const all = await store.approvals.list(migration);
    const inputs = await inputsOf(store, record);
    const result = resultId(snapshot.id, inputs.overrides);
    const approvals = all.filter((one) => one.snapshot === result);
    const basis = basisOf(await store.plans.get(migration));
    const accepted = await store.acceptances.list(migration);
    const view = { name: 'gates', basis, approvals, services: ahead, to } as const;
    const bytes = await views.render(snapshot.id, inputs, states, view, accepted);
    return withClusters({ store, views, clusters }, record, (JSON.parse(bytes.toString()) as { gates: Gate[] }).gates);
  }

  /** Of what is back in Istio nothing is served by Kong Mesh, and of what has moved everything. */
  function withShare(patch: ServicePatch): ServicePatch {
    const { phase, share } = patch;
    if (phase === undefined || phase === 'shifting' || share !== undefined) return patch;
    return { ...patch, share: phase === 'migrated' || phase === 'retired' ? 100 : 0 };
  }

  async function change(
    request: FastifyRequest,
    seen: readonly { id: string; revision: number }[],
    patch: ServicePatch,
    override: Override | undefined,
  ): Promise<{ changed: Service[]; conflicts: Service[]; refused: Gate[] }> {
    const migration = idOf(request);
    const known = new Map(
      (
        await services(
          migration,
          seen.map(({ id }) => id),
        )
      ).map((service) => [service.id, service]),
    );
    const missing = seen.find(({ id }) => !known.has(id));
    if (missing !== undefined) throw notFound(`The service ${missing.id}`);
    // What somebody else changed meanwhile is a conflict, whatever its gate says.
    const current = seen.filter(({ id, revision }) => known.get(id)?.revision === revision);
    const shut =
      patch.phase === undefined
        ? []
        : (
            await gatesTo(
              migration,
              current.map(({ id }) => id),
              patch.phase as Phase,
            )
          ).filter(({ open }) => !open);
    const overridden = new Set(override === undefined ? [] : shut.map(({ service }) => service));
    const refused = shut.filter(({ service }) => !overridden.has(service));
    const kept = new Set(refused.map(({ service }) => service));
    const result = await store.services.change(
      migration,
      seen.filter(({ id }) => !kept.has(id)),
      withShare(patch),
      firstPhase,
      actorOf(request),
      override === undefined ? undefined : { services: overridden, reason: override.reason.trim() },
    );
    const now = new Map((await services(migration, [...known.keys()])).map((service) => [service.id, service]));
    const pick = (ids: readonly string[]): Service[] => ids.flatMap((id) => now.get(id) ?? []);
    const changed = pick(result.changed.map(({ service }) => service));
    // Of a large change only the news is sent: clients read the list anew.
    if (changed.length > 0) live.publish(migration, 'services', changed.length > 200 ? null : changed);
    return { changed, conflicts: pick(result.conflicts.map(({ id }) => id)), refused };
  }

  serve(app, routes.changeService, async (request) => {
    const { namespace, name } = request.params as { namespace: string; name: string };
    const { revision, override, ...patch } = request.body as ServiceChange;
    const seen = [{ id: `${namespace}/${name}`, revision }];
    const { changed, conflicts, refused } = await change(request, seen, patch, override);
    if (conflicts.length > 0)
      throw new Refusal(409, 'conflict', 'Another change came first. Nothing was overwritten.', {
        current: conflicts[0],
        attempted: request.body,
      });
    const [gate] = refused;
    if (gate !== undefined) throw new Refusal(422, 'gate', gate.sentence, { gate });
    return changed[0];
  });
  serve(app, routes.changeServices, async (request) => {
    const { services: seen, set, override } = request.body as BulkChange;
    return change(request, seen, set, override);
  });
  serve(app, routes.getHistory, async (request) => {
    const { id } = await findMigration(store, idOf(request));
    const { subject, before, limit = 100 } = request.query as { subject?: string; before?: number; limit?: number };
    const entries = await store.history(id, { subject, before, limit });
    return { entries, next: entries.length === limit ? (entries.at(-1)?.sequence ?? null) : null };
  });
}
