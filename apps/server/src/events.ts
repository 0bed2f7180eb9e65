import type { FastifyReply, FastifyRequest } from 'fastify';
import { securityHeaders } from './plugins/security.ts';

/** A stream of server-sent events to one client. */
export interface EventStream {
  send(event: string, data: unknown, id?: number): void;
  end(): void;
  onClose(callback: () => void): void;
}

const heartbeatEvery = 15_000;
// A client that does not read is let go: it catches up when it comes back.
const mostBuffered = 1024 * 1024;

/** Turns an answer into a stream of events with heartbeats. */
export function openEvents(request: FastifyRequest, reply: FastifyReply): EventStream {
  reply.hijack();
  const { raw } = reply;
  raw.writeHead(200, {
    ...securityHeaders,
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store',
    'x-accel-buffering': 'no',
  });
  const write = (text: string): void => {
    if (raw.writableEnded || raw.destroyed) return;
    if (raw.writableLength > mostBuffered) raw.destroy();
    else raw.write(text);
  };
  write('retry: 2000\n\n');
  const beat = setInterval(() => write(': alive\n\n'), heartbeatEvery);
  raw.on('close', () => clearInterval(beat));
  request.raw.socket.setKeepAlive(true);
  return {
    send: (event, data, id) =>
      write(`${id === undefined ? '' : `id: ${id}\n`}event: ${event}\ndata: ${JSON.stringify(data)}\n\n`),
    end: () => void raw.end(),
    onClose: (callback) => void raw.on('close', callback),
  };
}
