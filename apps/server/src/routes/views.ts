import { randomBytes } from 'node:crypto';
import {
  type AccessQuery,
  type BehaviourQuery,
  type CheckQuery,
  type ProgressQuery,
  type ReportQuery,
  type ResourceForm,
  routes,
  type ServiceBehaviourQuery,
  type SimulatedRequest,
  type SimulatedSubject,
  type WorkloadAccessQuery,
} from '@isthmus/contract';
import { allCodes, findCode } from '@isthmus/diagnostics';
import { findCheck } from '@isthmus/preflight';
import { fieldCoverage } from '@isthmus/translation/coverage';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type Context, findMigration, idOf } from '../context.ts';
import { renderNewest } from '../newest-view.ts';
import { basisOf, type PlanBasis } from '../plan-record.ts';
import { notFound } from '../problem.ts';
import { serve } from '../route.ts';
import type { ViewTask } from '../workers/views.ts';

export function viewRoutes(app: FastifyInstance, { store, views }: Context): void {
  async function render(
    request: FastifyRequest,
    reply: FastifyReply,
    view: ViewTask['view'],
    type = 'application/json; charset=utf-8',
  ): Promise<FastifyReply> {
    const record = await findMigration(store, idOf(request));
    return reply.type(type).send(await renderNewest({ store, views }, record, () => view));
  }
  const planOf = async (request: FastifyRequest): Promise<PlanBasis> =>
    basisOf(await store.plans.get((await findMigration(store, idOf(request))).id));
  serve(app, routes.getOverview, async (request, reply) =>
    render(request, reply, { name: 'overview', basis: await planOf(request) }),
  );
  serve(app, routes.getProgress, async (request, reply) => {
    const { id } = await findMigration(store, idOf(request));
    const snapshots = await store.snapshots.list(id);
    const now = new Date().toISOString();
    const first = (snapshots.at(-1)?.createdAt ?? now).slice(0, 10);
    return render(request, reply, {
      name: 'progress',
      steps: await store.phaseSteps(id),
      first,
      today: now.slice(0, 10),
      query: request.query as ProgressQuery,
      basis: await planOf(request),
    });
  });
  serve(app, routes.getInventory, (request, reply) => render(request, reply, { name: 'inventory' }));
  serve(app, routes.listResources, (request, reply) => render(request, reply, { name: 'resources' }));
  serve(app, routes.listServices, async (request, reply) =>
    render(request, reply, { name: 'services', basis: await planOf(request) }),
  );
  serve(app, routes.listDiagnostics, (request, reply) =>
    render(request, reply, { name: 'diagnostics', ...(request.query as { severity?: string; limit?: number }) }),
  );
  serve(app, routes.getWorkbench, (request, reply) =>
    render(request, reply, {
      name: 'workbench',
      ...(request.query as { service?: string; resource?: string; namespace?: string }),
    }),
  );
  serve(app, routes.getBehaviour, (request, reply) =>
    render(request, reply, { name: 'behaviour', ...(request.query as BehaviourQuery) }),
  );
  serve(app, routes.getServiceBehaviour, (request, reply) => {
    const { namespace, name } = request.params as { namespace: string; name: string };
    return render(request, reply, {
      name: 'service-behaviour',
      service: `${namespace}/${name}`,
      ...(request.query as ServiceBehaviourQuery),
    });
  });
  serve(app, routes.getAccess, async (request, reply) =>
    render(request, reply, { name: 'access', basis: await planOf(request), ...(request.query as AccessQuery) }),
  );
  serve(app, routes.getWorkloadAccess, async (request, reply) => {
    const { namespace, name } = request.params as { namespace: string; name: string };
    return render(request, reply, {
      name: 'workload-access',
      basis: await planOf(request),
      workload: `${namespace}/${name}`,
      ...(request.query as WorkloadAccessQuery),
    });
  });
  serve(app, routes.getAccessTable, async (request, reply) => {
    reply.header('content-disposition', 'attachment; filename="access.csv"');
    return render(
      request,
      reply,
      { name: 'access-table', basis: await planOf(request), ...(request.query as AccessQuery) },
      'text/csv; charset=utf-8',
    );
  });
  serve(app, routes.listChecks, (request, reply) =>
    render(request, reply, { name: 'checks', ...(request.query as CheckQuery) }),
  );
  serve(app, routes.simulate, (request, reply) =>
    render(request, reply, { name: 'simulation', request: request.body as SimulatedRequest }),
  );
  serve(app, routes.getSimulationModel, (request, reply) =>
    render(request, reply, { name: 'simulation-model', subject: request.body as SimulatedSubject }),
  );
  async function report(
    request: FastifyRequest,
    reply: FastifyReply,
    name: 'report' | 'report-page' | 'report-markdown' | 'report-names',
    type?: string,
  ): Promise<FastifyReply> {
    const { verify = false, pseudonyms = false, form = 'kubernetes' } = request.query as ReportQuery;
    const record = await findMigration(store, idOf(request));
    const isChanged = pseudonyms || name === 'report-names';
    const key = isChanged ? await store.pseudonymKeys.get(record.id, randomBytes(32)) : undefined;
    return render(request, reply, { name, verify, form, ...(key === undefined ? {} : { key }) }, type);
  }
  serve(app, routes.getReport, (request, reply) => report(request, reply, 'report'));
  serve(app, routes.getReportPage, (request, reply) =>
    report(request, reply, 'report-page', 'text/html; charset=utf-8'),
  );
  serve(app, routes.getReportText, (request, reply) =>
    report(request, reply, 'report-markdown', 'text/markdown; charset=utf-8'),
  );
  serve(app, routes.getReportNames, (request, reply) => {
    reply.header('content-disposition', 'attachment; filename="pseudonyms.csv"');
    return report(request, reply, 'report-names', 'text/csv; charset=utf-8');
  });
  serve(app, routes.getBundle, (request, reply) => {
    const { format = 'zip', form = 'kubernetes' } = request.query as {
      format?: 'zip' | 'tar.gz';
      form?: ResourceForm;
    };
    const name = form === 'universal' ? 'kong-mesh-universal-bundle' : 'kong-mesh-bundle';
    reply.header('content-disposition', `attachment; filename="${name}.${format}"`);
    return render(
      request,
      reply,
      { name: 'bundle', format, form },
      format === 'zip' ? 'application/zip' : 'application/gzip',
    );
  });
  serve(app, routes.listCodes, () => ({
    codes: allCodes.map(({ code, severity, title }) => ({ code, severity, title })),
  }));
  serve(app, routes.getCode, (request) => {
    const code = findCode((request.params as { code: string }).code);
    if (code === undefined) throw notFound('This code');
    const check = findCheck(code.code);
    if (check === undefined) return code;
    const { examines, examples } = check;
    return { ...code, examines, ...(examples && { example: examples.failing, passing: examples.passing }) };
  });
  serve(app, routes.getCoverage, () => ({ kinds: fieldCoverage() }));
}
