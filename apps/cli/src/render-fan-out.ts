import { bytesInWords, type FanOut, type Load, type ScopedFanOut } from '@isthmus/migration';
import { paint, printable } from './render.ts';

/** Lines of cells in columns; all but the first of a line stand to the right. */
function* table(lines: readonly (readonly string[])[]): Generator<string> {
  const widths = (lines[0] ?? []).map((_, at) => Math.max(...lines.map((line) => line[at]?.length ?? 0)));
  for (const line of lines)
    yield `  ${line
      .map((cell, at) => (at === 0 ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0)))
      .join('  ')
      .trimEnd()}\n`;
}

const whole = (number: number): string => number.toLocaleString('en', { maximumFractionDigits: 1 });
const loadCells = (load: Load | undefined): string[] =>
  load === undefined
    ? ['–', '–', '–', '–', '–']
    : [
        whole(load.listeners),
        whole(load.clusters),
        whole(load.routes),
        whole(load.endpoints),
        bytesInWords(load.bytes),
      ];
const loadHeads = ['listeners', 'clusters', 'routes', 'endpoints', 'size'];

const meshes = { istio: 'Istio', kong: 'Kong Mesh' } as const;

const scopes: Readonly<Record<ScopedFanOut['scope'], readonly [istio: string, kong: string]>> = {
  written: ['as written', 'as translated'],
  none: ['no Sidecar or exportTo', 'no reachable backends'],
  namespace: ['Sidecar or exportTo: own namespace', 'reachable backends: own namespace'],
  calls: ['Sidecar: known calls', 'reachable backends: known calls'],
};

const nameOf = ({ mesh, scope }: ScopedFanOut): string => `${meshes[mesh]}, ${scopes[scope][mesh === 'istio' ? 0 : 1]}`;

/** What each proxy holds and whom a change reaches, in pieces of text; with `all` also the formulas. The answer comes last. */
export function* renderFanOut(
  { namespaces, scopings, changes, formulas, assumptions, sentence }: FanOut,
  { colour, all }: { readonly colour: boolean; readonly all: boolean },
): Generator<string> {
  const title = (text: string): string => `\n${paint(text, 1, colour)}\n`;
  yield title('Fan-out: the largest proxy of each namespace');
  const rows = namespaces.flatMap(({ namespace, proxies, istio, kong }) => [
    [printable(namespace), whole(proxies), 'Istio', ...loadCells(istio)],
    ['', '', 'Kong Mesh', ...loadCells(kong)],
  ]);
  yield* table([['namespace', 'proxies', 'mesh', ...loadHeads], ...rows]);
  yield title('What scoping saves: the mean proxy, all proxies, and how many a change of a service reaches');
  yield* table([
    ['', ...loadHeads, 'all', 'reached'],
    ...scopings.map((one) => [nameOf(one), ...loadCells(one.load), bytesInWords(one.total), whole(one.touched)]),
  ]);
  yield title('Whom a change reaches');
  yield* table([
    ['', 'reached', 'at most', 'made anew', 'to each'],
    ...changes.map(({ mesh, change, proxies, most, regenerated, bytes }) => [
      `${meshes[mesh]}: ${change}`,
      whole(proxies),
      whole(most),
      whole(regenerated),
      bytesInWords(bytes),
    ]),
  ]);
  const sizes = scopings[0]?.projection.map(({ services }) => services) ?? [];
  const shown = sizes.filter((services) => /^10*$/.test(String(services)));
  if (shown.length > 0) {
    yield title('The mean proxy of the same estate with so many services');
    yield* table([
      ['', ...shown.map(whole)],
      ...scopings
        .filter(({ scope }) => scope === 'written' || scope === 'namespace')
        .map((one) => [
          nameOf(one),
          ...one.projection
            .filter(({ services }) => shown.includes(services))
            .map(({ load }) => bytesInWords(load.bytes)),
        ]),
    ]);
  }
  if (all) {
    yield title('Formulas');
    for (const { mesh, of, formula } of formulas) yield `  ${meshes[mesh]}, ${of.toLowerCase()}: ${formula}\n`;
  }
  yield title('What the numbers rest on');
  for (const assumption of assumptions) yield `  ${assumption}\n`;
  yield `\n${sentence}\n`;
}
