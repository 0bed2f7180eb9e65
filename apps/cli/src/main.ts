import { findCode } from '@isthmus/diagnostics';
import { defaultLimits } from '@isthmus/kubernetes';
import { Command, CommanderError } from 'commander';
import manifest from '../package.json' with { type: 'json' };
import type { CheckOptions } from './check.ts';
import { argumentsOf, InputError } from './input.ts';
import type { PlanOptions } from './plan.ts';
import { threadFor } from './side-thread.ts';
import type { SimulateOptions } from './simulate.ts';
import type { RbacOptions, SnapshotOptions } from './snapshot.ts';
import type { TranslateOptions } from './translate.ts';
import type { VerifyOptions } from './verify.ts';

// A command is imported as it is called: what all of them need takes longer to load than many an import to read.

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
  isthmus check manifests/
  isthmus verify manifests/
  isthmus plan manifests/
  isthmus simulate manifests/ --service sales/seats --path /v2/seats
  isthmus snapshot --context east --out east.zip
  isthmus explain ISTHMUS-READ-001
  isthmus backup saved.sqlite
  isthmus restore saved.sqlite`,
  );

const several = (value: string, others: readonly string[]): readonly string[] => [...others, value];

/** The options of commands that read an estate. */
const withEstate = (command: Command): Command =>
  command
    .argument('[path...]', 'files, folders or archives; - for standard input')
    .option('--cluster <name=path>', 'what is of one cluster of several; several times', several, [])
    .option('--only-cluster <name>', 'of several clusters, the one that requests are compared in')
    .option('--target <version>', 'Kong Mesh version: 2.13, 2.14 or 3.0 (default 2.14)')
    .option('--settings <file>', "the migration's settings, JSON or YAML")
    .option(
      '--overrides <path>',
      'what people changed in emitted resources: a file or a folder, as the app exports them',
    )
    .option('--complete', 'the input is the whole estate, so that what is absent means something')
    .option(
      '--limit <name=value>',
      `what the input may ask of the machine, such as totalBytes=1GiB; several times for several of ${Object.keys(defaultLimits).join(', ')}`,
      several,
      [],
    );

program
  .command('translate')
  .description('Translate Istio manifests to Kong Mesh resources')
  .argument('[path...]', 'files, folders or archives; - for standard input')
  .option('--cluster <name=path>', 'what is of one cluster of several, which become zones; several times', several, [])
  .option('--target <version>', 'Kong Mesh version: 2.13, 2.14 or 3.0 (default 2.14)')
  .option('--out <dir>', 'write the bundle to this folder')
  .option('--format <form>', 'kubernetes, or universal for kumactl apply (default kubernetes)')
  .option(
    '--report <file>',
    'write the report as JSON, as a page where the name ends in .html, as Markdown in .md; - for standard output',
  )
  .option(
    '--pseudonyms [keyfile]',
    'in --report, pseudonyms for names: new ones each time, or with the key in a file the same as before',
  )
  .option('--settings <file>', "the migration's settings, JSON or YAML")
  .option('--overrides <path>', 'what people changed in emitted resources: a file or a folder, as the app exports them')
  .option('--complete', 'the input is the whole estate, so that what is absent means something')
  .option('--verify', 'compare what both meshes do with all requests, and put the verdicts into the report')
  .option('--force', 'replace an earlier bundle in --out')
  .option('--verbose', 'list every finding, not only the first of each kind')
  .option(
    '--limit <name=value>',
    `what the input may ask of the machine, such as totalBytes=1GiB; several times for several of ${Object.keys(defaultLimits).join(', ')}`,
    several,
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
  isthmus translate manifests/ --verify --report for-vendor.html --pseudonyms names.key
  helm template shop ./chart | isthmus translate - --target 2.13
  isthmus translate cluster.zip --complete --out bundle
  isthmus translate cluster.zip --complete --format universal --out bundle
  isthmus translate cluster.zip --complete --overrides overrides.yaml --out bundle
  isthmus translate --cluster east=east.zip --cluster west=west.zip --out bundle`,
  )
  .action(async (paths: string[], options: TranslateOptions) => {
    const args = argumentsOf(paths, options.cluster);
    const thread = threadFor(args);
    const { runTranslate } = await import('./translate.ts');
    process.exitCode = await runTranslate(args, options, thread);
  });

withEstate(program.command('check'))
  .description('Check what would break on the day of the migration, with evidence and remedy')
  .option('--report <file>', 'write every result as JSON; - for standard output')
  .option('--verbose', 'list every finding and patch, and the checks that passed or were skipped')
  .addHelpText(
    'after',
    `
Exit codes:
  0  done
  1  done, and something blocks
  2  usage, an unreadable path, or no document that could be read

Examples:
  isthmus check manifests/
  kubectl get all,vs,dr,pa,ap,networkpolicies,nodes -A -o yaml | isthmus check - --report checks.json`,
  )
  .action(async (paths: string[], options: CheckOptions) => {
    const { runCheck } = await import('./check.ts');
    process.exitCode = await runCheck(paths, options);
  });

withEstate(program.command('verify'))
  .description('Say whether Kong Mesh would do the same as Istio with all requests')
  .option('--service <namespace/name>', 'only this service; several times for several', several, [])
  .option(
    '--phase <phase>',
    'who may call whom on the way: discovered (Pods in Istio), bridged (in both meshes) or migrated (in Kong Mesh), with callers in either mesh',
  )
  .option(
    '--bridge <bridge>',
    'with --phase, how calls cross: direct (default; within a cluster) or gateways (of both meshes)',
  )
  .option('--json', 'the verdicts as JSON')
  .option('--verbose', 'list every service, also those that are the same')
  .addHelpText(
    'after',
    `
Exit codes:
  0  the same, or every difference accepted in the settings
  1  something differs or is undecided
  2  usage, an unreadable path, or no document that could be read

Examples:
  isthmus verify manifests/
  isthmus verify cluster.zip --complete --settings settings.yaml --service sales/seats
  isthmus verify cluster.zip --complete --phase bridged
  isthmus verify --cluster east=east.zip --cluster west=west.zip --only-cluster east`,
  )
  .action(async (paths: string[], options: VerifyOptions) => {
    const { runVerify } = await import('./verify.ts');
    process.exitCode = await runVerify(paths, options);
  });

withEstate(program.command('plan'))
  .description('Say in which waves services move, what must move together, and how many calls cross meanwhile')
  .option('--order <order>', 'callees-first (default) or callers-first')
  .option('--most <number>', 'services per wave')
  .option('--one-namespace', 'each wave touches one namespace only')
  .option('--exclude <namespace/name>', 'a service that stays in Istio; several times for several', several, [])
  .option('--pin <namespace/name=wave>', 'the wave that a service moves in; several times for several', several, [])
  .option('--confidence <number>', 'the least confidence, 0 to 1, of calls that order the waves (default 0.6)')
  .option(
    '--observed <file>',
    "traffic that was seen: Prometheus' answer to an instant query for istio_requests_total, or Kiali's graph, as JSON",
  )
  .option(
    '--fan-out',
    'count what each proxy holds and whom a change reaches, in both meshes, and what scoping would save',
  )
  .option('--out <dir>', 'write a runbook for each wave, its manifests stage by stage, and the way back')
  .option('--format <form>', 'of what is in --out: kubernetes, or universal for kumactl apply (default kubernetes)')
  .option('--force', 'replace an earlier bundle in --out')
  .option('--topology <kind>', 'same-cluster (default) or separate-clusters')
  .option('--domain <suffix>', 'DNS suffix of bridged services of separate clusters (default bridge.internal)')
  .option('--gateway-namespace <namespace>', 'namespace of Kong Gateway (default kong)')
  .option('--shift <shares>', 'shares of requests in percent, step by step (default 10,50,100)')
  .option('--istio-root <file>', 'root certificates of Istio, PEM')
  .option('--kong-root <file>', 'root certificates of Kong Mesh, PEM')
  .option(
    '--widen <namespace/name=reason>',
    'a service whose callers the bridge may treat alike; several times for several',
    several,
    [],
  )
  .option('--start <day>', 'day of the first wave, such as 2027-01-31')
  .option('--every <days>', 'days from one wave to the next (default 7)')
  .option('--freeze <first..last=reason>', 'days on which no wave moves; several times for several', several, [])
  .option('--report <file>', 'write the plan as JSON; - for standard output')
  .option('--verbose', 'list every call with its evidence')
  .addHelpText(
    'after',
    `
Exit codes:
  0  done
  1  done, but a limit or a pin could not be kept, or something could not be read
  2  usage, an unreadable path, or no document that could be read

Examples:
  isthmus plan manifests/
  isthmus plan cluster.zip --most 20 --one-namespace --pin data/postgres=1 --report plan.json
  curl -s 'http://prometheus:9090/api/v1/query?query=istio_requests_total' > seen.json
  isthmus plan manifests/ --observed seen.json
  isthmus plan cluster.zip --fan-out
  isthmus plan cluster.zip --complete --out plan --start 2027-01-11 --freeze '2027-02-01..2027-02-14=sale'
  isthmus plan cluster.zip --complete --out plan --format universal`,
  )
  .action(async (paths: string[], options: PlanOptions) => {
    const { runPlan } = await import('./plan.ts');
    process.exitCode = await runPlan(paths, options);
  });

withEstate(program.command('simulate'))
  .description('Show step by step what both meshes do with one request')
  .requiredOption('--service <namespace/name>', 'whom the request is for')
  .option('--port <number>', 'port of the service (default its first)')
  .option('--client-namespace <namespace>', "where the client is (default the service's namespace)")
  .option('--client-label <key=value>', 'a label of the client; several times for several', several, [])
  .option('--method <method>', 'default GET')
  .option('--path <path>', 'path and query (default /)')
  .option('--header <name:value>', 'a header; several times for several', several, [])
  .option('--host <authority>', 'host that the client calls (default <name>.<namespace>)')
  .option('--json', 'both decisions as JSON')
  .addHelpText(
    'after',
    `
Exit codes:
  0  both meshes do the same
  1  they do not
  2  usage, an unreadable path, or no such service or port

Example:
  isthmus simulate manifests/ --service sales/seats --path /v2/seats --header x-cabin:crew`,
  )
  .action(async (paths: string[], options: SimulateOptions) => {
    const { runSimulate } = await import('./simulate.ts');
    process.exitCode = await runSimulate(paths, options);
  });

program
  .command('snapshot')
  .description('Read a cluster, and only read it, into a file that the other commands and the app take')
  .option('--context <name>', 'a context of the kubeconfig (KUBECONFIG, else ~/.kube/config)')
  .option('--kubeconfig <file>', 'another kubeconfig')
  .option('--in-cluster', 'the service account of the pod that this runs in')
  .option('--name <cluster>', "the cluster's name, which stands on each resource (default the context's)")
  .option(
    '--out <file>',
    'a YAML stream, or an archive where the name ends in .zip or .tar.gz (default standard output)',
  )
  .option(
    '--allow-program <command>',
    'a program that the kubeconfig may run, as it writes it; several times for several (also ISTHMUS_CLUSTER_PROGRAMS)',
    several,
    [],
  )
  .addHelpText(
    'after',
    `
Of Secrets only metadata is asked for. \`isthmus rbac\` prints the rights that suffice.

Exit codes:
  0  done
  1  done, but some kinds could not be read; they are named in the snapshot
  2  usage, no connection, credentials that are not accepted, or an unwritable path

Examples:
  isthmus snapshot --context east --out east.zip
  isthmus snapshot --context arn:aws:eks:eu:1:cluster/shop --name shop --allow-program aws | isthmus check -
  isthmus translate east.zip west.zip --complete --out bundle`,
  )
  .action(async (options: SnapshotOptions) => {
    const { runSnapshot } = await import('./snapshot.ts');
    process.exitCode = await runSnapshot(options);
  });

program
  .command('rbac')
  .description('Print the ClusterRole that suffices to read a cluster, and its binding')
  .option('--account <namespace/name>', 'the service account that reads', 'isthmus/isthmus')
  .option(
    '--revision <name>',
    'a revision of Istio besides default, to read its configuration; several times for several',
    several,
    [],
  )
  .addHelpText('after', '\nExample:\n  isthmus rbac --account tools/isthmus | kubectl apply -f -')
  .action(async (options: RbacOptions) => {
    const { renderRights } = await import('./snapshot.ts');
    process.stdout.write(renderRights(options));
  });

program
  .command('explain')
  .description('Explain a diagnostic code')
  .argument('<code>', 'such as ISTHMUS-READ-001')
  .addHelpText('after', '\nExample:\n  isthmus explain ISTHMUS-EST-002')
  .action(async (text: string) => {
    const { findCheck } = await import('@isthmus/preflight');
    const code = findCode(text);
    if (code === undefined) throw new InputError(`there is no code ${text}`);
    console.log(
      `${code.code} · ${code.severity} · ${code.title}\n\n${code.message}\n\n${code.help}\n\n${code.explanation}`,
    );
    const examples = findCheck(code.code)?.examples;
    const example = code.example ?? examples?.failing;
    if (example !== undefined) console.log(`\nExample:\n\n${example.replace(/^(?=.)/gm, '  ')}`);
    if (examples !== undefined) console.log(`\nThis passes:\n\n${examples.passing.replace(/^(?=.)/gm, '  ')}`);
  });

const folder = (): string => process.env.ISTHMUS_DATA ?? 'data';

/** Does something with the store; what the store refuses is for the user to mend. */
async function withStore<T>(act: (store: typeof import('@isthmus/store')) => T | Promise<T>): Promise<T> {
  const store = await import('@isthmus/store');
  try {
    return await act(store);
  } catch (error) {
    if (error instanceof store.StoreError) throw new InputError(error.message);
    throw error;
  }
}

program
  .command('backup')
  .description('Copy the store of the server to a file, also while it runs')
  .argument('<file>', 'a new file')
  .option('--data <dir>', "the server's folder (default ISTHMUS_DATA, else ./data)")
  .addHelpText('after', '\nExample:\n  isthmus backup "isthmus-$(date +%F).sqlite"')
  .action(async (file: string, options: { data?: string }) => {
    await withStore(({ backup }) => backup(options.data ?? folder(), file));
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
    const kept = await withStore(({ restore }) => restore(options.data ?? folder(), file, stamp));
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
  else if (error instanceof InputError) {
    console.error(`isthmus: ${error.message}`);
    process.exitCode = 2;
  } else {
    // Apart from the codes that say how a command went.
    console.error(`isthmus: this is a fault of Isthmus itself, please report it.\n${(error as Error).stack ?? error}`);
    process.exitCode = 70;
  }
}
