import { spawn } from 'node:child_process';
import { delimiter, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { connectionSettings } from '@isthmus/cluster/model';
import { limitsFrom } from '@isthmus/kubernetes';
import { StoreError } from '@isthmus/store';
import { type LogLevel, logLevels, StartError, startServer } from './index.ts';
import { defaultViewSeconds } from './views.ts';

const defaultLevel: LogLevel = 'warn';

const usage = `Usage: npm start -- [options]

  --port N     port to listen on (8420)
  --host H     address to listen on (127.0.0.1); others need ISTHMUS_TOKEN
  --data DIR   folder of the store (ISTHMUS_DATA, else ./data)
  --no-open    do not open the browser
  --help       this text

ISTHMUS_LIMIT_TOTAL_BYTES, _FILE_BYTES, _ENTRIES, _DOCUMENTS, _DEPTH, _ALIAS_EXPANSION, _COMPRESSION_RATIO and
_PATH_LENGTH set what an import may ask of the machine; sizes may have a unit, as in 512MiB.
ISTHMUS_VIEW_SECONDS sets how long the server may compute what one request asks for (${defaultViewSeconds}).
ISTHMUS_LOG sets what is logged to standard error, as JSON lines: ${logLevels.join(', ')} (${defaultLevel}); info has every request.

Clusters are reached by KUBECONFIG (else ~/.kube/config), or by the service account of the pod that this runs in.
ISTHMUS_CLUSTER_PROGRAMS lists the programs, separated by commas, that kubeconfigs may run, as they write them.
`;

/** How long a view may take, as the environment says it. */
function viewSeconds(text = ''): number {
  const seconds = text === '' ? defaultViewSeconds : Number(text);
  if (Number.isInteger(seconds) && seconds >= 1 && seconds <= 86_400) return seconds;
  throw new StartError(`ISTHMUS_VIEW_SECONDS takes a whole number from 1 to 86400, not ${JSON.stringify(text)}.`);
}

/** What is logged, as the environment says it. */
function logLevel(text = ''): LogLevel {
  const level = text === '' ? defaultLevel : logLevels.find((one) => one === text);
  if (level !== undefined) return level;
  throw new StartError(`ISTHMUS_LOG takes one of ${logLevels.join(', ')}, not ${JSON.stringify(text)}.`);
}

/** Opens the browser where there is somebody to see it. */
function openBrowser(url: string): void {
  const { platform, env } = process;
  const hasDisplay = platform === 'darwin' || platform === 'win32' || Boolean(env.DISPLAY ?? env.WAYLAND_DISPLAY);
  if (!process.stdout.isTTY || !hasDisplay) return;
  const [command, ...rest] =
    platform === 'darwin' ? ['open'] : platform === 'win32' ? ['cmd', '/c', 'start', ''] : ['xdg-open'];
  const child = spawn(command as string, [...rest, url], { stdio: 'ignore', detached: true });
  child.on('error', () => {});
  child.unref();
}

async function main(): Promise<number> {
  let values: { port?: string; host?: string; data?: string; 'no-open'?: boolean; help?: boolean };
  try {
    ({ values } = parseArgs({
      options: {
        port: { type: 'string' },
        host: { type: 'string' },
        data: { type: 'string' },
        'no-open': { type: 'boolean' },
        help: { type: 'boolean' },
      },
    }));
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n\n${usage}`);
    return 2;
  }
  if (values.help) {
    process.stdout.write(usage);
    return 0;
  }
  const port = Number(values.port ?? 8420);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    process.stderr.write(`--port takes a number from 0 to 65535, not ${values.port}.\n`);
    return 2;
  }
  try {
    const server = await startServer({
      host: values.host ?? '127.0.0.1',
      port,
      data: resolve(values.data ?? process.env.ISTHMUS_DATA ?? 'data'),
      token: process.env.ISTHMUS_TOKEN,
      viewSeconds: viewSeconds(process.env.ISTHMUS_VIEW_SECONDS),
      log: { level: logLevel(process.env.ISTHMUS_LOG), to: process.stderr },
      clusters: connectionSettings(process.env, delimiter),
      limits: limitsFrom(process.env, (message) => {
        throw new StartError(message);
      }),
    });
    process.stdout.write(`Isthmus is at ${server.url}\n`);
    if (!values['no-open']) openBrowser(server.url);
    for (const signal of ['SIGINT', 'SIGTERM'] as const)
      process.once(signal, () => void server.close().then(() => process.exit(0)));
    return 0;
  } catch (error) {
    if (!(error instanceof StartError || error instanceof StoreError)) throw error;
    process.stderr.write(`${error.message}\n`);
    return 1;
  }
}

process.exitCode = await main();
