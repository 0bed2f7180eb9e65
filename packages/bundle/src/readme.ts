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

/** Which control plane each folder is for, where there are several. */
function howToApply({ zones, emitted }: Translation): string[] {
  if (zones === undefined) return [];
  const isGlobal = emitted.some(({ place }) => place?.kind === 'global');
  return [
    `The bundle is for ${zones.length} zones under one global control plane:`,
    '',
    ...(isGlobal ? ['- `global`: apply it to the global control plane first'] : []),
    ...zones.map(({ cluster, zone }) => `- \`zones/${zone}\`: for cluster ${cluster}`),
    '',
    'Below, directories are those of one of these folders.',
    '',
  ];
}

/** The page that whoever receives a bundle reads first. */
export function readme(translation: Translation, directories: readonly string[]): string {
  const { settings, emitted, diagnostics } = translation;
  const blockers = diagnostics.filter(({ severity }) => severity === 'blocker').length;
  const drafts = emitted.filter(({ role }) => role === 'draft').length;
  const patches = emitted.filter(({ role }) => role === 'patch').length;
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
      : 'Apply the directories in this order, each with `kubectl apply -k DIRECTORY` (kubectl 1.27 or newer), and look at the mesh in between; `kubectl apply -k .` applies all of them in this order:',
    '',
    ...directories.map((directory, index) => `${index + 1}. \`${directory}\`: ${steps[directory.slice(3)] ?? ''}`),
    ...(directories.length === 0 ? [] : ['']),
    ...(patches === 0
      ? []
      : [
          `\`patches/\` changes ${patches} of your own objects. \`kubectl kustomize patches\` shows them as they become. Each \`patches/namespace-…\` is a Kustomize component without the objects: name it under \`components\` in the kustomization that holds yours. Apply the changes before the routes.`,
          '',
        ]),
    ...(drafts === 0
      ? []
      : [`\`drafts/\` holds ${drafts} resources for a person to finish; no kustomization includes them.`, '']),
  ];
  return `${lines.join('\n').trimEnd()}\n`;
}
