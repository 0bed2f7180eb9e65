import { writeFile } from 'node:fs/promises';
import { buildReport, layOut, renderReportPage, reportText } from '@isthmus/bundle';
import { compareDiagnostics } from '@isthmus/diagnostics';
import { takeIn } from '@isthmus/istio';
import { isTargetVersion, targetVersions } from '@isthmus/kong-mesh';
import { locateDiagnostics, translate } from '@isthmus/translation';
import { InputError, readInput } from './input.ts';
import { writeBundle } from './output.ts';
import { renderDiagnostic, renderSummary, wantsColour } from './render.ts';
import { readSettings } from './settings.ts';

export interface TranslateOptions {
  readonly target?: string;
  readonly out?: string;
  readonly report?: string;
  readonly settings?: string;
  readonly complete?: boolean;
  readonly force?: boolean;
}

/** `isthmus translate`: returns the exit code, 0 done or 1 done with blockers; throws InputError for 2. */
export async function runTranslate(paths: readonly string[], options: TranslateOptions): Promise<number> {
  const fromFile = await readSettings(options.settings);
  const target = options.target ?? fromFile.target;
  if (!isTargetVersion(target))
    throw new InputError(`Kong Mesh ${target} is not known; choose one of ${targetVersions.join(', ')}`);
  const settings = { ...fromFile, target, complete: options.complete ?? fromFile.complete };
  const showProgress = process.stderr.isTTY === true;
  const input = await readInput(paths, (files) => {
    if (showProgress && files % 100 === 0) process.stderr.write(`\rReading … ${files} files`);
  });
  if (showProgress && input.readings.length >= 100) process.stderr.write('\r\u001b[K');
  if (input.readings.every(({ resources, unidentified }) => resources.length + unidentified.length === 0)) {
    for (const diagnostic of [...input.diagnostics, ...input.readings.flatMap((reading) => reading.diagnostics)])
      console.error(renderDiagnostic(diagnostic, wantsColour(process.stderr)));
    throw new InputError('no document that could be read was found');
  }
  const translation = translate(takeIn(input.readings), settings);
  const texts = new Map<string, string>();
  const located = locateDiagnostics(translation, (file) => {
    const known = texts.get(file);
    if (known !== undefined) return known;
    const text = input.texts.get(file)?.();
    if (text !== undefined) texts.set(file, text);
    return text;
  });
  const diagnostics = [...input.diagnostics, ...located].sort(compareDiagnostics);
  const layout = layOut(translation);
  const report = buildReport(translation, diagnostics, layout.fileOf);
  if (options.out !== undefined) {
    const beside = [
      { path: 'report/report.html', text: renderReportPage(report) },
      { path: 'report/report.json', text: reportText(report) },
    ];
    await writeBundle(options.out, [...layout.files, ...beside], options.force ?? false);
  }
  if (options.report === '-') process.stdout.write(reportText(report));
  else if (options.report !== undefined)
    await writeFile(
      options.report,
      /\.html?$/i.test(options.report) ? renderReportPage(report) : reportText(report),
    ).catch((error: NodeJS.ErrnoException) => {
      throw new InputError(`${options.report}: the report cannot be written (${error.code ?? error.message})`);
    });
  const colour = wantsColour(process.stderr);
  for (const diagnostic of diagnostics) console.error(renderDiagnostic(diagnostic, colour));
  console.error(renderSummary(report));
  return report.summary.diagnostics.blocker > 0 ? 1 : 0;
}
