import { createServer, type ServerResponse } from 'node:http';
import { Agent, request } from 'node:https';

/** What goes wrong with one request: an answer of its own, a connection cut after some bytes, or silence. */
export type Fault =
  | { readonly status: number; readonly retryAfter?: number }
  | { readonly cutAfter: number }
  | { readonly silent: true };

/** A plain HTTP server in front of a real API server that lets some requests fail. */
export interface Faults {
  readonly url: string;
  /** How many requests failed so far. */
  refused(): number;
  stop(): Promise<void>;
}

/** What is asked, and the next bytes of the answer to it. */
export type Overheard = (request: { readonly path: string; readonly accept: string }, bytes: Buffer) => void;

/** @param decide what happens to a request; `count` is how many of its path (without the query) there were, from 1 */
export async function startFaults(
  target: string,
  decide: (path: string, count: number) => Fault | undefined,
  overhear: Overheard = () => {},
): Promise<Faults> {
  const agent = new Agent({ rejectUnauthorized: false, keepAlive: true });
  const counts = new Map<string, number>();
  const open = new Set<ServerResponse>();
  let refused = 0;
  const server = createServer((incoming, answer) => {
    const path = incoming.url ?? '';
    const key = path.replace(/\?.*/, '');
    const count = (counts.get(key) ?? 0) + 1;
    counts.set(key, count);
    open.add(answer);
    answer.on('close', () => open.delete(answer));
    const fault = decide(path, count);
    if (fault !== undefined) refused++;
    if (fault !== undefined && 'status' in fault) {
      const headers = fault.retryAfter === undefined ? {} : { 'retry-after': String(fault.retryAfter) };
      answer.writeHead(fault.status, { 'content-type': 'application/json', ...headers });
      answer.end(JSON.stringify({ kind: 'Status', apiVersion: 'v1', code: fault.status }));
      return;
    }
    // A header is sent, then nothing more: only the one who waits can end it.
    if (fault !== undefined && 'silent' in fault) {
      answer.writeHead(200, { 'content-type': 'application/json' });
      answer.flushHeaders();
      return;
    }
    const sent = request(target + path, { method: incoming.method, headers: incoming.headers, agent }, (reply) => {
      answer.writeHead(reply.statusCode ?? 500, reply.headers);
      let bytes = 0;
      reply.on('data', (part: Buffer) => {
        bytes += part.length;
        overhear({ path, accept: incoming.headers.accept ?? '' }, part);
        if (fault !== undefined && bytes > fault.cutAfter) {
          answer.write(part.subarray(0, 100));
          setImmediate(() => answer.destroy());
        } else answer.write(part);
      });
      reply.on('end', () => answer.end());
      reply.on('error', () => answer.destroy());
    });
    sent.on('error', () => answer.destroy());
    answer.on('close', () => sent.destroy());
    incoming.pipe(sent);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  return {
    url: `http://127.0.0.1:${port}`,
    refused: () => refused,
    async stop() {
      for (const answer of open) answer.destroy();
      agent.destroy();
      await new Promise((resolve) => {
        server.close(resolve);
        server.closeAllConnections();
      });
    },
  };
}
