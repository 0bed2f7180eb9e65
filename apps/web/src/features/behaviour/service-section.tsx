import { useQuery, useSuspenseQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { isProblem } from '../../api/problem.ts';
import { migrationQuery } from '../../api/queries.ts';
import { Section } from '../../ui/page.tsx';
import { serviceBehaviourQuery } from './queries.ts';
import { simulatorOf } from './request-address.ts';
import { VerdictList } from './verdict-list.tsx';

/** The verdicts on a service, for its page. */
export function ServiceBehaviourSection({ migration: id, service }: { migration: string; service: string }) {
  const { data: migration } = useSuspenseQuery(migrationQuery(id));
  const { data, error } = useQuery(serviceBehaviourQuery(id, service));
  return (
    <Section title="Behaviour">
      {data !== undefined ? (
        <>
          <p>
            <Link to="/migrations/$id/workbench" params={{ id }} search={simulatorOf(service)}>
              Simulate a request
            </Link>
          </p>
          <VerdictList migration={migration} behaviour={data} />
        </>
      ) : isProblem(error, 'not-found') ? (
        <p className="muted">Only Services of Kubernetes are compared; this is none.</p>
      ) : error !== null ? (
        <p role="alert">{error.message}</p>
      ) : (
        <p className="muted" role="status">
          Comparing both meshes …
        </p>
      )}
    </Section>
  );
}
