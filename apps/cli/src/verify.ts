import { type EstateOptions, readEstate, settingsOf, translateOne } from './estate.ts';
import { InputError } from './input.ts';
import { accessDuring, accessOf, bridges, judgeOf, phases, verdictsOf } from './judging.ts';
import { writeText } from './output.ts';
import { findingsOfOverrides, readOverrideFiles } from './overrides.ts';
import { createProgress } from './progress.ts';
import { renderFindings, wantsColour } from './render.ts';
import { accessExitCode, renderAccess } from './render-access.ts';
import { exitCodeOf, renderVerdicts } from './render-verdicts.ts';

export interface VerifyOptions extends EstateOptions {
  readonly service?: readonly string[];
  readonly json?: boolean;
  readonly verbose?: boolean;
  readonly phase?: string;
  readonly bridge?: string;
}

/** An option with few values. Throws an InputError for another. */
function oneOf<Value extends string>(name: string, value: string, known: readonly Value[]): Value {
  const found = known.find((one) => one === value);
  if (found !== undefined) return found;
  throw new InputError(`--${name} ${value} is not known; choose one of ${known.join(', ')}`);
}

/** `isthmus verify`: returns 0 where all is the same or accepted and access does not widen, else 1; throws an InputError for 2. */
export async function runVerify(paths: readonly string[], options: VerifyOptions): Promise<number> {
  const phase = options.phase === undefined ? undefined : oneOf('phase', options.phase, phases);
  const bridge = oneOf('bridge', options.bridge ?? 'direct', bridges);
  const settings = await settingsOf(options);
  const overrides = await readOverrideFiles(options.overrides);
  const progress = createProgress(process.stderr);
  const estate = await readEstate(paths, options, progress);
  progress.say(`Translating … ${estate.istio.length} Istio resources`);
  const translation = translateOne(estate, settings, overrides, options);
  const { service = [] } = options;
  const judge = judgeOf(translation);
  const unknown = service.find((one) => !judge.services.includes(one));
  if (unknown !== undefined) {
    progress.end();
    throw new InputError(`there is no Service ${unknown} in the input; say <namespace>/<name>`);
  }
  const services = service.length === 0 ? undefined : service;
  // What requests meet is a matter of the last state: on the way to it they meet what they meet in either mesh.
  const rows = phase === undefined ? verdictsOf(judge, settings, progress, services) : [];
  const access =
    phase === undefined
      ? accessOf(translation, progress, services)
      : accessDuring(translation, phase, bridge, progress, services);
  progress.end();
  const decided = findingsOfOverrides(translation);
  const style = { colour: wantsColour(process.stderr), all: options.verbose ?? false };
  await writeText(process.stderr, renderFindings(decided, style));
  if (options.json) await writeText(process.stdout, [`${JSON.stringify([...rows, ...access], null, 2)}\n`]);
  else {
    const look = { colour: wantsColour(process.stdout), all: options.verbose ?? false, notCompared: judge.notCompared };
    if (phase === undefined) await writeText(process.stdout, renderVerdicts(rows, look));
    await writeText(process.stdout, renderAccess(access, look));
  }
  // An override that is not applied was not compared, and one that may widen access is nobody's decision yet.
  const isBlocked = decided.some(({ severity }) => severity === 'blocker');
  return exitCodeOf(rows) || accessExitCode(access) || (isBlocked ? 1 : 0);
}
