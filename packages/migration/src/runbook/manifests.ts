import { writeYamlDocuments } from '@isthmus/kubernetes';
import type { Cluster } from '../bridge/placed.ts';
import type { Move } from './moves.ts';
import { removing, type Written } from './portions.ts';

/** A file of a bundle; the path is relative, with `/`. */
export interface BundleFile {
  readonly path: string;
  readonly text: string;
}

/** Where a file of a cluster lies within a folder. */
export const placeIn = (folder: string, cluster: Cluster, name: string): string =>
  cluster === 'shared' ? `${folder}/${name}` : `${folder}/${cluster}/${name}`;

const takesByName = (lines: readonly string[]): boolean => lines.some((line) => line.startsWith('remove '));

/** A script that stops at the first failure. */
const scriptOf = (head: readonly string[], lines: readonly string[]): string =>
  `${['#!/bin/sh', 'set -eu', ...head, 'cd "$(dirname "$0")"', ...(takesByName(lines) ? removing : []), ...lines].join('\n')}\n`;

const filesOf = (folder: string, moves: readonly Move[]): BundleFile[] =>
  moves.flatMap(({ cluster, portions }) =>
    portions.map(({ file, documents }) => ({
      path: placeIn(folder, cluster, file),
      text: writeYamlDocuments(documents),
    })),
  );

/** What a stage applies, waits for and removes. */
export function manifestsOf(moves: readonly Move[], folder: string, { form }: Written): BundleFile[] {
  const scripts = moves.flatMap(({ verb, cluster, lines }): BundleFile[] => {
    if (verb === 'wait') return [{ path: placeIn(folder, cluster, 'wait.sh'), text: scriptOf([], lines) }];
    // kumactl takes names, one by one.
    if (verb !== 'delete' || form === 'kubernetes') return [];
    return [{ path: placeIn(folder, cluster, 'delete.sh'), text: scriptOf([], lines) }];
  });
  return [...filesOf(folder, moves), ...scripts];
}

/** The variables that name the contexts of kubectl where there are two clusters. */
const contexts = { istio: 'ISTIO', kong: 'KONG' } as const;
const owners = { istio: 'Istio', kong: 'Kong Mesh' } as const;

const contextsIn = (moves: readonly Move[]): (keyof typeof contexts)[] =>
  (['istio', 'kong'] as const).filter((own) =>
    moves.some(({ cluster, lines }) => cluster === own && lines.some((line) => line.startsWith('kubectl'))),
  );

/** What a person says before the script of a way back: which context is which cluster, where there are two. */
export const contextsOf = (moves: readonly Move[]): string =>
  contextsIn(moves)
    .map((own) => `${contexts[own]}=<context> `)
    .join('');

/** What takes the clusters back: one script, since neither cluster can go back before the other has done its part. */
export function rollbackOf(moves: readonly Move[], folder: string): BundleFile[] {
  if (moves.length === 0) return [];
  const head = contextsIn(moves).map(
    (own) => `: "\${${contexts[own]}:?name the context of kubectl for the cluster of ${owners[own]}}"`,
  );
  const lines = moves.flatMap(({ cluster, lines: own }) =>
    cluster === 'shared'
      ? own
      : own.map((line) =>
          line
            .replace(/^kubectl/, `kubectl --context "$${contexts[cluster]}"`)
            .replace(/ -f (\S+)$/, ` -f ${cluster}/$1`),
        ),
  );
  return [{ path: `${folder}/rollback.sh`, text: scriptOf(head, lines) }, ...filesOf(folder, moves)];
}
