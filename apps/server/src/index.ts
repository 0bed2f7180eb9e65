import { existsSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import cookie from '@fastify/cookie';
import multipart from '@fastify/multipart';
import files from '@fastify/static';
import swagger from '@fastify/swagger';
import type { ConnectionSettings } from '@isthmus/cluster/model';
import { defaultLimits, type Limits } from '@isthmus/kubernetes';
import { openStore } from '@isthmus/store';
import Fastify, { type FastifyInstance } from 'fastify';
import { collectDefaultMetrics, Histogram, Registry } from 'prom-client';
import manifest from '../package.json' with { type: 'json' };
import { createClusters } from './clusters.ts';
import { type Context, present } from './context.ts';
import { createImports } from './imports.ts';
import { createLive } from './live.ts';
import { inputsOf } from './override-record.ts';
import { addSecurity, isLoopback } from './plugins/security.ts';
import { problemOf, Refusal } from './problem.ts';
import { acceptanceRoutes } from './routes/acceptances.ts';
import { changeRoutes } from './routes/changes.ts';
import { clusterRoutes } from './routes/clusters.ts';
import { importRoutes } from './routes/imports.ts';
import { migrationRoutes } from './routes/migrations.ts';
import { overrideRoutes } from './routes/overrides.ts';
import { planRoutes } from './routes/plan.ts';
import { savedViewRoutes } from './routes/saved-views.ts';
import { serviceRoutes } from './routes/services.ts';
import { sessionRoutes } from './routes/session.ts';
import { viewRoutes } from './routes/views.ts';
import { createViews, defaultViewSeconds } from './views.ts';

export interface ServerOptions {
  readonly host: string;
  /** 0 for any free one. */
  readonly port: number;
  /** Folder of the store. */
  readonly data: string;
  /** Asked for by every request where it is given; needed on addresses that other machines reach. */
  readonly token?: string | undefined;
  /** Folder of the built web app. */
  readonly webRoot?: string;
  readonly limits?: Limits;
  /** How long a view may take to compute. */
  readonly viewSeconds?: number;
  /** Where kubeconfigs are, and which programs they may run; no cluster can be connected where it is absent. */
  readonly clusters?: ConnectionSettings;
  /** What is logged, as JSON lines; nothing where it is absent. */
  readonly log?: { readonly level: LogLevel; readonly to: { write(line: string): void } };
}

/** From what is least: `info` has every request. */
export const logLevels = ['silent', 'error', 'warn', 'info', 'debug'] as const;
export type LogLevel = (typeof logLevels)[number];

/** A server that listens. */
export interface RunningServer {
  readonly url: string;
  close(): Promise<void>;
}

/** Why a server does not start; the message is for people. */
export class StartError extends Error {}

const builtWeb = fileURLToPath(new URL('../../web/dist', import.meta.url));

function addWeb(app: FastifyInstance, root: string): void {
  if (existsSync(join(root, 'index.html')))
    app.register(files, {
      root,
      wildcard: false,
      index: 'index.html',
      setHeaders(reply, path) {
        const isHashed = /[\\/]assets[\\/]/.test(path);
        reply.header('cache-control', isHashed ? 'public, max-age=31536000, immutable' : 'no-cache');
      },
    });
  app.setNotFoundHandler(async (request, reply) => {
    // Names of services and filters may hold dots: a browser that asks for a document gets the app, whatever the address.
    const [path = ''] = request.url.split('?', 1);
    const isDocument = (request.headers.accept ?? '').includes('text/html') || !/\.[a-z0-9]+$/i.test(path);
    const isPage = request.method === 'GET' && isDocument && !/^\/(?:api|assets)\//.test(path);
    if (isPage && existsSync(join(root, 'index.html')))
      return reply.header('cache-control', 'no-cache').sendFile('index.html');
    throw new Refusal(404, 'not-found', 'There is nothing at this address.');
  });
}

function addMetrics(app: FastifyInstance): void {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const durations = new Histogram({
    name: 'isthmus_http_request_duration_seconds',
    help: 'Time to answer, by route',
    labelNames: ['method', 'route', 'status'],
    registers: [registry],
  });
  app.addHook('onResponse', async (request, reply) => {
    const route = request.routeOptions.url ?? 'none';
    durations.observe({ method: request.method, route, status: reply.statusCode }, reply.elapsedTime / 1000);
  });
  app.get('/metrics', { schema: { hide: true } }, async (_, reply) =>
    reply.type(registry.contentType).send(await registry.metrics()),
  );
}

/**
 * Starts the server. Throws a StartError where the address is reached by other machines and no token is given, and a
 * StoreError where the store cannot be opened.
 */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const { host, port, data, token, webRoot = builtWeb, limits = defaultLimits } = options;
  if (!isLoopback(host) && (token === undefined || token === ''))
    throw new StartError(
      `${host} can be reached by other machines, so that Isthmus asks for authentication there. Set ISTHMUS_TOKEN to a secret text, or listen on 127.0.0.1.`,
    );
  const store = await openStore(data);
  const app = Fastify({
    logger: options.log === undefined ? false : { level: options.log.level, stream: options.log.to },
    bodyLimit: 4 * 1024 * 1024,
    routerOptions: { maxParamLength: 400 },
    forceCloseConnections: true,
    // Queries are text. Fastify's own choice would also make of a list of one what it holds: of an arrangement of one wave, say.
    ajv: { customOptions: { removeAdditional: false, coerceTypes: true } },
  });
  app.setSerializerCompiler(() => (value) => JSON.stringify(value));
  app.setErrorHandler((error, request, reply) => {
    const problem = problemOf(error);
    if (problem.status >= 500) request.log.error(error);
    return reply.code(problem.status).type('application/problem+json; charset=utf-8').send(problem);
  });
  await app.register(cookie);
  addSecurity(app, { host, token: token === '' ? undefined : token });
  await app.register(multipart, { throwFileSizeLimit: false });
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'Isthmus', version: manifest.version, description: 'The API of Isthmus' },
    },
  });
  addMetrics(app);
  const live = createLive(Date.now() * 1000);
  let isClosing = false;
  // Threads that are ended with the server say so, too.
  const onError = (error: Error): void => {
    if (!isClosing) app.log.error(error);
  };
  const views = createViews(data, limits, options.viewSeconds ?? defaultViewSeconds, onError);
  const onStored = (id: string): void => {
    store.migrations
      .get(id)
      .then(async (record) => {
        if (record === undefined) return;
        const migration = await present(store, record);
        live.publish(id, 'snapshot', migration);
        // So that the first screen finds the translation at hand.
        if (migration.snapshot !== null)
          await views.render(migration.snapshot.id, await inputsOf(store, record), [], { name: 'inventory' });
      })
      .catch(onError);
  };
  const imports = createImports(store, data, limits, onStored, onError);
  const clusters = createClusters(options.clusters ?? { programs: [], kubeconfigs: [], inCluster: false }, onError);
  const context: Context = {
    store,
    imports,
    clusters,
    live,
    views,
    limits,
    token: token === '' ? undefined : token,
    version: manifest.version,
  };
  await app.register(async (api) => {
    sessionRoutes(api, context);
    migrationRoutes(api, context);
    importRoutes(api, context);
    clusterRoutes(api, context);
    changeRoutes(api, context);
    savedViewRoutes(api, context);
    serviceRoutes(api, context);
    viewRoutes(api, context);
    planRoutes(api, context);
    overrideRoutes(api, context);
    acceptanceRoutes(api, context);
    api.get('/api/openapi.json', { schema: { hide: true } }, () => app.swagger());
    api.get('/healthz', { schema: { hide: true } }, () => ({ status: 'ok' }));
    api.get('/readyz', { schema: { hide: true } }, async () => {
      await store.ping();
      return { status: 'ready' };
    });
  });
  addWeb(app, webRoot);
  app.addHook('onClose', async () => {
    isClosing = true;
    await clusters.close();
    await imports.close();
    await views.close();
    await store.close();
  });
  try {
    await app.listen({ host, port });
  } catch (error) {
    await app.close();
    if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE')
      throw new StartError(`Port ${port} on ${host} is in use. Name another one with --port.`);
    throw error;
  }
  const address = app.server.address() as AddressInfo;
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${address.port}`,
    close: () => app.close(),
  };
}
