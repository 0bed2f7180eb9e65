// `npm start -- OPTIONS`: installs what is missing and starts the server; `--help` lists the options.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { environment, install, root } from './install.js';

install();
const server = spawn('node', [join(root, 'apps/server/src/main.ts'), ...process.argv.slice(2)], {
  env: environment,
  stdio: 'inherit',
  shell: process.platform === 'win32',
});
// The terminal's Ctrl-C reaches the server as well: it closes its store, then this process ends with it.
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => server.kill(signal));
server.on('exit', (code) => process.exit(code ?? 1));
