import { descend, rootField, text } from '@isthmus/kubernetes';
import type { Facts } from './facts.ts';

/** Whether sidecars are native ones, which start before init containers and end with jobs; undefined where that depends on the cluster. */
export function hasNativeSidecars({ settings, ofKind }: Facts): boolean | undefined {
  // The default from 2.14 on, and only so in 3.0 (verified by running kuma 2.14 and 3.0).
  if (settings.target === '2.13') return false;
  const minors = ofKind('', 'Node').flatMap((node) => {
    const version = text(descend(rootField(node), 'status', 'nodeInfo', 'kubeletVersion'))?.value;
    const minor = /^v1\.(\d+)/.exec(version ?? '')?.[1];
    return minor === undefined ? [] : [Number(minor)];
  });
  return minors.length === 0 ? undefined : minors.every((minor) => minor >= 29);
}
