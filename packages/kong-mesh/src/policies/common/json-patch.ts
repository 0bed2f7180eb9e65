import type { Json } from '@isthmus/kubernetes';
import type { Report } from './resource.ts';

/** One operation of a JSON patch. */
export interface JsonPatch {
  readonly op: string;
  readonly path: string;
  readonly from?: string;
  readonly value?: Json;
}

/** kuma, pkg/plugins/policies/core/jsonpatch/validators/validator.go; operations and their type are the schema's. */
export function checkJsonPatches(patches: readonly JsonPatch[], path: string, report: Report): void {
  for (const [index, { op, path: target, from, value }] of patches.entries()) {
    const item = `${path}[${index}]`;
    const moves = op === 'move' || op === 'copy';
    const writes = op === 'add' || op === 'replace';
    if (moves !== (from !== undefined)) report(`${item}.from`, moves ? `${op} needs it` : `${op} has none`);
    if (writes !== (value !== undefined)) report(`${item}.value`, writes ? `${op} needs it` : `${op} has none`);
    if (op === 'remove' && (target === '' || target === '/')) report(`${item}.path`, 'the whole cannot be removed');
  }
}
