import { X509Certificate } from 'node:crypto';
import {
  type Arrangement,
  type BridgeQuery,
  type CertificateUpload,
  type NewApproval,
  type PlanChange,
  type PlanQuery,
  type PlanSettings,
  type RequestPathQuery,
  type ResourceForm,
  routes,
  type ServiceGates,
  type WaveQuery,
} from '@isthmus/contract';
import { readCertificates, readObserved, x509Reader } from '@isthmus/migration';
import type { Change, MigrationRecord, PlanNews, PlanPatch, PlanRecord } from '@isthmus/store';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { actorOf, type Context, findMigration, idOf } from '../context.ts';
import { withClusters } from '../evidence.ts';
import { renderNewest } from '../newest-view.ts';
import { resultId } from '../override-record.ts';
import {
  basisOf,
  completePlan,
  type PlanBasis,
  presentPlan,
  problemOfPlan,
  rootsOf,
  trafficOf,
} from '../plan-record.ts';
import { notFound, Refusal } from '../problem.ts';
import { serve } from '../route.ts';
import type { ViewTask } from '../workers/views.ts';

/** A dump of traffic has a line for each pair of workloads and each answer of theirs. */
const mostTraffic = 64 * 1024 * 1024;

/** What changed of settings, for the history. */
function newsOf(before: PlanSettings, after: PlanSettings): PlanNews {
  const changed = (Object.keys(after) as (keyof PlanSettings)[]).filter(
    (key) => JSON.stringify(before[key]) !== JSON.stringify(after[key]),
  );
  const of = (settings: PlanSettings): string =>
    JSON.stringify(
      Object.fromEntries(
        changed.map((key) => [
          key,
          // Thousands of names are nothing to read.
          key === 'arrangement'
            ? settings.arrangement === null
              ? 'as planned'
              : `${settings.arrangement.length} waves`
            : settings[key],
        ]),
      ),
    );
  return { field: 'plan', before: of(before), after: of(after) };
}

/** Each pair of workload and service once: a dump has a sample for each code and flag of their answers. */
function once<T>(items: readonly T[]): T[] {
  return [...new Map(items.map((item) => [JSON.stringify(item), item])).values()];
}

export function planRoutes(app: FastifyInstance, context: Context): void {
  const { store, live } = context;
  async function render(
    request: FastifyRequest,
    reply: FastifyReply,
    viewOf: (basis: PlanBasis, result: string) => ViewTask['view'] | Promise<ViewTask['view']>,
    type = 'application/json; charset=utf-8',
    complete?: (bytes: Buffer, record: MigrationRecord) => Promise<Buffer | string>,
  ): Promise<FastifyReply> {
    const record = await findMigration(store, idOf(request));
    const bytes = await renderNewest(context, record, async (snapshot, { overrides }) =>
      viewOf(basisOf(await store.plans.get(record.id)), resultId(snapshot.id, overrides)),
    );
    return reply.type(type).send(complete === undefined ? bytes : await complete(bytes, record));
  }

  async function change(
    request: FastifyRequest,
    revision: number | undefined,
    patch: PlanPatch,
    news: PlanNews,
  ): Promise<ReturnType<typeof presentPlan>> {
    const id = idOf(request);
    const result: Change<PlanRecord> = await store.plans.change(id, revision, patch, news, actorOf(request));
    if (result.outcome === 'missing') throw notFound('This migration');
    if (result.outcome === 'conflict')
      throw new Refusal(409, 'conflict', 'Somebody else changed the plan meanwhile. Nothing was overwritten.', {
        current: presentPlan(result.current),
        attempted: request.body,
      });
    const value = presentPlan(result.value);
    live.publish(id, 'plan', value);
    return value;
  }

  async function find(request: FastifyRequest): Promise<PlanRecord> {
    const { id } = await findMigration(store, idOf(request));
    return store.plans.get(id);
  }

  const waveOf = (request: FastifyRequest): number => {
    const { wave } = request.params as { wave: string };
    if (!/^[1-9]\d{0,5}$/.test(wave)) throw notFound('This wave');
    return Number(wave);
  };

  const askedOf = (request: FastifyRequest) => ({
    ...(request.query as WaveQuery),
    wave: waveOf(request),
    form: formOf(request),
  });
  const formOf = (request: FastifyRequest): ResourceForm =>
    (request.query as { form?: ResourceForm }).form ?? 'kubernetes';
  /** As `render`; what there is not in a form says whether that may be why. */
  async function renderForm(...given: Parameters<typeof render>): Promise<FastifyReply> {
    try {
      return await render(...given);
    } catch (error) {
      if (!(error instanceof Refusal) || error.problem.code !== 'not-found' || formOf(given[0]) === 'kubernetes')
        throw error;
      throw new Refusal(
        404,
        'not-found',
        'The plan has no such wave, or the snapshot holds several clusters: between clusters a plan in Universal form is for one zone.',
      );
    }
  }

  serve(app, routes.getPlan, (request, reply) =>
    render(request, reply, (basis) => ({ name: 'plan', basis, query: request.query as PlanQuery })),
  );
  serve(app, routes.getFanOut, (request, reply) => render(request, reply, (basis) => ({ name: 'fan-out', basis })));
  serve(app, routes.getPlanSettings, async (request) => presentPlan(await find(request)));
  serve(app, routes.changePlanSettings, async (request) => {
    const { revision, settings } = request.body as PlanChange;
    const before = completePlan((await find(request)).settings);
    const after = { ...before, ...settings };
    const problem = problemOfPlan(after);
    if (problem !== undefined) throw new Refusal(422, 'invalid-plan', problem);
    return change(request, revision, { settings: after }, newsOf(before, after));
  });
  serve(app, routes.assessPlan, (request, reply) =>
    render(request, reply, (basis) => {
      const arrangement = request.body as Arrangement;
      const problem = problemOfPlan({ ...basis.settings, ...arrangement.settings });
      if (problem !== undefined) throw new Refusal(422, 'invalid-plan', problem);
      return { name: 'assessment', basis, arrangement };
    }),
  );
  serve(app, routes.setCertificates, async (request) => {
    const { revision, side, pem } = request.body as CertificateUpload;
    const name = side === 'istio' ? 'Istio' : 'Kong Mesh';
    const before = rootsOf(await find(request));
    const read = pem.trim() === '' ? { certificates: [] } : readCertificates(pem, x509Reader(X509Certificate));
    if ('refused' in read) throw new Refusal(422, read.refused, read.reason);
    const listed = (roots: typeof read.certificates): string | null =>
      roots.length === 0
        ? null
        : `${name}: ${roots.map(({ subject, notAfter }) => `${subject} until ${notAfter.slice(0, 10)}`).join('; ')}`;
    const news = { field: 'certificates', before: listed(before[side]), after: listed(read.certificates) } as const;
    return change(request, revision, { certificates: { ...before, [side]: read.certificates } }, news);
  });
  serve(
    app,
    routes.setObserved,
    async (request) => {
      const before = trafficOf(await find(request));
      const read = readObserved(request.body as Parameters<typeof readObserved>[0]);
      if ('refused' in read) throw new Refusal(422, 'not-traffic', read.refused);
      const { source, samples } = read;
      const observations = once(read.observations);
      const by = actorOf(request).name;
      const at = new Date().toISOString();
      const listed = (count: number, from: string): string =>
        `${count} calls seen by ${from === 'kiali' ? 'Kiali' : 'Prometheus'}`;
      return change(
        request,
        undefined,
        { observed: { source, samples, at, by, observations } },
        {
          field: 'observed',
          before: before === null ? null : listed(before.observations.length, before.source),
          after: listed(observations.length, source),
        },
      );
    },
    { bodyLimit: mostTraffic },
  );
  serve(app, routes.removeObserved, async (request) => {
    const before = trafficOf(await find(request));
    if (before === null) return;
    const said = `${before.observations.length} calls seen by ${before.source === 'kiali' ? 'Kiali' : 'Prometheus'}`;
    await change(request, undefined, { observed: null }, { field: 'observed', before: said, after: null });
  });
  serve(app, routes.getWave, (request, reply) =>
    renderForm(request, reply, (basis) => ({ name: 'wave', basis, ...askedOf(request) })),
  );
  serve(app, routes.getRunbook, (request, reply) => {
    const { format = 'md' } = request.query as { format?: 'md' | 'html' };
    const asked = askedOf(request);
    const name = asked.cluster === undefined ? `wave-${asked.wave}` : `${asked.cluster}-wave-${asked.wave}`;
    reply.header('content-disposition', `attachment; filename="${name}.${format}"`);
    return renderForm(
      request,
      reply,
      (basis) => ({ name: 'runbook', basis, format, ...askedOf(request) }),
      format === 'html' ? 'text/html; charset=utf-8' : 'text/markdown; charset=utf-8',
    );
  });
  serve(app, routes.getPlanBundle, (request, reply) => {
    const { format = 'zip', wave } = request.query as { format?: 'zip' | 'tar.gz'; wave?: number };
    const form = formOf(request);
    const whole = form === 'universal' ? 'migration-plan-universal' : 'migration-plan';
    const name = wave === undefined ? whole : `${whole}-wave-${wave}`;
    reply.header('content-disposition', `attachment; filename="${name}.${format}"`);
    return renderForm(
      request,
      reply,
      (basis) => ({ name: 'plan-bundle', basis, format, form, wave }),
      format === 'zip' ? 'application/zip' : 'application/gzip',
    );
  });
  serve(app, routes.getBridge, (request, reply) =>
    render(request, reply, (basis) => ({ name: 'bridge', basis, ...(request.query as BridgeQuery) })),
  );
  serve(app, routes.getRequestPath, (request, reply) =>
    render(request, reply, (basis) => ({ name: 'request-path', basis, ...(request.query as RequestPathQuery) })),
  );

  const serviceOf = (request: FastifyRequest): string => {
    const { namespace, name } = request.params as { namespace: string; name: string };
    return `${namespace}/${name}`;
  };
  const renderGates = (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> =>
    render(
      request,
      reply,
      async (basis, result) => ({
        name: 'service-gates',
        basis,
        service: serviceOf(request),
        // What was approved of another import, or with other overrides, is approved no longer.
        approvals: (await store.approvals.list(idOf(request), serviceOf(request))).filter(
          (one) => one.snapshot === result,
        ),
      }),
      undefined,
      async (bytes, record) => {
        const answer = JSON.parse(bytes.toString()) as ServiceGates;
        return JSON.stringify({ ...answer, gates: await withClusters(context, record, answer.gates) });
      },
    );
  serve(app, routes.getGates, renderGates);
  serve(app, routes.approve, async (request, reply) => {
    const { id } = await findMigration(store, idOf(request));
    const snapshot = await store.snapshots.newest(id);
    if (snapshot !== undefined)
      await store.approvals.add(
        id,
        serviceOf(request),
        resultId(snapshot.id, await store.overrides.list(id)),
        (request.body as NewApproval).note,
        actorOf(request),
      );
    return renderGates(request, reply);
  });
  serve(app, routes.withdrawApproval, async (request, reply) => {
    const { id } = await findMigration(store, idOf(request));
    if (!(await store.approvals.withdraw(id, serviceOf(request), actorOf(request))))
      throw notFound('An approval of yours');
    return renderGates(request, reply);
  });
}
