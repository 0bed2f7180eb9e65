import { translate } from '@isthmus/translation';
import { type EstateOptions, readEstate, settingsOf } from './estate.ts';
import { InputError } from './input.ts';
import { accessOf, judgeOf, verdictsOf } from './judging.ts';
import { writeText } from './output.ts';
import { createProgress } from './progress.ts';
import { wantsColour } from './render.ts';
import { accessExitCode, renderAccess } from './render-access.ts';
import { exitCodeOf, renderVerdicts } from './render-verdicts.ts';

export interface VerifyOptions extends EstateOptions {
  readonly service?: readonly string[];
  readonly json?: boolean;
  readonly verbose?: boolean;
}

/** `isthmus verify`: returns 0 where all is the same or accepted and access does not widen, else 1; throws an InputError for 2. */
export async function runVerify(paths: readonly string[], options: VerifyOptions): Promise<number> {
  const settings = await settingsOf(options);
  const progress = createProgress(process.stderr);
  const estate = await readEstate(paths, options, progress);
  progress.say(`Translating … ${estate.istio.length} Istio resources`);
  const translation = translate(estate, settings);
  const { service = [] } = options;
  const judge = judgeOf(translation);
  const unknown = service.find((one) => !judge.services.includes(one));
  if (unknown !== undefined) {
    progress.end();
    throw new InputError(`there is no Service ${unknown} in the input; say <namespace>/<name>`);
  }
  const services = service.length === 0 ? undefined : service;
  const rows = verdictsOf(judge, settings, progress, services);
  const access = accessOf(translation, progress, services);
  progress.end();
  if (options.json) await writeText(process.stdout, [`${JSON.stringify([...rows, ...access], null, 2)}\n`]);
  else {
    const look = { colour: wantsColour(process.stdout), all: options.verbose ?? false, notCompared: judge.notCompared };
    await writeText(process.stdout, renderVerdicts(rows, look));
    await writeText(process.stdout, renderAccess(access, look));
  }
  return exitCodeOf(rows) || accessExitCode(access);
}
