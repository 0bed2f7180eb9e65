import { whole } from '@isthmus/equivalence/tallies';
import type { ResourceForm } from '@isthmus/kong-mesh';
import type { Translation } from '@isthmus/translation';

const steps: Readonly<Record<string, string>> = {
  access: 'who may call whom; before anything turns mTLS on, because Kong Mesh then denies by default',
  mesh: 'the mesh itself',
  identity: 'identity and transport security',
  services: 'Services that routes refer to',
  egress: 'what lies outside of the mesh',
  routing: 'routes',
  resilience: 'timeouts, retries, circuit breaking, load balancing',
  edge: 'the way into the mesh',
};

/** What a bundle has in its directories. */
export interface Contents {
  /** In the order of applying. */
  readonly directories: readonly string[];
  /** Resources in each directory that Kustomize reads, by the folder of its control plane. */
  readonly sizes: ReadonlyMap<string, ReadonlyMap<string, number>>;
  readonly format: ResourceForm;
}

/** Which control plane each folder is for, where there are several. */
function howToApply({ zones, emitted, settings }: Translation): string[] {
  if (zones === undefined) return [];
  const isGlobal = emitted.some(({ place }) => place?.kind === 'global');
  const byKumactl =
    settings.target === '3.0'
      ? ', with kumactl (`sh apply.sh` there), since a global control plane of 3.0 is none of Kubernetes'
      : '';
  return [
    `The bundle is for ${zones.length} zones under one global control plane:`,
    '',
    ...(isGlobal ? [`- \`global\`: apply it to the global control plane first${byKumactl}`] : []),
    ...zones.map(({ cluster, zone }) => `- \`zones/${zone}\`: for cluster ${cluster}`),
    '',
    'Before that, install the control planes: `global/values.yaml` and `values.yaml` of each zone are values for the chart `kong-mesh`, with the command at their top. Where they say FILL-IN is what nobody can know beforehand: the address of the global control plane, which its Service has once it runs, and names of Secrets. Each zone comes with an ingress, by which the others call it: see that they reach the address of its Service. Once the zones are connected and have an identity, copy the MeshTrust of each (`kubectl get meshtrusts`, those with `kuma.io/origin: zone`) to the global control plane, under a name of its own: calls between zones fail without.',
    '',
    'Below, directories are those of one of these folders.',
    '',
  ];
}

const orders: Readonly<Record<ResourceForm, string>> = {
  kubernetes:
    'Apply the directories in this order, each with `kubectl apply -k DIRECTORY` (kubectl 1.27 or newer), and look at the mesh in between; `kubectl apply -k .` applies all of them in this order:',
  universal: [
    'The resources of Kong Mesh are in Universal form, for a Global control plane: `kumactl config control-planes add …`, then `kumactl apply -f FILE` for each file. `sh apply.sh` applies all of them in this order. Directories in `kubernetes/` hold what exists on Kubernetes only: apply them in the cluster of the zone (`kubectl apply -f FILE`). At a Universal zone that belongs to a Global control plane, each resource needs the label `kuma.io/origin: zone`. Give kumactl no variables (`-v`): it would take the template of a MeshIdentity for some of its own. Namespaces stand in front of names: `shop.pay` is `pay` of namespace shop.',
    '',
    'A Global control plane hands policies to all zones. Policies that select proxies by labels, permissions, MeshTLS and identities name the zone; timeouts, retries and the like for the whole mesh hold in every zone.',
    '',
    'In this order:',
  ].join('\n'),
};

const purposeOf = (directory: string): string =>
  `${steps[directory.replace(/^kubernetes\//, '').slice(3)] ?? ''}${directory.startsWith('kubernetes/') ? ', on Kubernetes' : ''}`;

/**
 * What Kustomize takes together without keeping anybody waiting. kubectl 1.32, seconds of a core: a whole bundle of 783 resources
 * took 0.9, of 2,299 8, of 5,239 61; of 11,226 it had not ended after ten minutes of a busy machine.
 */
const mostTogether = 2000;
const mostInDirectory = 5000;

const sum = (numbers: Iterable<number>): number => {
  let total = 0;
  for (const number of numbers) total += number;
  return total;
};

/** How to apply what is too much for Kustomize at once; nothing where it is not. */
function inParts(sizes: Contents['sizes']): string[] {
  const largest = Math.max(0, ...[...sizes.values()].map((own) => sum(own.values())));
  if (largest <= mostTogether) return [];
  const directories = [...sizes].flatMap(([folder, own]) =>
    [...own].flatMap(([directory, size]) =>
      size > mostInDirectory ? [`\`${folder}${directory}\` (${whole(size)})`] : [],
    ),
  );
  return [
    `**Apply the directories one by one**, not all of them with \`kubectl apply -k .\`: there are ${whole(largest)} resources, and the time that Kustomize takes for a whole bundle grows much faster than their number (seconds up to some ${whole(mostTogether)}, a minute with 5,000, many minutes with 10,000).`,
    '',
    ...(directories.length === 0
      ? []
      : [
          `Of directories with more than ${whole(mostInDirectory)} resources apply the files, without Kustomize: \`find DIRECTORY -name '*.yaml' ! -name kustomization.yaml -print0 | sort -z | xargs -0 -n 1 kubectl apply -f\`. These are ${directories.join(', ')}.`,
          '',
        ]),
  ];
}

const words = { edit: 'changed', 'leave-out': 'left out', add: 'added' } as const;
const mostListed = 50;

/** What people decided about emitted resources. */
function overridden({ emitted, overrides }: Translation): string[] {
  if (overrides === undefined) return [];
  const list = emitted.flatMap(({ object: { kind, metadata }, override }) => {
    if (override === undefined) return [];
    const name = metadata.namespace === undefined ? metadata.name : `${metadata.namespace}/${metadata.name}`;
    const { change, by = 'somebody', reason } = override;
    return [`- ${kind} \`${name}\`: ${words[change]} by ${by}: ${reason.replace(/\s+/g, ' ')}`];
  });
  const waiting = overrides.filter(({ state }) => state !== 'applied' && state !== 'idle').length;
  if (list.length + waiting === 0) return [];
  return [
    ...(list.length === 0
      ? []
      : [
          `${list.length} resources are not as they were translated; \`overrides.yaml\` holds what was changed and on which ground:`,
          '',
          ...list.slice(0, mostListed),
          ...(list.length > mostListed ? [`- and ${list.length - mostListed} more`] : []),
          '',
        ]),
    ...(waiting === 0
      ? []
      : [`**${waiting} overrides are not applied**, because their ground has changed or they would be refused.`, '']),
  ];
}

/** The page that whoever receives a bundle reads first. */
export function readme(translation: Translation, { directories, sizes, format }: Contents): string {
  const { settings, emitted, diagnostics } = translation;
  const blockers = diagnostics.filter(({ severity }) => severity === 'blocker').length;
  let drafts = 0;
  let dataplanes = 0;
  let patches = 0;
  for (const { role, object } of emitted) {
    if (role === 'draft') drafts++;
    if (role === 'patch') patches++;
    if (object.kind === 'Dataplane') dataplanes++;
  }
  const lines = [
    `# Kong Mesh ${settings.target} resources, made from Istio's by Isthmus`,
    '',
    blockers === 0
      ? 'No finding blocks this bundle.'
      : `**${blockers} findings block this bundle.** Read them in the report before you apply anything: each names what Istio restricts and this bundle does not.`,
    '',
    ...howToApply(translation),
    directories.length === 0
      ? 'There is nothing to apply: none of the resources has a counterpart in this bundle.'
      : orders[format],
    '',
    ...inParts(sizes),
    ...directories.map((directory, index) => `${index + 1}. \`${directory}\`: ${purposeOf(directory)}`),
    ...(directories.length === 0 ? [] : ['']),
    ...(patches === 0
      ? []
      : [
          `\`patches/\` changes ${patches} of your own objects. \`kubectl kustomize patches\` shows them as they become. Each \`patches/namespace-…\` is a Kustomize component without the objects: name it under \`components\` in the kustomization that holds yours. Apply the changes before the routes.`,
          '',
        ]),
    ...(drafts === 0
      ? []
      : [
          `\`drafts/\` holds ${drafts} resources for a person to finish; ${format === 'kubernetes' ? 'no kustomization includes' : '`apply.sh` does not apply'} them.${dataplanes === 0 ? '' : ' Dataplanes among them are for kuma-dp on the machines (`kuma-dp run --dataplane-file FILE`), each with a token of its own.'}`,
          '',
        ]),
    ...overridden(translation),
  ];
  return `${lines.join('\n').trimEnd()}\n`;
}
