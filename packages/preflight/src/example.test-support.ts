import { takeIn } from '@isthmus/istio';
import {
  applyPatch,
  identityKey,
  type JsonObject,
  locate,
  type Resource,
  readManifest,
  writeYamlDocuments,
} from '@isthmus/kubernetes';
import type { Check, PreflightSettings } from './check.ts';
import { type CheckResult, preflight } from './run.ts';

export const settings: PreflightSettings = {
  target: '2.14',
  clusterDomain: 'cluster.local',
  rootNamespace: 'istio-system',
  systemNamespace: 'kong-mesh-system',
  defaults: 'keep',
};

const read = (file: string, text: string): Resource[] => [
  ...readManifest(file, new TextEncoder().encode(text)).resources,
];

/** What one check says of manifests. */
export function resultOf(
  check: Check,
  text: string,
  more: { readonly planned?: string | undefined; readonly settings?: Partial<PreflightSettings> | undefined } = {},
): CheckResult {
  const estate = takeIn([readManifest('estate.yaml', new TextEncoder().encode(text))]);
  const planned = more.planned === undefined ? [] : read('', more.planned);
  const all = preflight(estate, { ...settings, ...more.settings }, planned);
  const found = all.find((result) => result.check === check);
  if (found === undefined) throw new Error(`${check.id} is not in the registry`);
  return found;
}

/** What was found in manifests; empty where the check passes or is skipped. */
export function foundIn(check: Check, text: string, more: Parameters<typeof resultOf>[2] = {}): string[] {
  const result = resultOf(check, text, more);
  return result.state === 'failed' ? result.findings.map(({ found }) => found) : [];
}

function patched(text: string, patches: readonly JsonObject[]): string {
  const objects = read('estate.yaml', text).map((resource) => {
    const own = patches.filter((patch) => {
      const [one] = read('patch.yaml', writeYamlDocuments([patch]));
      return one !== undefined && identityKey(one) === identityKey(resource);
    });
    return own.reduce<JsonObject>(applyPatch, resource.object);
  });
  return writeYamlDocuments(objects);
}

/**
 * Runs the examples of a check, which are its documentation: the failing one fails in places of the file and is settled by its
 * patches, the passing one passes. Returns what is not so.
 */
export function exampleFaults(check: Check): string[] {
  const { examples } = check;
  if (examples === undefined) return ['there are no examples'];
  const { failing, passing, planned, settings: own } = examples;
  const faults: string[] = [];
  const good = resultOf(check, passing, { settings: own });
  if (good.state !== 'passed') faults.push(`the passing example is ${JSON.stringify({ ...good, check: undefined })}`);
  const bad = resultOf(check, failing, { planned, settings: own });
  if (bad.state !== 'failed') return [...faults, `the failing example is ${bad.state}`];
  for (const { found, source, path } of bad.findings) {
    if (!/^[A-Z].*\.$/s.test(found)) faults.push(`no sentence: ${found}`);
    if (source !== undefined && path !== undefined && locate(failing, source, path) === undefined)
      faults.push(`no place for ${path}`);
  }
  const patches = bad.findings.flatMap(({ patch }) => (patch === undefined ? [] : [patch]));
  if (patches.length === 0) return faults;
  const after = resultOf(check, patched(failing, patches), { planned, settings: own });
  const left = after.state === 'failed' ? after.findings.length : 0;
  if (left !== bad.findings.length - patches.length) faults.push(`the patches leave ${left} findings`);
  return faults;
}
