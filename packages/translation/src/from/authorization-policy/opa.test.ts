import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { selects, takeIn } from '@isthmus/istio';
import { isMap, type JsonObject, parseJson, readManifest } from '@isthmus/kubernetes';
import { afterAll, expect, test } from 'vitest';
import type { RecordedAccess, RecordedApproach } from '../../../../../conformance/istio-access.ts';
import { createWorkings } from '../../context.ts';
import { securityOf } from '../../security/view.ts';
import { defaultSettings } from '../../settings.ts';
import { translate } from '../../translate.ts';
import { regoOf } from './rego.ts';

// The drafts of MeshOPA before OPA itself: `ISTHMUS_OPA` names its program, else `opa` is looked for. The goldens hold what the
// drafts say; here real answers of Istio say what they are to decide. Verified with OPA 1.22.3.

const opa = process.env.ISTHMUS_OPA ?? 'opa';
const isThere = spawnSync(opa, ['version']).status === 0;
if (!isThere) console.warn('OPA is not found (ISTHMUS_OPA, or opa on the PATH): the drafts of MeshOPA are not run.');

const scratch = mkdtempSync(join(tmpdir(), 'isthmus-opa-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

/** What the Envoy plugin of OPA gets of a request (envoy.service.auth.v3.CheckRequest). */
const inputOf = ({ client, port, method, path, host, headers }: RecordedApproach): object => ({
  attributes: {
    source: {
      address: { socketAddress: { address: client.sourceIp } },
      ...(client.tls === 'mtls' && client.identity !== null ? { principal: client.identity } : {}),
    },
    destination: { address: { socketAddress: { portValue: port } } },
    request: {
      http: {
        method,
        path,
        host,
        headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value])),
      },
    },
  },
});

/** The decisions of a module on some requests, in their order; Rego 0 and 1 have to take it alike. */
function decisions(rego: string, inputs: readonly object[], ...flags: readonly string[]): readonly boolean[] {
  const [policy, data] = [join(scratch, 'policy.rego'), join(scratch, 'data.json')];
  writeFileSync(policy, rego);
  writeFileSync(data, JSON.stringify({ requests: inputs }));
  const query = '[found | request := data.requests[_]; found := data.envoy.authz.allow with input as request]';
  const args = ['eval', ...flags, '--format', 'raw', '--data', policy, '--data', data, query];
  const { status, stdout, stderr } = spawnSync(opa, args, { encoding: 'utf8' });
  expect(`${stderr}${status === 0 ? '' : `${stdout}\n${rego}`}`).toBe('');
  return JSON.parse(stdout) as boolean[];
}

const records = gunzipSync(readFileSync(new URL('../../../../../conformance/istio-access.jsonl.gz', import.meta.url)))
  .toString('utf8')
  .trim()
  .split('\n')
  .map((line) => parseJson(line) as unknown as RecordedAccess);

const settings = { ...defaultSettings, complete: true };
const estateOf = ({ id, resources }: RecordedAccess) =>
  takeIn([readManifest(`${id}.yaml`, new TextEncoder().encode(resources))]);

/** Requests of a record that reach the policies by HTTP, without a token: tokens are to be written by hand. */
const askedOf = ({ requests }: RecordedAccess): readonly RecordedApproach[] =>
  requests.filter(
    ({ method, outcome, jwt, port }) => method !== null && outcome !== 'refused' && !jwt && port === 8080,
  );

/** Whether OPA gets to know what the policies ask: tokens, the remote address and server names it does not. */
const isWhole = (rego: string): boolean => !rego.includes('to be written by hand');

const unclear = /%[0-9A-Fa-f]{2}|\\|\/\.{1,2}(\/|;|$)/;

test.runIf(isThere)(
  'each draft of the recorded estates is taken by OPA, by both versions of Rego',
  () => {
    let drafts = 0;
    for (const record of records) {
      const { emitted } = translate(estateOf(record), settings);
      for (const { object } of emitted) {
        if (object.kind !== 'MeshOPA') continue;
        const spec = (isMap(object.spec as JsonObject) ? object.spec : {}) as {
          default: { appendPolicies: readonly { rego: { inlineString: string } }[] };
        };
        const [first] = spec.default.appendPolicies;
        const inputs = askedOf(record).slice(0, 4).map(inputOf);
        const rego = first?.rego.inlineString ?? '';
        expect(decisions(rego, inputs, '--v0-compatible')).toEqual(decisions(rego, inputs));
        drafts++;
        if (drafts > 40) return;
      }
    }
    expect(drafts).toBeGreaterThan(20);
  },
  120_000,
);

test.runIf(isThere)(
  'OPA lets nobody through whom Istio was recorded to deny, and whom it does not the draft says',
  () => {
    const counts = { same: 0, refusedForPath: 0, byHand: 0 };
    const wrong: string[] = [];
    for (const record of records) {
      const view = securityOf(createWorkings(estateOf(record), settings).context);
      const own = view.policies.filter(
        ({ scope, action, dryRun, attached, problems }) =>
          selects(scope, record.server) &&
          !dryRun &&
          !attached &&
          (action === 'ALLOW' || (action === 'DENY' && problems.length === 0)),
      );
      const asked = askedOf(record);
      if (own.length === 0 || asked.length === 0) continue;
      const rego = regoOf(view, own);
      for (const [index, allowed] of decisions(rego, asked.map(inputOf)).entries()) {
        const request = asked[index] as RecordedApproach;
        if (allowed === (request.outcome === 'allowed')) counts.same++;
        else if (!allowed && unclear.test(request.path ?? '')) counts.refusedForPath++;
        else if (!allowed && !isWhole(rego)) counts.byHand++;
        else wrong.push(`${record.id} ${allowed ? 'allowed' : 'denied'} by OPA: ${JSON.stringify(request)}\n${rego}`);
      }
    }

    expect(wrong.slice(0, 3)).toEqual([]);
    expect(wrong).toHaveLength(0);
    // 1,919, 70 and 44 with the records of today.
    expect(counts.same).toBeGreaterThan(1900);
  },
  120_000,
);
