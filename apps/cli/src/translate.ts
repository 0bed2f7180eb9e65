import { createHmac, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Worker } from 'node:worker_threads';
import {
  buildReport,
  type KeyedHash,
  type PlannedFile,
  planLayout,
  type Report,
  renderReportMarkdown,
  renderReportPage,
  reportChunks,
  underPseudonyms,
} from '@isthmus/bundle';
import { compareDiagnostics, type Diagnostic } from '@isthmus/diagnostics';
import { type AccessRow, tally, type VerdictRow } from '@isthmus/equivalence/tallies';
import { clusterNames, takeIn } from '@isthmus/istio';
import { isTargetVersion, targetVersions } from '@isthmus/kong-mesh';
import { applyOverrides, type Translation, translateBeside, withPlaces } from '@isthmus/translation';
import { textsOf } from './estate.ts';
import { formatOf } from './format.ts';
import { expectAsUsual } from './heap.ts';
import { type Argument, gather, InputError, readGathered } from './input.ts';
import { readLimits } from './limits.ts';
import { checkFile, checkFolder, prepareFolder, writeAlike, writeText, writeWhole } from './output.ts';
import { readOverrideFiles } from './overrides.ts';
import { createPlaces } from './places.ts';
import { createProgress, type Progress } from './progress.ts';
import { renderFindings, renderSummary, wantsColour } from './render.ts';
import { renderAccessTally } from './render-access.ts';
import { renderTally } from './render-verdicts.ts';
import { readSettings } from './settings.ts';
import { createSideWork } from './side-work.ts';

export interface TranslateOptions {
  readonly target?: string;
  readonly out?: string;
  /** How the bundle's resources are written. */
  readonly format?: string;
  readonly report?: string;
  /** Whether names in it are replaced: under a key of its own, or that of a file. */
  readonly pseudonyms?: string | boolean;
  readonly settings?: string;
  /** A file or a folder. */
  readonly overrides?: string;
  readonly complete?: boolean;
  readonly verify?: boolean;
  readonly force?: boolean;
  readonly verbose?: boolean;
  readonly limit?: readonly string[];
  /** `NAME=PATH` of each cluster. */
  readonly cluster?: readonly string[];
}

const jsonReport = 'report/report.json';
const pageReport = 'report/report.html';

// A shorter key could be found by trying.
const shortestKey = 16;

/** The keyed hash that pseudonyms come from; undefined where names stay. Throws an InputError for a file that holds no key. */
function pseudonymHash({ pseudonyms }: TranslateOptions): KeyedHash | undefined {
  if (pseudonyms === undefined || pseudonyms === false) return undefined;
  let key: Buffer;
  if (pseudonyms === true) key = randomBytes(32);
  else {
    try {
      key = readFileSync(pseudonyms);
    } catch (error) {
      throw new InputError(
        `the key ${pseudonyms} cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown reason'}); make one with: openssl rand -hex -out ${pseudonyms} 32`,
      );
    }
    if (key.length < shortestKey)
      throw new InputError(`the key ${pseudonyms} has ${key.length} bytes; ${shortestKey} or more are needed`);
  }
  return (text) => createHmac('sha256', key).update(text).digest();
}

/** Refuses what would fail only after the work is done. */
function checkDestinations({ out, report, force, pseudonyms }: TranslateOptions): void {
  if (pseudonyms !== undefined && report === undefined)
    throw new InputError('--pseudonyms is for a report: say --report FILE too');
  if (out !== undefined) checkFolder(out, force ?? false);
  if (report !== undefined && report !== '-') checkFile(report);
}

/** Writes a report to files, each in the form that its name asks for; `-` is standard output. */
async function writeReport(report: Report, files: readonly string[]): Promise<void> {
  const json: string[] = [];
  for (const file of files) {
    if (file === '-') await writeText(process.stdout, reportChunks(report));
    else if (/\.html?$/i.test(file)) writeWhole(file, renderReportPage(report));
    else if (/\.(?:md|markdown)$/i.test(file)) writeWhole(file, renderReportMarkdown(report));
    else json.push(file);
  }
  if (json.length > 0) await writeAlike(json, reportChunks(report));
}

async function printFindings(diagnostics: readonly Diagnostic[], all: boolean): Promise<void> {
  await writeText(process.stderr, renderFindings(diagnostics, { colour: wantsColour(process.stderr), all }));
}

/** Compares both meshes for all services; what that needs is loaded only then, because it takes long to load. */
async function compare(
  translation: Translation,
  progress: Progress,
): Promise<{ readonly verdicts: readonly VerdictRow[]; readonly access: readonly AccessRow[] }> {
  const { accessOf, judgeOf, verdictsOf } = await import('./judging.ts');
  const verdicts = verdictsOf(judgeOf(translation), translation.settings, progress);
  return { verdicts, access: accessOf(translation, progress) };
}

/** The files of a bundle in its folder. */
function* placed(folder: string, files: readonly PlannedFile[], progress: Progress): Generator<PlannedFile> {
  for (const [index, file] of files.entries()) {
    progress.say(`Writing … ${index + 1} of ${files.length} files`);
    yield { ...file, path: join(folder, file.path) };
  }
}

/**
 * `isthmus translate`: returns the exit code, 0 done or 1 done with blockers; throws InputError for 2.
 * @param thread one that was started already; see `threadFor`
 */
export async function runTranslate(
  args: readonly Argument[],
  options: TranslateOptions,
  thread?: Worker,
): Promise<number> {
  const fromFile = await readSettings(options.settings);
  const target = options.target ?? fromFile.target;
  if (!isTargetVersion(target))
    throw new InputError(`Kong Mesh ${target} is not known; choose one of ${targetVersions.join(', ')}`);
  const settings = { ...fromFile, target, complete: options.complete ?? fromFile.complete };
  const overrides = await readOverrideFiles(options.overrides);
  const format = formatOf(options.format);
  const limits = readLimits(options.limit ?? [], process.env);
  checkDestinations(options);
  const hash = pseudonymHash(options);
  const progress = createProgress(process.stderr);
  const gathered = await gather(args, limits);
  const work = createSideWork(gathered.manifests, thread);
  try {
    const input = await readGathered(gathered, limits, (files) => progress.say(`Reading … ${files} files`), work.read);
    if (input.readings.every(({ resources, unidentified }) => resources.length + unidentified.length === 0)) {
      progress.end();
      await printFindings([...input.diagnostics, ...input.readings.flatMap(({ diagnostics }) => diagnostics)], true);
      throw new InputError('no document that could be read was found');
    }
    expectAsUsual();
    const estate = takeIn(input.readings);
    const clusters = clusterNames(estate);
    if (options.verify && clusters.length > 1) {
      progress.end();
      throw new InputError(
        `the input holds the clusters ${clusters.join(', ')}: compare each with isthmus verify --only-cluster`,
      );
    }
    progress.say(`Translating … ${estate.istio.length} Istio resources`);
    const places = createPlaces(work, textsOf(input));
    const checker = { ...work.checker(settings), foresee: places.ask };
    const translation = applyOverrides(await translateBeside(checker, estate, settings), overrides);
    places.ask(translation.estate, translation.diagnostics);
    const { out } = options;
    const layout = planLayout(translation, format);
    let written = Promise.resolve();
    if (out !== undefined) {
      prepareFolder(out, [...layout.files.map(({ path }) => path), pageReport, jsonReport]);
      written = work.writeAll(placed(out, layout.files, progress));
      written.catch(() => {});
    }
    const located = withPlaces(translation.diagnostics, await places.found());
    const diagnostics = [...input.diagnostics, ...located].sort(compareDiagnostics);
    const comparison = options.verify ? await compare(translation, progress) : undefined;
    const rows = comparison && [...comparison.verdicts, ...comparison.access];
    const report = buildReport(translation, diagnostics, layout.fileOf, rows);
    const inBundle = out === undefined ? [] : [join(out, pageReport), join(out, jsonReport)];
    const asked = options.report === undefined ? [] : [options.report];
    if (inBundle.length + asked.length > 0) progress.say('Writing … the report');
    await writeReport(report, hash === undefined ? [...inBundle, ...asked] : inBundle);
    if (hash !== undefined) await writeReport(underPseudonyms(report, translation, hash).report, asked);
    await written;
    progress.end();
    await printFindings(diagnostics, options.verbose ?? false);
    process.stderr.write(`${renderSummary(report)}\n`);
    if (comparison !== undefined) {
      await writeText(process.stderr, renderTally(tally(comparison.verdicts)));
      await writeText(process.stderr, renderAccessTally(comparison.access));
    }
    return report.summary.diagnostics.blocker > 0 ? 1 : 0;
  } finally {
    await work.end();
  }
}
