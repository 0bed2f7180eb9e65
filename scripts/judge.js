// Runs the independent judge of report and bundle (shared/judge) over the corpus, for each version of Kong Mesh.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** The CRD files of each version; the Gateway API's are of one for all. */
const schemas = { 2.13: 'kong-mesh-2.13', 2.14: 'kong-mesh-2.14', '3.0': 'kuma-3.0-preview' };

/** Why the judge cannot sit; undefined where it can. */
function hindrance(shared) {
  if (!existsSync(join(shared, 'judge', 'report_judge.py'))) return 'there is no ../shared/judge';
  if (!existsSync(join(shared, 'corpus', 'files'))) return 'there is no ../shared/corpus';
  const { status } = spawnSync('python3', ['-c', 'import yaml'], { stdio: 'ignore' });
  return status === 0 ? undefined : 'python3 with PyYAML is missing (pip install pyyaml)';
}

function sit(script, root, shared, target, env) {
  const dirs = [schemas[target], 'gateway-api'].map((name) => join(shared, 'schemas', name)).join(',');
  const child = spawn('python3', [script, root, target, dirs, join(shared, 'corpus', 'files')], { env });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (part) => (text += part));
  return new Promise((resolve) => {
    child.on('error', (error) => resolve({ target, good: false, text: error.message }));
    child.on('close', (code) => resolve({ target, good: code === 0, text }));
  });
}

/**
 * Judges every version; a version counts as one case. Skips with a message where the judge or Python is missing.
 * @param scratch a folder for the judge's copy
 * @returns how many passed and failed
 */
export async function judge(root, scratch, env) {
  console.log('\n── Independent judge over the corpus');
  const shared = join(root, '..', 'shared');
  const why = hindrance(shared);
  if (why !== undefined) {
    console.log(`skipped: ${why}`);
    return { passed: 0, failed: 0 };
  }
  // The judge's loop over targets takes the name of its clock; a copy with another name runs through.
  const source = readFileSync(join(shared, 'judge', 'report_judge.py'), 'utf8');
  const script = join(scratch, 'report_judge.py');
  writeFileSync(
    script,
    source.replace(
      /for t in f\.get\('targets', \[\]\):(\s+if not 0 <= )t\[/,
      "for target in f.get('targets', []):$1target[",
    ),
  );
  const verdicts = await Promise.all(Object.keys(schemas).map((target) => sit(script, root, shared, target, env)));
  for (const { target, good, text } of verdicts) {
    const last = text.trimEnd().split('\n').at(-1);
    console.log(good ? `Kong Mesh ${target}: ${last}` : `Kong Mesh ${target}:\n${text}`);
  }
  const passed = verdicts.filter(({ good }) => good).length;
  return { passed, failed: verdicts.length - passed };
}
