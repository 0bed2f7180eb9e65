import { randomUUID } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { setImmediate as breath } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { routes } from '@isthmus/contract';
import { formatBytes } from '@isthmus/kubernetes';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { actorOf, type Context, findMigration, idOf } from '../context.ts';
import { openEvents } from '../events.ts';
import { type Feed, hasEnded } from '../imports.ts';
import { notFound, Refusal } from '../problem.ts';
import { serve } from '../route.ts';
import { newSettings } from '../settings.ts';

const sample = fileURLToPath(new URL('../../../../examples/kong-air', import.meta.url));

// A text beyond this is no longer pasted by hand; it is held in memory whole.
const mostPasted = 32 * 1024 * 1024;
// Milliseconds after which others get their turn.
const longestTurn = 10;
// Longer than a worker takes for the largest file.
const mostSilence = 120_000;

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

/** The folder that says of which cluster the files in it are; none for an empty name. A refusal for what is no name of one. */
function clusterFolder(name: unknown): string {
  if (name === '') return '';
  if (typeof name !== 'string' || !/^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/.test(name))
    throw new Refusal(400, 'unsafe-path', `The cluster ${JSON.stringify(String(name).slice(0, 100))} is no name.`);
  return `cluster=${name}/`;
}

export function importRoutes(app: FastifyInstance, { store, imports, limits }: Context): void {
  /** Hands the parts of an upload on as they arrive. Refuses what exceeds a limit as soon as it does. */
  async function receive(request: FastifyRequest, feed: Feed): Promise<void> {
    let bytes = 0;
    let count = 0;
    let folder = '';
    const take = (piece: Uint8Array): Promise<void> => {
      bytes += piece.length;
      if (bytes > limits.totalBytes)
        throw new Refusal(413, 'too-large', `The upload has more than ${formatBytes(limits.totalBytes)}.`);
      return feed.bytes(piece);
    };
    const textBytes = Math.min(limits.fileBytes, mostPasted);
    const parts = request.parts({
      preservePath: true,
      limits: {
        fileSize: limits.fileBytes,
        files: limits.entries,
        fields: 100,
        parts: limits.entries + 100,
        fieldSize: textBytes,
      },
    });
    let since = performance.now();
    for await (const part of parts) {
      // Thousands of small files may be at hand at once.
      if (performance.now() - since > longestTurn) {
        await breath();
        since = performance.now();
      }
      if (part.type === 'file') {
        count++;
        const path = safePath(`${folder}${part.filename}`, limits.pathLength);
        feed.file(path);
        for await (const piece of part.file as AsyncIterable<Buffer>) await take(piece);
        if (part.file.truncated)
          throw new Refusal(413, 'too-large', `${path} has more than ${formatBytes(limits.fileBytes)}.`);
        feed.end();
      } else if (part.fieldname === 'cluster') {
        folder = clusterFolder(part.value);
      } else if (typeof part.value === 'string' && part.value.trim() !== '') {
        if (part.valueTruncated)
          throw new Refusal(413, 'too-large', `A pasted text may have ${formatBytes(textBytes)}. Send it as a file.`);
        count++;
        feed.file(`${folder}pasted-${count}.yaml`);
        await take(new TextEncoder().encode(part.value));
        feed.end();
      }
    }
    if (count === 0) throw new Refusal(400, 'nothing-sent', 'The upload holds no file and no text.');
  }

  // What the parser says of bodies that are no whole multipart message, in errors without a status (@fastify/busboy 3).
  const isBroken = (error: unknown): boolean =>
    error instanceof Error &&
    /^Multipart: Boundary not found|unexpected end of multipart data|^The needle cannot/i.test(error.message);

  /** Ends a feed whose client does not wait for it. */
  function finish(request: FastifyRequest, feed: Feed): void {
    feed.finish().catch((error) => request.log.error(error, 'import failed'));
  }

  serve(app, routes.importFiles, async (request) => {
    const { id } = await findMigration(store, idOf(request));
    if (!request.isMultipart()) throw new Refusal(415, 'unsupported-media-type', 'Send files as multipart/form-data.');
    const feed = imports.open(id, actorOf(request));
    // A client that vanished without a word must not hold its place for ever.
    request.raw.setTimeout(mostSilence, () => void request.raw.destroy());
    try {
      await receive(request, feed);
    } catch (error) {
      const reason = isBroken(error)
        ? new Refusal(
            400,
            'invalid-request',
            'The body is no whole multipart message: its boundary or its end is missing.',
          )
        : error;
      feed.fail(reason instanceof Refusal ? reason.message : 'The upload broke off.');
      throw reason;
    }
    finish(request, feed);
    return imports.get(feed.job.id) ?? feed.job;
  });
  serve(app, routes.openSample, async (request) => {
    const settings = { ...newSettings, complete: true };
    const { id } = await store.migrations.create(randomUUID(), 'Kong Air (sample)', settings, actorOf(request));
    const feed = imports.open(id, actorOf(request));
    const files = (await readdir(sample, { recursive: true, withFileTypes: true }))
      .filter((entry) => entry.isFile() && /\.ya?ml$/.test(entry.name))
      .map((entry) => join(entry.parentPath, entry.name));
    const send = async (): Promise<void> => {
      for (const path of files) {
        feed.file(relative(sample, path).split(sep).join('/'));
        await feed.bytes(await readFile(path));
        feed.end();
      }
      finish(request, feed);
    };
    send().catch((error) => feed.fail(String((error as Error).message)));
    return imports.get(feed.job.id) ?? feed.job;
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
