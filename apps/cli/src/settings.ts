import { readFile } from 'node:fs/promises';
import { isTargetVersion, targetVersions } from '@isthmus/kong-mesh';
import { isList, isMap, type Json, parseYaml, YamlError } from '@isthmus/kubernetes';
import { defaultSettings, type Settings } from '@isthmus/translation';
import { InputError } from './input.ts';

const name = (value: Json): boolean => typeof value === 'string' && /^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/.test(value);

const acceptedNames = new Set(['service', 'port', 'aspect', 'verdict', 'callers', 'reason']);
const acceptedAspects = new Set<unknown>(['routing', 'resilience', 'access', 'transport']);
const acceptedVerdicts = new Set<unknown>(['narrower', 'wider', 'undecided']);

const isAcceptance = (value: Json): boolean =>
  isMap(value) &&
  Object.keys(value).every((key) => acceptedNames.has(key)) &&
  typeof value.service === 'string' &&
  /^[^/]+\/[^/]+$/.test(value.service) &&
  (value.port === undefined ||
    (Number.isInteger(value.port) && Number(value.port) >= 0 && Number(value.port) < 65_536)) &&
  acceptedAspects.has(value.aspect) &&
  (value.verdict === undefined || acceptedVerdicts.has(value.verdict)) &&
  (value.callers === undefined || (isList(value.callers) && value.callers.every((one) => typeof one === 'string'))) &&
  typeof value.reason === 'string' &&
  value.reason.trim() !== '';

const accepted: Readonly<Record<keyof Settings, readonly [check: (value: Json) => boolean, expected: string]>> = {
  target: [
    (value) => typeof value === 'string' && isTargetVersion(value),
    `one of ${targetVersions.join(', ')} in quotes`,
  ],
  complete: [(value) => typeof value === 'boolean', 'true or false'],
  mesh: [name, 'a Kubernetes name'],
  zone: [name, 'a Kubernetes name'],
  systemNamespace: [name, 'a Kubernetes name'],
  rootNamespace: [name, 'a Kubernetes name'],
  clusterDomain: [name, 'a DNS name'],
  defaults: [(value) => value === 'keep' || value === 'adopt', '`keep` or `adopt`'],
  router: [
    (value) => value === 'expressions' || value === 'traditional_compatible',
    '`expressions` or `traditional_compatible`',
  ],
  accepted: [
    (value) => isList(value) && value.every(isAcceptance),
    'a list of `service` (<namespace>/<name>), `port` (may be left out), `aspect` (routing, resilience, access or transport), for the last two `verdict` and `callers` (may be left out), and `reason`',
  ],
};

/** Reads a settings file (JSON or YAML; docs/reference/settings.schema.json); what it leaves out keeps its default. */
export async function readSettings(file: string | undefined): Promise<Settings> {
  if (file === undefined) return defaultSettings;
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new InputError(`${file}: it cannot be read (${error.code ?? error.message})`);
  });
  let value: Json | undefined;
  try {
    value = parseYaml(text)[0]?.value;
  } catch (error) {
    if (error instanceof YamlError) throw new InputError(`${file}: ${error.message}`);
    throw error;
  }
  if (value === undefined || value === null) return defaultSettings;
  if (!isMap(value)) throw new InputError(`${file}: a map of settings was expected`);
  for (const [key, setting] of Object.entries(value)) {
    const rule = Object.hasOwn(accepted, key) ? accepted[key as keyof Settings] : undefined;
    if (rule === undefined)
      throw new InputError(`${file}: there is no setting '${key}'; known are ${Object.keys(accepted).join(', ')}`);
    if (!rule[0](setting)) throw new InputError(`${file}: ${key} must be ${rule[1]}`);
  }
  return { ...defaultSettings, ...(value as unknown as Partial<Settings>) };
}
