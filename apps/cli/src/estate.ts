import { clusterNames, type Estate, takeIn } from '@isthmus/istio';
import { isTargetVersion, targetVersions } from '@isthmus/kong-mesh';
import { applyOverrides, type Override, type Settings, type Translation, translate } from '@isthmus/translation';
import { argumentsOf, type Input, InputError, readInput } from './input.ts';
import { readLimits } from './limits.ts';
import type { Progress } from './progress.ts';
import { readSettings } from './settings.ts';

/** What commands that read an estate take. */
export interface EstateOptions {
  readonly target?: string;
  readonly settings?: string;
  readonly overrides?: string;
  readonly complete?: boolean;
  readonly limit?: readonly string[];
  /** `NAME=PATH` of each cluster. */
  readonly cluster?: readonly string[];
  readonly onlyCluster?: string;
}

/** The settings of a file, with what the command line says on top. */
export async function settingsOf({ target, settings, complete }: EstateOptions): Promise<Settings> {
  const fromFile = await readSettings(settings);
  const version = target ?? fromFile.target;
  if (!isTargetVersion(version))
    throw new InputError(`Kong Mesh ${version} is not known; choose one of ${targetVersions.join(', ')}`);
  return { ...fromFile, target: version, complete: complete ?? fromFile.complete };
}

/** Reads an estate, and what it was read from. Throws an InputError where nothing can be read. */
export async function readSources(
  paths: readonly string[],
  { limit = [], cluster }: EstateOptions,
  progress: Progress,
): Promise<{ readonly estate: Estate; readonly input: Input }> {
  const input = await readInput(argumentsOf(paths, cluster), readLimits(limit, process.env), (files) =>
    progress.say(`Reading … ${files} files`),
  );
  const { readings } = input;
  if (readings.every(({ resources, unidentified }) => resources.length + unidentified.length === 0)) {
    progress.end();
    throw new InputError('no document that could be read was found');
  }
  return { estate: takeIn(readings), input };
}

/** Reads an estate for commands that say nothing of the input itself. Throws an InputError where nothing can be read. */
export async function readEstate(
  paths: readonly string[],
  options: EstateOptions,
  progress: Progress,
): Promise<Estate> {
  return (await readSources(paths, options, progress)).estate;
}

/**
 * Translates an estate for commands that compare: requests are those of one cluster. Throws an InputError where it holds
 * several and none is chosen.
 */
export function translateOne(
  estate: Estate,
  settings: Settings,
  overrides: readonly Override[],
  { onlyCluster }: EstateOptions,
): Translation {
  const names = clusterNames(estate);
  if (onlyCluster !== undefined && !names.includes(onlyCluster))
    throw new InputError(
      `there is no cluster ${onlyCluster} in the input; it holds ${names.join(', ') || 'none by name'}`,
    );
  if (names.length > 1 && onlyCluster === undefined)
    throw new InputError(`the input holds the clusters ${names.join(', ')}; choose one with --only-cluster`);
  const translation = applyOverrides(translate(estate, settings), overrides);
  return translation.zones?.find(({ cluster }) => cluster === onlyCluster)?.translation ?? translation;
}

/** Texts for positions, each redacted once. */
export function textsOf(input: Input): (file: string) => string | undefined {
  const known = new Map<string, string | undefined>();
  return (file) => {
    if (!known.has(file)) known.set(file, input.texts.get(file)?.());
    return known.get(file);
  };
}
