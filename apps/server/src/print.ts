import { createHash } from 'node:crypto';
import { canonical } from '@isthmus/cluster/model';
import type { JsonObject } from '@isthmus/kubernetes';

/** A short text that two objects share if and only if nothing that counts differs. */
export const printOf = (object: JsonObject): string =>
  createHash('sha256').update(canonical(object)).digest('base64url').slice(0, 22);
