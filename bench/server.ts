import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ImportJob, Migration, Service } from '@isthmus/contract';
import { generateEstate } from '@isthmus/testkit';
import { hold } from './held.ts';

const main = fileURLToPath(new URL('../apps/server/src/main.ts', import.meta.url));
const services = 6667;

/** Starts a server in a process of its own; gives its address. */
export function start(
  data: string,
  environment: Readonly<Record<string, string>> = {},
): Promise<{ url: string; stop: () => Promise<void> }> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [main, '--port', '0', '--data', data, '--no-open'], {
      env: { ...process.env, ...environment },
    });
    const gone = new Promise<void>((done) => child.on('exit', () => done()));
    const stop = (): Promise<void> => {
      child.kill('SIGTERM');
      return gone;
    };
    child.on('error', reject);
    child.stdout.on('data', (line: Buffer) => {
      const url = /http:\S+/.exec(String(line))?.[0];
      if (url !== undefined) resolve({ url, stop });
    });
  });
}

/** The longest that the server's event loop was late since this was last asked, in milliseconds. */
async function lateness(url: string): Promise<number> {
  const metrics = await (await fetch(`${url}/metrics`)).text();
  return Number(/^nodejs_eventloop_lag_max_seconds (\S+)/m.exec(metrics)?.[1]) * 1000;
}

const views = [
  '/overview',
  '/progress',
  '/inventory',
  '/services',
  '/resources',
  '/diagnostics',
  '/workbench?namespace=sales',
  '/bridge',
  '/report',
  '/bundle?format=zip',
];

/** An estate of 20,000 resources through the server: nobody else waits for an answer meanwhile. */
export async function benchServer(): Promise<boolean> {
  const data = mkdtempSync(join(tmpdir(), 'isthmus-bench-'));
  const { url, stop } = await start(data);
  const api = `${url}/api/v1`;
  const late: { what: string; measured: number }[] = [];
  const step = async <T>(what: string, act: () => Promise<T>): Promise<T> => {
    await lateness(url);
    const begin = performance.now();
    const result = await act();
    const seconds = (performance.now() - begin) / 1000;
    late.push({ what, measured: await lateness(url) });
    console.log(`  ${what}: ${seconds.toFixed(2)} s`);
    return result;
  };
  const read = async (answer: Response): Promise<string> => {
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${answer.url}: ${answer.status} ${text.slice(0, 300)}`);
    return text;
  };
  const headers = { 'content-type': 'application/json' };
  try {
    const created = await fetch(`${api}/migrations`, { method: 'POST', headers, body: '{"name":"Bench"}' });
    const at = `${api}/migrations/${(JSON.parse(await read(created)) as Migration).id}`;
    await step('import', async () => {
      const form = new FormData();
      for (const { file, text } of generateEstate({ services, seed: 1 })) form.append('files', new Blob([text]), file);
      const job = JSON.parse(await read(await fetch(`${at}/snapshots`, { method: 'POST', body: form }))) as ImportJob;
      const events = await read(await fetch(`${api}/imports/${job.id}/events`));
      if (!events.includes('"state":"done"')) throw new Error(events.slice(-500));
    });
    for (const view of views) await step(view, async () => read(await fetch(`${at}${view}`)));
    const list = JSON.parse(await read(await fetch(`${at}/services`))) as { services: Service[] };
    await step('change of 5,000 services', async () => {
      const seen = list.services.slice(0, 5000).map(({ id, revision }) => ({ id, revision }));
      const body = JSON.stringify({ services: seen, set: { owner: 'bench' } });
      return read(await fetch(`${at}/services/changes`, { method: 'POST', headers, body }));
    });
    const worst = late.reduce((a, b) => (a.measured >= b.measured ? a : b));
    return hold({ ...worst, what: `event loop late, most with ${worst.what}`, limit: 50, unit: 'ms' });
  } finally {
    await stop();
    rmSync(data, { recursive: true, force: true });
  }
}
