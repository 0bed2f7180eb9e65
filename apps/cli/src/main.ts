import { findCode } from '@isthmus/diagnostics';
import { defaultLimits } from '@isthmus/kubernetes';
import { backup, restore, StoreError } from '@isthmus/store';
import { Command, CommanderError } from 'commander';
import manifest from '../package.json' with { type: 'json' };
import { InputError } from './input.ts';
import { runTranslate, type TranslateOptions } from './translate.ts';

const program = new Command('isthmus')
  .description('Takes platform teams from Istio to Kong Mesh: every field accounted for, every difference shown.')
  .version(manifest.version)
  .exitOverride()
  .showHelpAfterError()
  .addHelpText(
    'after',
    `
Examples:
  isthmus translate manifests/ --out bundle
  isthmus explain ISTHMUS-READ-001
  isthmus backup saved.sqlite
  isthmus restore saved.sqlite`,
  );

program
  .command('translate')
  .description('Translate Istio manifests to Kong Mesh resources')
  .argument('<path...>', 'files, folders or archives; - for standard input')
  .option('--target <version>', 'Kong Mesh version: 2.13, 2.14 or 3.0 (default 2.14)')
  .option('--out <dir>', 'write the bundle to this folder')
  .option(
    '--report <file>',
    'write the report as JSON, or as a page where the name ends in .html; - for standard output',
  )
  .option('--settings <file>', "the migration's settings, JSON or YAML")
  .option('--complete', 'the input is the whole estate, so that what is absent means something')
  .option('--force', 'replace an earlier bundle in --out')
  .option('--verbose', 'list every finding, not only the first of each kind')
  .option(
    '--limit <name=value>',
    `what the input may ask of the machine, such as totalBytes=1GiB; several times for several of ${Object.keys(defaultLimits).join(', ')}`,
    (value: string, others: readonly string[]) => [...others, value],
    [],
  )
  .addHelpText(
    'after',
    `
Exit codes:
  0  done
  1  done, and something blocks
  2  usage, an unreadable path, or no document that could be read
  70 a fault of Isthmus itself

Examples:
  isthmus translate manifests/ --out bundle --report report.json
  helm template shop ./chart | isthmus translate - --target 2.13
  isthmus translate cluster.zip --complete --out bundle`,
  )
  .action(async (paths: string[], options: TranslateOptions) => {
    process.exitCode = await runTranslate(paths, options);
  });

program
  .command('explain')
  .description('Explain a diagnostic code')
  .argument('<code>', 'such as ISTHMUS-READ-001')
  .addHelpText('after', '\nExample:\n  isthmus explain ISTHMUS-EST-002')
  .action((text: string) => {
    const code = findCode(text);
    if (code === undefined) throw new InputError(`there is no code ${text}`);
    console.log(
      `${code.code} · ${code.severity} · ${code.title}\n\n${code.message}\n\n${code.help}\n\n${code.explanation}`,
    );
    if (code.example !== undefined) console.log(`\nExample:\n\n${code.example.replace(/^/gm, '  ')}`);
  });

const folder = (): string => process.env.ISTHMUS_DATA ?? 'data';

program
  .command('backup')
  .description('Copy the store of the server to a file, also while it runs')
  .argument('<file>', 'a new file')
  .option('--data <dir>', "the server's folder (default ISTHMUS_DATA, else ./data)")
  .addHelpText('after', '\nExample:\n  isthmus backup "isthmus-$(date +%F).sqlite"')
  .action((file: string, options: { data?: string }) => {
    backup(options.data ?? folder(), file);
    console.error(`The store was copied to ${file} and the copy checked.`);
  });

program
  .command('restore')
  .description('Replace the store of a stopped server by a backup; what was there is kept beside it')
  .argument('<file>', 'a file that backup wrote')
  .option('--data <dir>', "the server's folder (default ISTHMUS_DATA, else ./data)")
  .addHelpText('after', '\nExample:\n  isthmus restore saved.sqlite --data /var/lib/isthmus')
  .action(async (file: string, options: { data?: string }) => {
    const stamp = new Date().toISOString().replace(/[:.]/g, '-');
    const kept = await restore(options.data ?? folder(), file, stamp);
    console.error(
      `The store is that of ${file} now.${kept === undefined ? '' : ` What was there is kept as ${kept}.`}`,
    );
  });

// A reader that went away (`isthmus … | head`) is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : 2;
  else if (error instanceof InputError || error instanceof StoreError) {
    console.error(`isthmus: ${error.message}`);
    process.exitCode = 2;
  } else {
    // Apart from the codes that say how a command went.
    console.error(`isthmus: this is a fault of Isthmus itself, please report it.\n${(error as Error).stack ?? error}`);
    process.exitCode = 70;
  }
}
