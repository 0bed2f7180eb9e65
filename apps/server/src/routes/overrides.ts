import {
  type NewOverride,
  type OverrideDraft,
  type OverrideFile,
  type OverrideImport,
  type OverrideVersions,
  type ResourceOverrides,
  routes,
} from '@isthmus/contract';
import { parseJson } from '@isthmus/kubernetes';
import { editorSchema, type Override, readOverrides, writeOverrides } from '@isthmus/translation';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { actorOf, type Context, findMigration, idOf } from '../context.ts';
import { newestSnapshot } from '../newest-view.ts';
import { inputsOf, nameOfSubject, overrideOf, recordOf } from '../override-record.ts';
import { notFound, Refusal } from '../problem.ts';
import { serve } from '../route.ts';
import { completeSettings } from '../settings.ts';
import type { Drafted } from '../workers/overrides.ts';
import type { ViewTask } from '../workers/views.ts';

const idIn = (request: FastifyRequest): string => (request.params as { override: string }).override;

/** What people decide about emitted resources. */
export function overrideRoutes(app: FastifyInstance, { store, views, live }: Context): void {
  async function ask<Answer>(migration: string, view: ViewTask['view']): Promise<Answer> {
    const record = await findMigration(store, migration);
    const snapshot = await newestSnapshot(store, migration);
    const bytes = await views.render(snapshot.id, await inputsOf(store, record), [], view);
    if (bytes.length === 0) throw notFound('This override');
    return JSON.parse(bytes.toString()) as Answer;
  }
  // Everything that is shown may be another: clients read it anew.
  const tell = (migration: string): void => live.publish(migration, 'services', null);
  const versions = (migration: string, id: string): Promise<OverrideVersions> =>
    ask<OverrideVersions>(migration, { name: 'override', id });

  /** What stands against keeping a draft, as a refusal; nothing where nothing does. */
  function objectTo(drafted: Drafted, { emitted, change }: NewOverride, body: unknown): void {
    if (drafted.against === 'missing')
      throw new Refusal(409, 'not-emitted', 'The translation does not emit this resource any more.');
    if (drafted.against === 'there')
      throw new Refusal(409, 'emitted', 'The translation emits a resource of this name; edit that one.');
    if (drafted.against === 'same')
      throw new Refusal(422, 'nothing-changed', 'The text is what is translated: there is nothing to keep.');
    const [first] = drafted.problems;
    if (first !== undefined)
      throw new Refusal(422, 'refused-edit', `Line ${first.line}, column ${first.column}: ${first.message}`);
    if (change !== 'add' && emitted !== drafted.emitted)
      throw new Refusal(409, 'stale-ground', 'The translation emits something else than what you saw.', {
        current: { now: drafted.now, emitted: drafted.emitted },
        attempted: body,
      });
  }

  serve(app, routes.listOverrides, async (request) => {
    const id = idOf(request);
    await findMigration(store, id);
    if ((await store.overrides.list(id)).length === 0) return { overrides: [] };
    return ask<ResourceOverrides>(id, { name: 'overrides' });
  });
  serve(app, routes.getOverride, (request) => versions(idOf(request), idIn(request)));
  serve(app, routes.assessOverride, async (request) => {
    const drafted = await ask<Drafted>(idOf(request), { name: 'override-draft', draft: request.body as OverrideDraft });
    const { problems, paths, widens } = drafted;
    return { problems, paths, widens };
  });
  serve(app, routes.saveOverride, async (request) => {
    const id = idOf(request);
    const body = request.body as NewOverride;
    const { subject, change, text, reason, acceptsWidening, revision } = body;
    const wanted = { change, ...(subject === undefined ? {} : { subject }), ...(text === undefined ? {} : { text }) };
    const drafted = await ask<Drafted>(id, { name: 'override-draft', draft: wanted });
    objectTo(drafted, body, request.body);
    const content = parseJson(drafted.override as string) as unknown as Override;
    const accepts = acceptsWidening === undefined ? {} : { acceptsWidening: acceptsWidening.trim() };
    const record = recordOf({ ...content, ...accepts, reason: reason.trim() });
    const result = await store.overrides.save(id, record, revision, actorOf(request));
    if (result.outcome === 'conflict') {
      const { current } = result;
      const theirs = current === undefined ? undefined : await versions(id, current.id);
      throw new Refusal(
        409,
        'conflict',
        current === undefined
          ? 'Somebody took this override back meanwhile. Nothing was overwritten.'
          : `${current.by} changed this resource first: ${current.reason}`,
        { current: theirs ?? null, attempted: request.body },
      );
    }
    tell(id);
    return (await versions(id, record.id)).override;
  });
  serve(app, routes.removeOverride, async (request) => {
    const id = idOf(request);
    await findMigration(store, id);
    const { revision } = request.query as { revision?: number };
    const result = await store.overrides.remove(id, idIn(request), revision, actorOf(request));
    if (result === undefined) throw notFound('This override');
    if (result.outcome === 'conflict')
      throw new Refusal(409, 'conflict', `${result.current?.by} changed this override meanwhile.`, {
        current: await versions(id, idIn(request)),
        attempted: null,
      });
    tell(id);
    return { text: writeOverrides([overrideOf(result.value)]) };
  });
  serve(app, routes.getOverrideFile, async (request, reply) => {
    const id = idOf(request);
    await findMigration(store, id);
    reply.header('content-disposition', 'attachment; filename="overrides.yaml"');
    const all = (await store.overrides.list(id)).map(overrideOf);
    const inOrder = all.sort((a, b) => (nameOfSubject(a.subject) < nameOfSubject(b.subject) ? -1 : 1));
    return reply.type('application/yaml; charset=utf-8').send(writeOverrides(inOrder));
  });
  serve(app, routes.importOverrides, async (request) => {
    const id = idOf(request);
    await findMigration(store, id);
    const { overrides, problems } = readOverrides((request.body as OverrideFile).text);
    const [first] = problems;
    if (first !== undefined) {
      const { line, column, message } = first;
      const at = line === undefined ? '' : `Line ${line}, column ${column}: `;
      throw new Refusal(422, 'invalid-overrides', `${at}${message}`);
    }
    const result: OverrideImport = { added: 0, same: 0, conflicts: [] };
    for (const override of overrides) {
      const record = recordOf(override);
      const saved = await store.overrides.save(id, record, 0, actorOf(request));
      if (saved.outcome === 'changed') result.added++;
      else if (saved.current?.content === record.content && saved.current.reason === record.reason) result.same++;
      else result.conflicts.push(override.subject);
    }
    if (result.added > 0) tell(id);
    return result;
  });
  serve(app, routes.getEditorSchema, async (request) => {
    const { settings } = await findMigration(store, idOf(request));
    const { apiVersion, kind } = request.query as { apiVersion: string; kind: string };
    return editorSchema(apiVersion, kind, completeSettings(settings).target);
  });
}
