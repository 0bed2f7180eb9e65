// `npm start -- OPTIONS`: installs what is missing, builds what has changed, and starts the server;
// `--help` lists the options.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { environment, install, root } from './install.js';

const options = process.argv.slice(2);

/** Builds the web app and the command line. Turborepo knows by the sources' content whether there is anything to do. */
async function build() {
  let output = '';
  const turbo = spawn(join(root, 'node_modules', '.bin', 'turbo'), ['run', 'build', '--output-logs=errors-only'], {
    cwd: root,
    env: environment,
    stdio: ['ignore', 'pipe', 'pipe'],
    shell: process.platform === 'win32',
  });
  for (const stream of [turbo.stdout, turbo.stderr])
    stream.on('data', (chunk) => {
      output += chunk;
    });
  const notice = setTimeout(() => console.error('Building the web app …'), 1000);
  const code = await new Promise((resolve) => {
    turbo.on('error', (error) => {
      output += error.message;
      resolve(1);
    });
    turbo.on('close', resolve);
  });
  clearTimeout(notice);
  if (code === 0) return;
  console.error(
    `${output}\nThe web app or the command line could not be built; see above. The server was not started.`,
  );
  process.exit(1);
}

install();
if (!options.includes('--help')) await build();
const server = spawn('node', [join(root, 'apps/server/src/main.ts'), ...options], {
  env: environment,
  stdio: 'inherit',
  shell: process.platform === 'win32',
});
// The terminal's Ctrl-C reaches the server as well: it closes its store, then this process ends with it.
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => server.kill(signal));
server.on('exit', (code) => process.exit(code ?? 1));
