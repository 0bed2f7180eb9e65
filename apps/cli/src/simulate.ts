import type { SimulatedRequest, SimulatedSide, SimulatedStep, Simulation } from '@isthmus/equivalence';
import { requestInWords, ruleInWords } from '@isthmus/equivalence';
import { sideBySide } from './columns.ts';
import { type EstateOptions, readEstate, settingsOf, translateOne } from './estate.ts';
import { InputError } from './input.ts';
import { judgeOf } from './judging.ts';
import { writeText } from './output.ts';
import { readOverrideFiles } from './overrides.ts';
import { createProgress } from './progress.ts';
import { printable } from './render.ts';

type Request = SimulatedRequest['request'];

export interface SimulateOptions extends EstateOptions {
  readonly service: string;
  readonly port?: string;
  readonly clientNamespace?: string;
  readonly clientLabel?: readonly string[];
  readonly method?: string;
  readonly path?: string;
  readonly header?: readonly string[];
  readonly host?: string;
  readonly json?: boolean;
}

function labelsOf(pairs: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    pairs.map((pair) => {
      const at = pair.indexOf('=');
      if (at < 1) throw new InputError(`--client-label takes key=value, not ${pair}`);
      return [pair.slice(0, at), pair.slice(at + 1)];
    }),
  );
}

function headersOf(lines: readonly string[]): Record<string, string[]> {
  const headers: Record<string, string[]> = {};
  for (const line of lines) {
    const at = line.indexOf(':');
    if (at < 1) throw new InputError(`--header takes name:value, not ${line}`);
    const name = line.slice(0, at).trim().toLowerCase();
    headers[name] = [...(headers[name] ?? []), line.slice(at + 1).trim()];
  }
  return headers;
}

function step({ takes, missed, does, rule }: SimulatedStep, index: number): string[] {
  return [
    `${index + 1} ${missed === undefined ? '●' : '○'} ${takes}`,
    ...(missed === undefined ? [`    → ${does}`] : [`    not taken: ${missed}`]),
    ...(rule === undefined ? [] : [`    ${ruleInWords(rule)}`]),
  ];
}

function sideInLines(side: SimulatedSide, method: string): string[] {
  const { reads, virtualHost, steps, decision, rule, seen, answer, settings } = side;
  return [
    ...(reads ? [] : ['The proxy passes bytes on without reading requests.']),
    ...(virtualHost === undefined
      ? ['No virtual host has this authority.']
      : [`Virtual host ${virtualHost.name} (${virtualHost.domains.slice(0, 3).join(', ')})`]),
    ...steps.flatMap(step),
    '',
    `Decision: ${decision}`,
    ...(rule === undefined ? ['    no rule; the mesh does it by itself'] : [`    ${ruleInWords(rule)}`]),
    ...seen.flatMap(({ destination, endpoints, share, path, authority, headers }) => [
      `${Number(share.toFixed(2))} % to ${destination}: ${endpoints}`,
      ...(reads ? [`    gets ${requestInWords({ method, authority, path, headers })} for host ${authority}`] : []),
    ]),
    ...(answer === undefined
      ? []
      : [`Answer: ${answer.status}${answer.location === undefined ? '' : ` Location: ${answer.location}`}`]),
    ...settings.map(({ what, value }) => `${what}: ${value}`),
  ];
}

/** Both decisions side by side, and what is different about them. */
export function* renderSimulation(
  { before, after, differences, undecided }: Simulation,
  { method }: Pick<Request, 'method'>,
  width: number,
): Generator<string> {
  const lines = (side: SimulatedSide): string[] => sideInLines(side, method).map(printable);
  for (const line of sideBySide(['Istio', ...lines(before)], ['Kong Mesh', ...lines(after)], width)) yield `${line}\n`;
  yield '\n';
  for (const { aspect, what, before: one, after: other } of differences)
    yield `✕ ${aspect}, ${what}: ${printable(one)} in Istio, ${printable(other)} in Kong Mesh\n`;
  for (const reason of undecided) yield `◐ ${printable(reason)}\n`;
  if (differences.length + undecided.length === 0) yield '● Both meshes treat this request alike.\n';
}

/** `isthmus simulate`: returns 0 where both meshes do the same, else 1; throws an InputError for 2. */
export async function runSimulate(paths: readonly string[], options: SimulateOptions): Promise<number> {
  const [namespace = '', name = '', ...rest] = options.service.split('/');
  if (namespace === '' || name === '' || rest.length > 0)
    throw new InputError(`--service takes <namespace>/<name>, not ${options.service}`);
  const settings = await settingsOf(options);
  const overrides = await readOverrideFiles(options.overrides);
  const { path = '/', method = 'GET', host = `${name}.${namespace}` } = options;
  if (!path.startsWith('/')) throw new InputError(`--path begins with a slash: /${path}`);
  const request: Request = { method, authority: host, path, headers: headersOf(options.header ?? []) };
  const client = {
    namespace: options.clientNamespace ?? namespace,
    labels: labelsOf(options.clientLabel ?? []),
  };
  const progress = createProgress(process.stderr);
  const estate = await readEstate(paths, options, progress);
  progress.say(`Translating … ${estate.istio.length} Istio resources`);
  const judge = judgeOf(translateOne(estate, settings, overrides, options));
  progress.end();
  const portsOf = judge.portsOf(options.service);
  const port = options.port === undefined ? portsOf[0] : Number(options.port);
  const simulation = judge.simulate({ client, service: { namespace, name }, port: port ?? 0, request });
  if ('reason' in simulation) {
    if (simulation.reason === 'no such service')
      throw new InputError(`there is no Service ${options.service} in the input`);
    throw new InputError(
      `${options.service} has no port ${options.port}; its ports are ${simulation.ports.join(', ') || 'none'}`,
    );
  }
  const width = process.stdout.columns ?? 120;
  await writeText(
    process.stdout,
    options.json
      ? [`${JSON.stringify({ client, request, port, ...simulation }, null, 2)}\n`]
      : renderSimulation(simulation, request, width),
  );
  return simulation.differences.length + simulation.undecided.length === 0 ? 0 : 1;
}
