// `npm start -- ARGUMENTS`: installs what is missing and runs isthmus.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { environment, install, root } from './install.js';

install();
const { status } = spawnSync('node', [join(root, 'apps/cli/bin/isthmus.js'), ...process.argv.slice(2)], {
  env: environment,
  stdio: 'inherit',
});
process.exit(status ?? 1);
