import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import { count, whole } from '../../text/format.ts';
import { Section } from '../../ui/page.tsx';
import { behaviourQuery } from '../behaviour/queries.ts';
import { VerdictLabel } from '../behaviour/verdict.tsx';
import classes from './page.module.css';
import { verdictCounts, verdictSentence } from './verdicts.ts';

/** As many are compared within a second or so; more only when somebody asks, since a comparison keeps a core of the server busy. */
const mostUnasked = 300;

const verdicts = ['differs', 'undecided', 'accepted', 'same'] as const;

/** Whether traffic will behave the same, as counts of services; each leads to their list. */
export function VerdictSection({ id, services }: { id: string; services: number }) {
  const [isAsked, setAsked] = useState(false);
  const { data, error, isFetching } = useQuery({ ...behaviourQuery(id), enabled: isAsked || services <= mostUnasked });
  const counts = useMemo(() => data && verdictCounts(data.rows), [data]);
  if (services === 0) return null;
  if (data === undefined || counts === undefined)
    return (
      <Section title="Verdicts" note="Whether both meshes treat every request alike, service by service.">
        {error !== null ? (
          <p role="alert">{error.message}</p>
        ) : isFetching ? (
          <p className="muted" role="status">
            Comparing {count(services, 'service')} …
          </p>
        ) : (
          <div>
            <Button size="compact-md" variant="default" onClick={() => setAsked(true)}>
              Compare all {whole(services)} services
            </Button>
          </div>
        )}
      </Section>
    );
  return (
    <Section title="Verdicts" note={verdictSentence(counts, data)}>
      <ul className={classes.legend}>
        {verdicts
          .filter((verdict) => counts[verdict] > 0)
          .map((verdict) => (
            <li key={verdict}>
              <Link to="/migrations/$id/behaviour" params={{ id }} search={{ verdict }}>
                <span className="number">{whole(counts[verdict])}</span> <VerdictLabel verdict={verdict} />
              </Link>
            </li>
          ))}
      </ul>
    </Section>
  );
}
