/** One step of applying: a folder with its files. */
interface Step {
  readonly folder: string;
  readonly names: readonly string[];
}

/** A shell script that applies the steps of a Universal bundle in the order given. */
export function applyScript(steps: readonly Step[]): string {
  const lines = steps.flatMap(({ folder, names }) => {
    const command = folder.startsWith('kubernetes/') ? 'kubectl apply' : 'kumactl apply';
    return ['', `echo '${folder}'`, ...names.map((name) => `${command} -f '${folder}/${name}'`)];
  });
  return `${[
    '#!/bin/sh',
    "# Applies this bundle step by step: Kong Mesh's resources at the control plane that kumactl is configured for, what exists",
    '# on Kubernetes only in the cluster that kubectl is configured for. It stops at the first failure.',
    'set -eu',
    'cd "$(dirname "$0")"',
    ...lines,
  ].join('\n')}\n`;
}
