import type { Service } from '@isthmus/contract';
import { Button } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { count, whole } from '../../text/format.ts';
import { Section } from '../../ui/page.tsx';
import { SeverityMark } from '../../ui/status.tsx';
import { tell, tellFailure } from '../../ui/tell.ts';
import { followCluster } from './follow.ts';
import { evidenceQuery } from './queries.ts';
import { showsWords } from './words.ts';

/** What the connected clusters show of a service beside its phase; nothing where no cluster is connected. */
export function ServiceClusterSection({ migration, service }: { migration: string; service: Service }) {
  const { data } = useQuery(evidenceQuery(migration));
  const evidence = data?.services.find((one) => one.service === service.id);
  const follow = useMutation({
    mutationFn: () => followCluster(migration, service, evidence),
    onSuccess: (phase) => phase !== undefined && tell(`${service.id} is ${phase} now.`),
    onError: tellFailure,
  });
  if (data === undefined || data.state === 'none') return null;
  if (evidence === undefined)
    return (
      <Section title="In the clusters">
        <p className="muted">{data.problem ?? 'The clusters are being read, or do not show this service.'}</p>
      </Section>
    );
  const { shows, istio, kongMesh, other, policies, disagreement, suggestion } = evidence;
  const expected = policies.applied + policies.missing + policies.changed;
  return (
    <Section title="In the clusters">
      <p>
        Served by {showsWords[shows]}: {count(istio, 'ready endpoint')} in Istio, {whole(kongMesh)} in Kong Mesh
        {other > 0 && `, ${whole(other)} in no mesh`}.
        {expected > 0 && ` ${whole(policies.applied)} of ${count(expected, 'policy', 'policies')} applied as emitted.`}
      </p>
      {disagreement !== undefined && (
        <p role="status">
          <SeverityMark severity="warning" /> The phase {service.phase} cannot be true. {disagreement}
        </p>
      )}
      {suggestion !== undefined && (
        <div>
          <Button variant="default" loading={follow.isPending} onClick={() => follow.mutate()}>
            Set the phase to {suggestion}
          </Button>
        </div>
      )}
    </Section>
  );
}
