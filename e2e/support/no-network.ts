// Loaded into a server before its own code: every connection and name look-up that leaves the machine is refused, and
// written to the file that ISTHMUS_OUTSIDE names.
import dgram from 'node:dgram';
import dns from 'node:dns';
import { appendFileSync } from 'node:fs';
import net from 'node:net';

const log = process.env.ISTHMUS_OUTSIDE as string;
const isHere = (host: unknown): boolean =>
  host === undefined || host === null || /^(?:localhost|127\.\d+\.\d+\.\d+|::1|0\.0\.0\.0|::)$/.test(String(host));

function refuse(what: string): never {
  appendFileSync(log, `${what}\n`);
  throw new Error(`${what}: there is no network in this test`);
}

const { connect } = net.Socket.prototype;
net.Socket.prototype.connect = function (this: net.Socket, ...args: unknown[]) {
  // Node hands over its own arguments as one array of options and listener.
  const [first] = (Array.isArray(args[0]) ? args[0] : args) as [unknown];
  if (typeof first === 'object' && first !== null) {
    const { host, path } = first as { host?: unknown; path?: unknown };
    if (path === undefined && !isHere(host)) refuse(`connected to ${host}`);
  }
  return Reflect.apply(connect, this, args);
} as typeof connect;

const { lookup } = dns;
dns.lookup = ((host: string, ...rest: unknown[]) =>
  isHere(host) || net.isIP(host) !== 0
    ? Reflect.apply(lookup, dns, [host, ...rest])
    : refuse(`looked ${host} up`)) as typeof lookup;
dgram.Socket.prototype.send = (() => refuse('sent a datagram')) as typeof dgram.Socket.prototype.send;

appendFileSync(log, 'guarded\n');
