// `npm test`: installs what is missing and runs every suite; ends with one line `N passed, N failed`.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { environment, install, root } from './install.js';
import { judge } from './judge.js';

install();

// The API server of the live tests: minutes the first time, beside the other suites and out of their way.
const building = spawn(join(root, 'node_modules', '.bin', 'node'), ['scripts/build-api-server.ts'], {
  cwd: root,
  env: environment,
  stdio: 'inherit',
  shell: process.platform === 'win32',
});
const built = new Promise((resolve) => building.on('close', resolve).on('error', resolve));

const scratch = mkdtempSync(join(tmpdir(), 'isthmus-test-'));
let passed = 0;
let failed = 0;

function run(title, command, args, env = {}) {
  console.log(`\n── ${title}`);
  const { status, error } = spawnSync(join(root, 'node_modules', '.bin', command), args, {
    cwd: root,
    env: { ...environment, ...env },
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
  if (error) console.error(error.message);
  return status === 0;
}

/** A suite without cases of its own counts as one. */
function check(title, command, args) {
  if (run(title, command, args)) passed++;
  else failed++;
}

/** A suite that counts its cases: `read` takes [passed, failed] from its result file. One that dies counts as a failure. */
function suite(title, command, args, env, result, read) {
  const good = run(title, command, args, env);
  let counts = [0, 0];
  try {
    counts = read(JSON.parse(readFileSync(result, 'utf8')));
  } catch {
    console.error(`${title}: no result was written`);
  }
  passed += counts[0];
  failed += good ? counts[1] : Math.max(1, counts[1]);
}

check('Format and lint', 'biome', ['check', '--error-on-warnings']);
check('Types', 'tsc', ['--noEmit', '-p', 'tsconfig.json']);
check('Types of the web app', 'tsc', ['--noEmit', '-p', 'apps/web/tsconfig.json']);
check('Types of the journeys', 'tsc', ['--noEmit', '-p', 'e2e']);
check('Unused files, exports and dependencies', 'knip', []);
check('Build of the web app and of the command line', 'turbo', ['run', 'build', '--output-logs=new-only']);
const unit = join(scratch, 'unit.json');
suite(
  'Unit and property tests',
  'vitest',
  ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${unit}`],
  {},
  unit,
  (result) => [
    result.numPassedTests,
    result.numFailedTests + (result.numFailedTestSuites > 0 && result.numFailedTests === 0 ? 1 : 0),
  ],
);

const conformance = join(scratch, 'conformance.json');
suite(
  'Decisions recorded from the real meshes',
  'node',
  ['conformance/run.ts', `--result=${conformance}`],
  {},
  conformance,
  (result) => [result.passed, result.failed],
);

const verdict = await judge(root, scratch, environment);
passed += verdict.passed;
failed += verdict.failed;

await built;
const live = join(scratch, 'live.json');
suite(
  'Live clusters: a real API server',
  'vitest',
  ['run', '-c', 'vitest.live.config.ts', '--reporter=default', '--reporter=json', `--outputFile.json=${live}`],
  {},
  live,
  (result) => [
    result.numPassedTests,
    result.numFailedTests + (result.numFailedTestSuites > 0 && result.numFailedTests === 0 ? 1 : 0),
  ],
);

check('Size of what browsers load', 'size-limit', []);

// The system's Chromium, else Playwright's own, which it fetches once.
if (process.env.CHROMIUM_PATH === undefined && !existsSync('/usr/bin/chromium'))
  run('A browser for the journeys', 'playwright', ['install', 'chromium']);
const journeys = join(scratch, 'journeys.json');
suite('Journeys in a real browser', 'playwright', ['test'], { PLAYWRIGHT_JSON: journeys }, journeys, ({ stats }) => [
  stats.expected + stats.flaky,
  stats.unexpected,
]);

rmSync(scratch, { recursive: true, force: true });
console.log(`\n${passed} passed, ${failed} failed`);
process.exit(failed === 0 && passed > 0 ? 0 : 1);
