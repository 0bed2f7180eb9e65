// Builds the API server that the tests of live clusters run, once for each of its versions.
import { setPriority } from 'node:os';
import { apiServerBinary, buildApiServer, etcdProgram } from '@isthmus/testkit';

// Out of the way of the suites that run beside it.
setPriority(15);
if (etcdProgram() === undefined) console.warn('Tests of live clusters are skipped: etcd is not installed.');
else if (apiServerBinary() === undefined) {
  console.log('Building kube-apiserver for the tests of live clusters; this takes some minutes once …');
  const failure = buildApiServer();
  if (failure !== undefined) console.warn(`Tests of live clusters are skipped: ${failure}.`);
}
