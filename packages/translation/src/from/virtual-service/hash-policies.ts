import type { HashPolicy } from '@isthmus/behavior';
import { durationText } from './durations.ts';

function written(policy: HashPolicy): object {
  switch (policy.kind) {
    case 'header':
      return { type: 'Header', header: { name: policy.name } };
    case 'cookie': {
      const { name, path, ttl } = policy;
      const cookie = {
        name,
        ...(ttl === undefined ? {} : { ttl: durationText(ttl) }),
        // Another path would be refused (routing.md 2.6); it is that of a cookie that the proxy sets, and no part of the hash.
        ...(path?.startsWith('/') ? { path } : {}),
      };
      return { type: 'Cookie', cookie };
    }
    case 'query':
      return { type: 'QueryParameter', queryParameter: { name: policy.name } };
    case 'sourceIp':
      return { type: 'Connection', connection: { sourceIP: true } };
    case 'filterState':
      return { type: 'FilterState', filterState: { key: policy.key } };
  }
}

/** What the choice of an endpoint depends on, as Kong Mesh writes it (routing.md 2.6, 3.6). */
export const hashPolicies = (policies: readonly HashPolicy[]): object[] => policies.map(written);
