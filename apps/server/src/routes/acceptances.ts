import { type AcceptedFinding, type NewAcceptance, routes } from '@isthmus/contract';
import type { FastifyInstance } from 'fastify';
import { actorOf, type Context, findMigration, idOf } from '../context.ts';
import { inputsOf } from '../override-record.ts';
import { notFound, Refusal } from '../problem.ts';
import { serve } from '../route.ts';
import type { ViewTask } from '../workers/views.ts';

/** Findings that people accept with a reason. */
export function acceptanceRoutes(app: FastifyInstance, { store, views, live }: Context): void {
  /** Asks the newest snapshot; undefined where there is none, or where it has nothing to say. */
  async function ask<Answer>(migration: string, view: ViewTask['view']): Promise<Answer | undefined> {
    const record = await findMigration(store, migration);
    const snapshot = await store.snapshots.newest(migration);
    if (snapshot === undefined) return undefined;
    const bytes = await views.render(snapshot.id, await inputsOf(store, record), [], view);
    return bytes.length === 0 ? undefined : (JSON.parse(bytes.toString()) as Answer);
  }
  // Counts of all views may be others: clients read them anew.
  const tell = (migration: string): void => live.publish(migration, 'services', null);

  serve(app, routes.listAcceptances, async (request) => {
    const id = idOf(request);
    await findMigration(store, id);
    const all = await store.acceptances.list(id);
    const findings = all.map(({ finding }) => finding);
    const there = new Set(all.length === 0 ? [] : await ask<string[]>(id, { name: 'still-there', findings }));
    return { acceptances: all.map((one): AcceptedFinding => ({ ...one, current: there.has(one.finding) })) };
  });
  serve(app, routes.acceptFinding, async (request) => {
    const id = idOf(request);
    const { finding, reason } = request.body as NewAcceptance;
    const found = await ask<Omit<AcceptedFinding, 'reason'>>(id, { name: 'acceptable', finding });
    if (found === undefined) throw notFound('This finding');
    const { code, severity, subject, message } = found;
    const words = { finding, code, severity, subject, message, reason: reason.trim() };
    const result = await store.acceptances.accept(id, words, actorOf(request));
    if (result.outcome === 'conflict')
      throw new Refusal(409, 'conflict', `${result.current.by} accepted it before: ${result.current.reason}`, {
        current: result.current,
        attempted: request.body,
      });
    tell(id);
    return { ...result.value, current: true };
  });
  serve(app, routes.withdrawAcceptance, async (request) => {
    const id = idOf(request);
    await findMigration(store, id);
    const { finding } = request.params as { finding: string };
    if (!(await store.acceptances.withdraw(id, finding, actorOf(request)))) throw notFound('This acceptance');
    tell(id);
  });
}
