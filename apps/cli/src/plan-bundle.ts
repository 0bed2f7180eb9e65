import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { BundleFile } from '@isthmus/bundle';
import {
  type BridgeSettings,
  defaultBridgeSettings,
  type Freeze,
  problemOfSchedule,
  problemOfShift,
  readCertificates,
  type Schedule,
  x509Reader,
} from '@isthmus/migration';
import { InputError } from './input.ts';
import { prepareFolder, writeWhole } from './output.ts';

/** What the command line says about the bridge and about days. */
export interface BridgeOptions {
  readonly out?: string;
  readonly force?: boolean;
  readonly topology?: string;
  readonly domain?: string;
  readonly gatewayNamespace?: string;
  readonly shift?: string;
  readonly istioRoot?: string;
  readonly kongRoot?: string;
  readonly widen?: readonly string[];
  readonly start?: string;
  readonly every?: string;
  readonly freeze?: readonly string[];
}

async function rootsOf(file: string | undefined, option: string): Promise<string> {
  if (file === undefined) return '';
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new InputError(`${file}: it cannot be read (${error.code ?? error.message})`);
  });
  const read = readCertificates(text, x509Reader(X509Certificate));
  if ('refused' in read) throw new InputError(`${option} ${file}: ${read.reason}`);
  return read.certificates.map(({ pem }) => pem).join('');
}

function splitOnce(text: string, option: string, form: string): [string, string] {
  const at = text.indexOf('=');
  if (at <= 0 || text.slice(at + 1).trim() === '') throw new InputError(`${option} takes ${form}, not '${text}'`);
  return [text.slice(0, at), text.slice(at + 1).trim()];
}

/** What the bridge has to keep to. Throws an InputError for what cannot be. */
export async function bridgeSettingsOf(options: BridgeOptions): Promise<BridgeSettings> {
  const { topology = defaultBridgeSettings.topology, domain = defaultBridgeSettings.domain } = options;
  const { gatewayNamespace = defaultBridgeSettings.gatewayNamespace, shift, widen = [] } = options;
  if (topology !== 'same-cluster' && topology !== 'separate-clusters')
    throw new InputError(`--topology is same-cluster or separate-clusters, not '${topology}'`);
  if (!/^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/.test(domain))
    throw new InputError(`--domain takes a DNS name, not '${domain}'`);
  if (!/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(gatewayNamespace))
    throw new InputError(`--gateway-namespace takes a namespace, not '${gatewayNamespace}'`);
  const shares = shift === undefined ? defaultBridgeSettings.shift : shift.split(',').map(Number);
  const problem = problemOfShift(shares);
  if (problem !== undefined) throw new InputError(`--shift takes shares such as 10,50,100: ${problem}`);
  return {
    topology,
    domain,
    gatewayNamespace,
    shift: shares,
    istioRoots: await rootsOf(options.istioRoot, '--istio-root'),
    kongRoots: await rootsOf(options.kongRoot, '--kong-root'),
    widened: widen.map((text) => {
      const [service, reason] = splitOnce(text, '--widen', '<namespace>/<name>=<reason>');
      return { service, reason };
    }),
  };
}

/** When waves move. Throws an InputError for days that are none. */
export function scheduleOf({ start, every, freeze = [] }: BridgeOptions): Schedule {
  if (start === undefined && (every !== undefined || freeze.length > 0))
    throw new InputError(
      `${every === undefined ? '--freeze' : '--every'} needs --start, the day of the first wave: without it no wave has a day`,
    );
  const freezes = freeze.map((text): Freeze => {
    const [days, reason] = splitOnce(text, '--freeze', '<first day>..<last day>=<reason>');
    const [from = '', to = ''] = days.split('..');
    return { from, to, reason };
  });
  const schedule = { start, everyDays: every === undefined ? 7 : Number(every), freezes };
  const problem = problemOfSchedule(schedule);
  if (problem !== undefined) throw new InputError(`the days of the plan: ${problem}`);
  return schedule;
}

/** Writes the bundle of a plan to a folder. */
export function writePlanBundle(folder: string, files: readonly BundleFile[]): void {
  prepareFolder(
    folder,
    files.map(({ path }) => path),
  );
  for (const { path, text } of files) writeWhole(join(folder, path), text);
}
