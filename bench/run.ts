// `npm run bench`: prints each number with the limit that it is held to; exits 1 where one is missed beyond noise.
// Every number is a ratio of two things measured in the same run, or a size, so that it says the same on any machine.
import { benchCluster } from './cluster.ts';
import { benchHundredRoutes } from './hundred-routes.ts';
import { benchPlan } from './plan.ts';
import { benchServer } from './server.ts';
import { benchTranslate } from './translate.ts';
import { benchVerify } from './verify.ts';
import { benchYaml } from './yaml.ts';

const benches: Readonly<Record<string, () => boolean | Promise<boolean>>> = {
  Manifests: benchYaml,
  'Command line': benchTranslate,
  Behaviour: benchVerify,
  'One large service': benchHundredRoutes,
  Plan: benchPlan,
  Server: benchServer,
  Cluster: benchCluster,
};

let good = true;
for (const [title, bench] of Object.entries(benches)) {
  console.log(title);
  if (!(await bench())) good = false;
}
process.exitCode = good ? 0 : 1;
