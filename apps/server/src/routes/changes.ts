import { type ChangesQuery, type Compared, routes } from '@isthmus/contract';
import type { SnapshotRecord } from '@isthmus/store';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { type Context, findMigration, idOf } from '../context.ts';
import { inputsOf, resultId } from '../override-record.ts';
import { basisOf } from '../plan-record.ts';
import { Refusal } from '../problem.ts';
import { serve } from '../route.ts';
import type { ViewTask } from '../workers/views.ts';

/** What a new import changed: resources, results, verdicts, and what people decided on their ground. */
export function changeRoutes(app: FastifyInstance, { store, views, imports }: Context): void {
  /** The two snapshots that a query names, or one and the clusters as they were read for this. */
  async function snapshotsOf(request: FastifyRequest): Promise<{ from: SnapshotRecord; to: Compared }> {
    const { id } = await findMigration(store, idOf(request));
    const list = await store.snapshots.list(id);
    const query = request.query as ChangesQuery;
    if (query.to === 'live') {
      const before = query.from === undefined ? list[0] : list.find(({ number }) => number === query.from);
      const live = imports.comparable(id);
      if (before === undefined || live === undefined)
        throw new Refusal(404, 'not-read', 'The clusters have not been read since the newest snapshot.');
      return { from: before, to: { ...live, number: null } };
    }
    const to = query.to === undefined ? list[0] : list.find(({ number }) => number === query.to);
    const from =
      query.from === undefined
        ? list.find(({ number }) => to !== undefined && number < to.number)
        : list.find(({ number }) => number === query.from);
    if (from === undefined || to === undefined)
      throw new Refusal(404, 'no-snapshot', 'There are no two snapshots with these numbers to compare.');
    return { from, to };
  }

  async function ask<T>(request: FastifyRequest, to: Compared, view: ViewTask['view']): Promise<T> {
    const record = await findMigration(store, idOf(request));
    const states = await store.services.list(record.id);
    const accepted = await store.acceptances.list(record.id);
    const bytes = await views.render(to.id, await inputsOf(store, record), states, view, accepted);
    return JSON.parse(bytes.toString()) as T;
  }

  serve(app, routes.getChanges, async (request) => {
    const { from, to } = await snapshotsOf(request);
    return { from, to, ...(await ask<object>(request, to, { name: 'changes', from: from.id })) };
  });
  serve(app, routes.getChangedVerdicts, async (request) => {
    const { from, to } = await snapshotsOf(request);
    const { id } = await findMigration(store, idOf(request));
    const record = await findMigration(store, id);
    const { overrides } = await inputsOf(store, record);
    return ask(request, to, {
      name: 'changed-verdicts',
      from: from.id,
      basis: basisOf(await store.plans.get(id)),
      approvals: await store.approvals.list(id),
      result: resultId(to.id, overrides),
    });
  });
}
