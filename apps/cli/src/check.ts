import { compareDiagnostics } from '@isthmus/diagnostics';
import { mergedEstate } from '@isthmus/istio';
import type { Json, JsonObject } from '@isthmus/kubernetes';
import { plannedResource, preflight, reportOf } from '@isthmus/preflight';
import { applyOverrides, translate } from '@isthmus/translation';
import { type EstateOptions, readSources, settingsOf, textsOf } from './estate.ts';
import { checkFile, writeText, writeWhole } from './output.ts';
import { readOverrideFiles } from './overrides.ts';
import { createProgress } from './progress.ts';
import { renderFindings, wantsColour } from './render.ts';
import { renderChecks } from './render-checks.ts';

export interface CheckOptions extends EstateOptions {
  readonly report?: string;
  readonly verbose?: boolean;
}

/** `isthmus check`: returns the exit code, 0 done or 1 done with blockers; throws InputError for 2. */
export async function runCheck(paths: readonly string[], options: CheckOptions): Promise<number> {
  const settings = await settingsOf(options);
  const overrides = await readOverrideFiles(options.overrides);
  const { report: file, verbose = false } = options;
  if (file !== undefined && file !== '-') checkFile(file);
  const progress = createProgress(process.stderr);
  const { estate, input } = await readSources(paths, options, progress);
  progress.say(`Translating … ${estate.istio.length} Istio resources`);
  const { emitted } = applyOverrides(translate(estate, settings), overrides);
  const planned = emitted.flatMap(({ role, object }) =>
    role === 'patch' ? [] : [plannedResource(object as unknown as JsonObject)],
  );
  progress.say('Checking …');
  const report = reportOf(preflight(mergedEstate(estate), settings, planned), settings.target, {
    textOf: textsOf(input),
  });
  progress.end();
  if (file === '-') await writeText(process.stdout, [`${JSON.stringify(report, null, 2)}\n`]);
  else if (file !== undefined) writeWhole(file, `${JSON.stringify(report as unknown as Json, null, 2)}\n`);
  // What could not be read was not checked.
  const unread = [...input.diagnostics, ...estate.diagnostics].sort(compareDiagnostics);
  const style = { colour: wantsColour(process.stderr), all: verbose };
  await writeText(process.stderr, renderFindings(unread, style));
  await writeText(process.stderr, renderChecks(report, style));
  const isBlocked = report.summary.findings.blocker > 0 || unread.some(({ severity }) => severity === 'blocker');
  return isBlocked ? 1 : 0;
}
