import type { Judge } from './judge.ts';

/** The judge of one cluster of several, which is a zone of Kong Mesh. */
export interface ZoneJudge {
  readonly cluster: string;
  readonly judge: Judge;
}

/**
 * The judges of all clusters as one: each compares its own cluster, and every verdict says of which it is. The simulator asks the
 * first cluster that has the service.
 * @param first of the judges, as there must be one
 */
export function judgeOfZones(first: ZoneJudge, ...others: readonly ZoneJudge[]): Judge {
  const zones = [first, ...others];
  const having = (service: string): readonly ZoneJudge[] =>
    zones.filter(({ judge }) => judge.services.includes(service));
  const judgeOf = (service: string): Judge => (having(service)[0] ?? first).judge;
  return {
    config: first.judge.config,
    services: [...new Set(zones.flatMap(({ judge }) => judge.services))].sort(),
    portsOf: (service) => [...new Set(having(service).flatMap(({ judge }) => judge.portsOf(service)))],
    verify: (service, accepted) =>
      having(service).flatMap(({ cluster, judge }) =>
        judge.verify(service, accepted).map((row) => ({ ...row, clients: `${row.clients} of cluster ${cluster}` })),
      ),
    notCompared: (service) =>
      having(service).flatMap(({ cluster, judge }) =>
        judge.notCompared(service).map((clients) => `${clients} of cluster ${cluster}`),
      ),
    model: (subject) => judgeOf(`${subject.service.namespace}/${subject.service.name}`).model(subject),
    simulate: (request) => judgeOf(`${request.service.namespace}/${request.service.name}`).simulate(request),
  };
}
