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
        ...(path === undefined ? {} : { path }),
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
