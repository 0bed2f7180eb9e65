import { randomUUID } from 'node:crypto';
import { type MigrationChange, type NewMigration, routes } from '@isthmus/contract';
import type { FastifyInstance } from 'fastify';
import { actorOf, type Context, findMigration, idOf, present } from '../context.ts';
import { openEvents } from '../events.ts';
import type { LiveEvent } from '../live.ts';
import { notFound, Refusal } from '../problem.ts';
import { serve } from '../route.ts';
import { completeSettings, newSettings } from '../settings.ts';

export function migrationRoutes(app: FastifyInstance, { store, live, imports }: Context): void {
  serve(app, routes.listMigrations, async () => ({
    migrations: await Promise.all((await store.migrations.list()).map((record) => present(store, record))),
  }));
  serve(app, routes.createMigration, async (request) => {
    const { name } = request.body as NewMigration;
    return present(store, await store.migrations.create(randomUUID(), name, { ...newSettings }, actorOf(request)));
  });
  serve(app, routes.getMigration, async (request) => present(store, await findMigration(store, idOf(request))));
  serve(app, routes.changeMigration, async (request) => {
    const { revision, settings, ...rest } = request.body as MigrationChange;
    const record = await findMigration(store, idOf(request));
    // Settings are merged with those of the revision that the editor saw; any other revision is refused below.
    const merged = settings === undefined ? {} : { settings: { ...completeSettings(record.settings), ...settings } };
    const change = await store.migrations.change(record.id, revision, { ...rest, ...merged }, actorOf(request));
    if (change.outcome === 'missing') throw notFound('This migration');
    if (change.outcome === 'conflict')
      throw new Refusal(409, 'conflict', 'Another change came first. Nothing was overwritten.', {
        current: await present(store, change.current),
        attempted: request.body,
      });
    const value = await present(store, change.value);
    live.publish(record.id, 'migration', value);
    return value;
  });
  serve(app, routes.describeDeletion, async (request) => {
    const { id } = await findMigration(store, idOf(request));
    return store.migrations.describeDeletion(id);
  });
  serve(app, routes.deleteMigration, async (request) => {
    if (!(await store.migrations.delete(idOf(request)))) throw notFound('This migration');
    await imports.forgetComparable(idOf(request));
  });
  serve(app, routes.listSnapshots, async (request) => {
    const { id } = await findMigration(store, idOf(request));
    return { snapshots: await store.snapshots.list(id) };
  });
  serve(app, routes.watchMigration, async (request, reply) => {
    const { id } = await findMigration(store, idOf(request));
    const last = Number(request.headers['last-event-id']);
    const stream = openEvents(request, reply);
    const send = ({ id: number, event, data }: LiveEvent): void => stream.send(event, data, number);
    if (Number.isInteger(last) && request.headers['last-event-id'] !== undefined) {
      const missed = live.since(id, last);
      if (missed === undefined) {
        // What is too old to be repeated is read anew by the client.
        for (const event of ['migration', 'services', 'snapshot']) stream.send(event, null);
      } else for (const event of missed) send(event);
    }
    stream.onClose(live.watch(id, send));
  });
}
