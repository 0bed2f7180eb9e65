import { randomUUID } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { routes } from '@isthmus/contract';
import { formatBytes } from '@isthmus/kubernetes';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { actorOf, type Context, findMigration, idOf } from '../context.ts';
import { openEvents } from '../events.ts';
import { hasEnded, type Upload } from '../imports.ts';
import { notFound, Refusal } from '../problem.ts';
import { serve } from '../route.ts';
import { newSettings } from '../settings.ts';

const sample = fileURLToPath(new URL('../../../../examples/kong-air', import.meta.url));

/** The relative path that a part's file name spells; a refusal where it leads elsewhere. */
export function safePath(name: string, longest: number): string {
  const path = name.replaceAll('\\', '/').replace(/^(?:\.\/+)+/, '');
  const isUnsafe =
    path === '' ||
    path.length > longest ||
    /^(?:\/|[A-Za-z]:)/.test(path) ||
    path.split('/').includes('..') ||
    /\p{Cc}/u.test(path);
  if (isUnsafe)
    throw new Refusal(400, 'unsafe-path', `The file name ${JSON.stringify(name.slice(0, 200))} is no relative path.`);
  return path;
}

export function importRoutes(app: FastifyInstance, { store, imports, limits }: Context): void {
  async function receive(request: FastifyRequest, job: string): Promise<Upload[]> {
    const uploads: Upload[] = [];
    let bytes = 0;
    const add = (path: string, content: Uint8Array): void => {
      bytes += content.length;
      if (bytes > limits.totalBytes)
        throw new Refusal(413, 'too-large', `The upload has more than ${formatBytes(limits.totalBytes)}.`);
      uploads.push({ path, bytes: content });
      imports.update(job, { bytes, current: path });
    };
    const parts = request.parts({
      preservePath: true,
      limits: {
        fileSize: limits.fileBytes,
        files: limits.entries,
        fields: 100,
        parts: limits.entries + 100,
        fieldSize: limits.fileBytes,
      },
    });
    for await (const part of parts) {
      if (imports.get(job)?.state === 'cancelled') throw new Refusal(409, 'cancelled', 'The import was cancelled.');
      if (part.type === 'file') {
        const chunks: Buffer[] = [];
        let size = bytes;
        const path = safePath(part.filename, limits.pathLength);
        for await (const chunk of part.file as AsyncIterable<Buffer>) {
          size += chunk.length;
          if (size > limits.totalBytes)
            throw new Refusal(413, 'too-large', `The upload has more than ${formatBytes(limits.totalBytes)}.`);
          chunks.push(chunk);
        }
        if (part.file.truncated)
          throw new Refusal(413, 'too-large', `${path} has more than ${formatBytes(limits.fileBytes)}.`);
        add(path, new Uint8Array(Buffer.concat(chunks)));
      } else if (typeof part.value === 'string' && part.value.trim() !== '')
        add(`pasted-${uploads.length + 1}.yaml`, new TextEncoder().encode(part.value));
    }
    if (uploads.length === 0) throw new Refusal(400, 'nothing-sent', 'The upload holds no file and no text.');
    return uploads;
  }

  /** Runs an import whose client does not wait for it. */
  function start(request: FastifyRequest, job: string, uploads: readonly Upload[]): void {
    imports.run(job, uploads, actorOf(request)).catch((error) => request.log.error(error, 'import failed'));
  }

  serve(app, routes.importFiles, async (request) => {
    const { id } = await findMigration(store, idOf(request));
    if (!request.isMultipart()) throw new Refusal(415, 'unsupported-media-type', 'Send files as multipart/form-data.');
    const job = imports.open(id);
    try {
      start(request, job.id, await receive(request, job.id));
    } catch (error) {
      imports.fail(job.id, error instanceof Refusal ? error.message : 'The upload broke off.');
      throw error;
    }
    return imports.get(job.id) ?? job;
  });
  serve(app, routes.openSample, async (request) => {
    const settings = { ...newSettings, complete: true };
    const { id } = await store.migrations.create(randomUUID(), 'Kong Air (sample)', settings, actorOf(request));
    const job = imports.open(id);
    const uploads = readdirSync(sample, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && /\.ya?ml$/.test(entry.name))
      .map((entry) => join(entry.parentPath, entry.name))
      .map((path) => ({
        path: relative(sample, path).split(sep).join('/'),
        bytes: new Uint8Array(readFileSync(path)),
      }));
    start(request, job.id, uploads);
    return imports.get(job.id) ?? job;
  });
  const find = (request: FastifyRequest) => {
    const job = imports.get(idOf(request));
    if (job === undefined) throw notFound('This import');
    return job;
  };
  serve(app, routes.getImport, find);
  serve(app, routes.cancelImport, (request) => imports.cancel(find(request).id));
  serve(app, routes.watchImport, (request, reply) => {
    const job = find(request);
    const stream = openEvents(request, reply);
    stream.send(hasEnded(job) ? 'end' : 'progress', job);
    if (hasEnded(job)) {
      stream.end();
      return;
    }
    const stop = imports.watch(job.id, (now) => {
      stream.send(hasEnded(now) ? 'end' : 'progress', now);
      if (hasEnded(now)) stream.end();
    });
    stream.onClose(stop);
  });
}
