import { type BulkChange, routes, type Service, type ServiceChange } from '@isthmus/contract';
import type { ServicePatch, ServicesChange } from '@isthmus/store';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { actorOf, type Context, findMigration, firstPhase, idOf } from '../context.ts';
import { notFound, Refusal } from '../problem.ts';
import { serve } from '../route.ts';
import { completeSettings } from '../settings.ts';

export function serviceRoutes(app: FastifyInstance, { store, views, live }: Context): void {
  /** The services with these ids as they stand now; all of them where no ids are given. */
  async function services(migration: string, ids?: readonly string[]): Promise<Service[]> {
    const record = await findMigration(store, migration);
    const snapshot = await store.snapshots.newest(migration);
    if (snapshot === undefined) return [];
    const states = await store.services.list(migration);
    const view = { name: 'services', ...(ids === undefined ? {} : { ids }) } as const;
    const accepted = await store.acceptances.list(migration);
    const bytes = await views.render(snapshot.id, completeSettings(record.settings), states, view, accepted);
    return (JSON.parse(Buffer.from(bytes).toString()) as { services: Service[] }).services;
  }

  async function change(
    request: FastifyRequest,
    seen: readonly { id: string; revision: number }[],
    patch: ServicePatch,
  ): Promise<{ changed: Service[]; conflicts: Service[]; result: ServicesChange }> {
    const migration = idOf(request);
    const known = new Set(
      (
        await services(
          migration,
          seen.map(({ id }) => id),
        )
      ).map(({ id }) => id),
    );
    const missing = seen.find(({ id }) => !known.has(id));
    if (missing !== undefined) throw notFound(`The service ${missing.id}`);
    const result = await store.services.change(migration, seen, patch, firstPhase, actorOf(request));
    const now = new Map((await services(migration, [...known])).map((service) => [service.id, service]));
    const pick = (ids: readonly string[]): Service[] => ids.flatMap((id) => now.get(id) ?? []);
    const changed = pick(result.changed.map(({ service }) => service));
    // Of a large change only the news is sent: clients read the list anew.
    if (changed.length > 0) live.publish(migration, 'services', changed.length > 200 ? null : changed);
    return { changed, conflicts: pick(result.conflicts.map(({ id }) => id)), result };
  }

  serve(app, routes.changeService, async (request) => {
    const { namespace, name } = request.params as { namespace: string; name: string };
    const { revision, ...patch } = request.body as ServiceChange;
    const { changed, conflicts } = await change(request, [{ id: `${namespace}/${name}`, revision }], patch);
    if (conflicts.length > 0)
      throw new Refusal(409, 'conflict', 'Another change came first. Nothing was overwritten.', {
        current: conflicts[0],
        attempted: request.body,
      });
    return changed[0];
  });
  serve(app, routes.changeServices, async (request) => {
    const { services: seen, set } = request.body as BulkChange;
    const { changed, conflicts } = await change(request, seen, set);
    return { changed, conflicts };
  });
  serve(app, routes.getHistory, async (request) => {
    const { id } = await findMigration(store, idOf(request));
    const { subject, before, limit = 100 } = request.query as { subject?: string; before?: number; limit?: number };
    const entries = await store.history(id, { subject, before, limit });
    return { entries, next: entries.length === limit ? (entries.at(-1)?.sequence ?? null) : null };
  });
}
