import { readFile } from 'node:fs/promises';
import { compareDiagnostics } from '@isthmus/diagnostics';
import { type Estate, mergedEstate } from '@isthmus/istio';
import { type Json, JsonError, parseJson } from '@isthmus/kubernetes';
import {
  bridgeFacts,
  type ClusterPart,
  concerns,
  defaultPlanSettings,
  type FanOut,
  fanOut,
  hasUniversal,
  type Observation,
  type PlanSettings,
  planBundle,
  planBundles,
  planReport,
  presentGraph,
  readObserved,
  type ServiceGraph,
  sentenceOfPlan,
  serviceGraph,
  waveDays,
  waveOf,
} from '@isthmus/migration';
import { applyOverrides, type Translation, translate } from '@isthmus/translation';
import { type EstateOptions, readSources, settingsOf, textsOf } from './estate.ts';
import { formatOf } from './format.ts';
import { InputError } from './input.ts';
import { checkFile, checkFolder, writeText, writeWhole } from './output.ts';
import { readOverrideFiles } from './overrides.ts';
import { type BridgeOptions, bridgeSettingsOf, scheduleOf, writePlanBundle } from './plan-bundle.ts';
import { createProgress } from './progress.ts';
import { renderFindings, wantsColour } from './render.ts';
import { renderFanOut } from './render-fan-out.ts';
import { renderPlan } from './render-plan.ts';

export interface PlanOptions extends EstateOptions, BridgeOptions {
  readonly order?: string;
  readonly most?: string;
  readonly oneNamespace?: boolean;
  readonly exclude?: readonly string[];
  readonly pin?: readonly string[];
  readonly confidence?: string;
  readonly observed?: string;
  readonly report?: string;
  readonly fanOut?: boolean;
  readonly verbose?: boolean;
  /** How the bundle's resources are written. */
  readonly format?: string;
}

const service = /^[^/=\s]+\/[^/=\s]+$/;

function wholeOf(text: string, option: string): number {
  if (!/^[1-9]\d{0,5}$/.test(text)) throw new InputError(`${option} takes a whole number from 1, not '${text}'`);
  return Number(text);
}

function pinsOf(pins: readonly string[]): Record<string, number> {
  const found: Record<string, number> = {};
  for (const pin of pins) {
    const [id = '', wave = '', ...rest] = pin.split('=');
    if (!service.test(id) || wave === '' || rest.length > 0)
      throw new InputError(`--pin takes <namespace>/<name>=<wave>, not '${pin}'`);
    const number = wholeOf(wave, '--pin');
    if (found[id] !== undefined && found[id] !== number)
      throw new InputError(`--pin names ${id} for wave ${found[id]} and for wave ${number}`);
    found[id] = number;
  }
  return found;
}

/** What the command line says a plan has to keep to. */
export function planSettingsOf(options: PlanOptions): PlanSettings {
  const { order = defaultPlanSettings.order, most, oneNamespace = false, exclude = [], pin = [], confidence } = options;
  if (order !== 'callees-first' && order !== 'callers-first')
    throw new InputError(`--order is callees-first or callers-first, not '${order}'`);
  for (const id of exclude)
    if (!service.test(id)) throw new InputError(`--exclude takes <namespace>/<name>, not '${id}'`);
  const threshold = confidence === undefined ? defaultPlanSettings.confidence : Number(confidence);
  if (!(threshold >= 0 && threshold <= 1))
    throw new InputError(`--confidence takes a number from 0 to 1, not '${confidence}'`);
  return {
    order,
    most: most === undefined ? undefined : wholeOf(most, '--most'),
    oneNamespace,
    excluded: exclude,
    pinned: pinsOf(pin),
    confidence: threshold,
  };
}

/** How much of observed traffic is about the import, in a sentence. */
function seen({ edges }: ServiceGraph, observed: readonly Observation[]): string {
  const known = edges.filter(({ evidence }) => evidence.some(({ kind }) => kind === 'observed')).length;
  const calls = new Set(
    observed.map(({ workload, workloadNamespace, service, serviceNamespace }) =>
      [workloadNamespace, workload, serviceNamespace, service].join('\n'),
    ),
  ).size;
  const none = known === 0 ? ' It says nothing of this import: is it of the same clusters?' : '';
  return `Observed traffic: ${calls} ${calls === 1 ? 'call' : 'calls'} of workloads, which make ${known} between services of the import.${none}\n`;
}

async function observedOf(file: string | undefined): Promise<readonly Observation[]> {
  if (file === undefined) return [];
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new InputError(`${file}: it cannot be read (${error.code ?? error.message})`);
  });
  let value: Json;
  try {
    value = parseJson(text);
  } catch (error) {
    if (error instanceof JsonError) throw new InputError(`${file}: ${error.message}`);
    throw error;
  }
  const observed = readObserved(value);
  if ('refused' in observed) throw new InputError(`${file}: ${observed.refused}`);
  return observed.observations;
}

/** `isthmus plan`: returns the exit code, 0 done or 1 where something could not be kept or read; throws InputError for 2. */
export async function runPlan(paths: readonly string[], options: PlanOptions): Promise<number> {
  const planSettings = planSettingsOf(options);
  const settings = await settingsOf(options);
  const overrides = await readOverrideFiles(options.overrides);
  const { report: file, verbose = false, out } = options;
  const bridge = await bridgeSettingsOf(options);
  const schedule = scheduleOf(options);
  if (options.format !== undefined && out === undefined)
    throw new InputError('--format is for a bundle: say --out DIR too');
  const format = formatOf(options.format);
  if (file !== undefined && file !== '-') checkFile(file);
  if (out !== undefined) checkFolder(out, options.force ?? false);
  const observed = await observedOf(options.observed);
  const progress = createProgress(process.stderr);
  const { estate, input } = await readSources(paths, options, progress);
  progress.say('Planning …');
  const whole = mergedEstate(estate);
  const { clusterDomain, rootNamespace } = settings;
  const graph = serviceGraph(whole, { clusterDomain, rootNamespace, observed });
  const report = planReport(graph, presentGraph(graph, textsOf(input)), planSettings);
  const days = waveDays(report.waves.length, schedule);
  let spread: FanOut | undefined;
  if (options.fanOut === true || out !== undefined) {
    progress.say(`Translating … ${estate.istio.length} Istio resources`);
    const { estate: translated, emitted, zones = [] } = applyOverrides(translate(estate, settings), overrides);
    if (format === 'universal' && !hasUniversal(zones.length, bridge.topology))
      throw new InputError(
        `the input holds the clusters ${zones.map(({ cluster }) => cluster).join(', ')}: between clusters a plan in Universal form is for one zone, so give it the manifests of one`,
      );
    if (options.fanOut === true) spread = fanOut({ estate: translated, emitted, graph, settings });
    if (out !== undefined) {
      /** What the bridge is computed from: of several clusters each for itself, since each has a bridge of its own. */
      const factsOf = (own: Estate, graphOfOwn: ServiceGraph, translation: Pick<Translation, 'emitted' | 'settings'>) =>
        bridgeFacts({
          estate: own,
          graph: graphOfOwn,
          emitted: translation.emitted,
          concerns: concerns(own, graphOfOwn.services, clusterDomain),
          names: translation.settings,
          amongZones: own !== whole,
          settings: bridge,
        });
      const parts =
        zones.length < 2
          ? []
          : zones.map(({ cluster, translation }): ClusterPart => {
              const own = serviceGraph(translation.estate, { clusterDomain, rootNamespace, observed });
              return { cluster, facts: factsOf(translation.estate, own, translation) };
            });
      progress.say('Writing …');
      const waves = waveOf(report.waves.map(({ groups }) => groups.flatMap(({ services }) => services)));
      const sentence = sentenceOfPlan(report);
      const files =
        parts.length === 0
          ? planBundle(factsOf(whole, graph, { emitted, settings }), waves, days, sentence, format)
          : planBundles(parts, waves, days, sentence, format);
      writePlanBundle(out, [...files]);
    }
  }
  progress.end();
  const json = (): string =>
    `${JSON.stringify({ ...report, days, ...(spread === undefined ? {} : { fanOut: spread }) }, null, 2)}\n`;
  if (file !== undefined && file !== '-') writeWhole(file, json());
  // What could not be read is in no wave.
  const unread = [...input.diagnostics, ...estate.diagnostics].sort(compareDiagnostics);
  await writeText(process.stderr, renderFindings(unread, { colour: wantsColour(process.stderr), all: verbose }));
  if (file === '-') await writeText(process.stdout, [json()]);
  else {
    const colour = wantsColour(process.stdout);
    await writeText(process.stdout, renderPlan(report, { colour, all: verbose, days }));
    if (spread !== undefined) await writeText(process.stdout, renderFanOut(spread, { colour, all: verbose }));
  }
  if (options.observed !== undefined) process.stderr.write(seen(graph, observed));
  if (out !== undefined)
    process.stderr.write(
      `Runbooks, manifests and the way back of ${report.waves.length} waves were written to ${out}.\n`,
    );
  return report.unkept.length > 0 || unread.some(({ severity }) => severity === 'blocker') ? 1 : 0;
}
