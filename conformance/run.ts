// Compares what Isthmus predicts with the decisions recorded from the real things: `npm run conformance [-- DIR]`.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { gunzipSync } from 'node:zlib';
import { parseJson } from '@isthmus/kubernetes';
import { istioAccess } from './istio-access.ts';
import { istioDestinationRules, istioDestinationRulesWider } from './istio-destination-rules.ts';
import { istioRouting } from './istio-routing.ts';
import { kongGatewayRouting } from './kong-gateway-routing.ts';
import { kubernetesYaml } from './kubernetes-yaml.ts';
import { kumaAccess, kumaAccessWider } from './kuma-access.ts';
import { kumaAdmission } from './kuma-admission.ts';
import { kumaResilience, kumaResilienceWider } from './kuma-resilience.ts';
import { kumaRouting, kumaRoutingWider } from './kuma-routing.ts';
import type { Comparison, Suite } from './suite.ts';

/** One suite a file, in the order in which they run. */
const suites: readonly Suite[] = [
  kubernetesYaml,
  kumaAdmission('2.13'),
  kumaAdmission('2.14'),
  kumaAdmission('3.0'),
  kumaRouting,
  kumaRoutingWider,
  kumaResilience,
  kumaResilienceWider,
  kumaAccess,
  kumaAccessWider,
  istioRouting,
  istioDestinationRules,
  istioDestinationRulesWider,
  istioAccess,
  kongGatewayRouting,
];

/** The lines of a suite's file; undefined where the folder has none. */
function recordsOf({ file }: Suite, folder: string): string[] | undefined {
  const plain = join(folder, `${file}.jsonl`);
  const compressed = `${plain}.gz`;
  if (!existsSync(plain) && !existsSync(compressed)) return undefined;
  const text = existsSync(plain) ? readFileSync(plain, 'utf8') : gunzipSync(readFileSync(compressed)).toString('utf8');
  return text.split('\n').filter((line) => line !== '');
}

function run(suite: Suite, lines: readonly string[]): { agreeing: number; disagreements: Comparison[] } {
  const disagreements: Comparison[] = [];
  let agreeing = 0;
  for (const line of lines) {
    for (const comparison of suite.compare(parseJson(line))) {
      if (comparison.agrees) agreeing++;
      else disagreements.push(comparison);
    }
  }
  return { agreeing, disagreements };
}

const { values, positionals } = parseArgs({ options: { result: { type: 'string' } }, allowPositionals: true });
const folder = positionals[0] === undefined ? fileURLToPath(new URL('.', import.meta.url)) : resolve(positionals[0]);
let passed = 0;
let failed = 0;
for (const suite of suites) {
  const lines = recordsOf(suite, folder);
  if (lines === undefined) {
    console.log(`${suite.file}: no such file, passed over`);
    continue;
  }
  const { agreeing, disagreements } = run(suite, lines);
  for (const { case: what, expected, actual } of disagreements)
    console.log(`\n${suite.file} disagrees\n  case:     ${what}\n  recorded: ${expected}\n  ours:     ${actual}`);
  console.log(`${suite.file}: ${agreeing} of ${agreeing + disagreements.length} agree`);
  passed += agreeing;
  failed += disagreements.length;
}
if (values.result !== undefined) writeFileSync(values.result, JSON.stringify({ passed, failed }));
if (passed + failed === 0) console.error(`${folder} has no file of records`);
process.exitCode = failed === 0 && passed > 0 ? 0 : 1;
