import { type NewSavedView, routes } from '@isthmus/contract';
import type { FastifyInstance } from 'fastify';
import { actorOf, type Context, findMigration, idOf } from '../context.ts';
import { notFound, Refusal } from '../problem.ts';
import { serve } from '../route.ts';

/** Views of pages that people gave names to. */
export function savedViewRoutes(app: FastifyInstance, { store, live }: Context): void {
  serve(app, routes.listSavedViews, async (request) => {
    const { id } = await findMigration(store, idOf(request));
    return { views: await store.savedViews.list(id) };
  });
  serve(app, routes.saveView, async (request) => {
    const { id } = await findMigration(store, idOf(request));
    const { page, name, query } = request.body as NewSavedView;
    const saved = await store.savedViews.save(id, { page, name: name.trim(), query }, actorOf(request));
    if (saved === undefined)
      throw new Refusal(409, 'too-many-views', 'There are 200 saved views. Remove one that nobody needs.');
    live.publish(id, 'views', null);
    return saved;
  });
  serve(app, routes.removeView, async (request) => {
    const { id } = await findMigration(store, idOf(request));
    const { page, name } = request.params as { page: string; name: string };
    if (!(await store.savedViews.remove(id, page, name))) throw notFound('This view');
    live.publish(id, 'views', null);
  });
}
