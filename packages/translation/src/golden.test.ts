import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { takeIn } from '@isthmus/istio';
import { type TargetVersion, targetVersions } from '@isthmus/kong-mesh';
import { type Json, parseYaml, type Resource, readManifest, writeYamlDocuments } from '@isthmus/kubernetes';
import { checkGolden, goldenCases } from '@isthmus/testkit';
import { describe, test } from 'vitest';
import { locateDiagnostics } from './locate-diagnostics.ts';
import type { Place } from './place.ts';
import { defaultSettings, type Settings } from './settings.ts';
import { translate } from './translate.ts';

/** What of the context counts with all of its fields. */
const isRoute = ({ group, labels }: Resource): boolean =>
  group === 'gateway.networking.k8s.io' || Object.keys(labels).some((key) => key.startsWith('istio.io/'));

const inWords = (place: Place | undefined): string =>
  place === undefined ? '' : place.kind === 'global' ? ' of all zones' : ` of zone ${place.zone}`;

/** What a person needs to see: what is emitted, what became of each field, and the findings. */
function outcome(input: string, target: TargetVersion): Json {
  const bytes = readFileSync(input);
  const settingsFile = join(dirname(input), 'settings.yaml');
  const own = existsSync(settingsFile)
    ? (parseYaml(readFileSync(settingsFile, 'utf8'))[0]?.value as Partial<Settings>)
    : {};
  const translation = translate(takeIn([readManifest('input.yaml', bytes)]), {
    ...defaultSettings,
    // The policies for the defaults would stand in every case; they have cases of their own.
    defaults: 'adopt',
    ...own,
    target,
  });
  // So would the identities that every estate with security policies gets.
  const shown = (object: { kind: string }): boolean =>
    input.includes('mesh-config') || (object.kind !== 'MeshIdentity' && object.kind !== 'MeshTrust');
  const diagnostics = locateDiagnostics(translation, () => bytes.toString('utf8')).filter(
    ({ code, line }) => input.includes('mesh-config') || line !== undefined || !code.startsWith('ISTHMUS-ID-'),
  );
  return {
    target,
    emitted: translation.emitted
      .filter(({ object }) => shown(object))
      .map(({ role, object, place }) => ({ [`${role}${inWords(place)}`]: object as unknown as Json })),
    fields: Object.fromEntries(
      [...translation.ledger, ...translation.context.filter(({ resource }) => isRoute(resource))].flatMap(
        ({ resource, fields }) =>
          fields.map(({ path, outcome: what, code }) => [
            `${resource.kind}/${resource.name} ${path}`,
            code === undefined ? what : `${what} ${code}`,
          ]),
      ),
    ),
    findings: diagnostics.map(
      ({ severity, code, line, message }) => `${severity} ${code} line ${line ?? '-'}: ${message}`,
    ),
  };
}

const versionsOf = (input: string): readonly TargetVersion[] => {
  const texts = targetVersions.map((version) => JSON.stringify({ ...(outcome(input, version) as object), target: '' }));
  return targetVersions.filter((_, index) => texts.indexOf(texts[index] as string) === index);
};

const from = fileURLToPath(new URL('./from/', import.meta.url));
describe.each(readdirSync(from).filter((name) => existsSync(join(from, name, 'golden'))))('%s', (kind) => {
  // A version stands in the expectation only where its outcome is another than that of an earlier one.
  test.each(goldenCases(join(from, kind, 'golden')))('$name', ({ input, expected }) => {
    checkGolden(expected, writeYamlDocuments(versionsOf(input).map((version) => outcome(input, version))));
  });
});
