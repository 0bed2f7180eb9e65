import { useQuery } from '@tanstack/react-query';
import { call } from '../../api/client.ts';
import { keys } from '../../api/queries.ts';
import { count } from '../../text/format.ts';
import { Ago } from '../../ui/time.tsx';
import classes from './acceptance.module.css';

/** Acceptances of findings that the newest snapshot does not have any more, or in other words: they count for nothing, and are kept. */
export function FormerAcceptances({ migration }: { migration: string }) {
  const { data } = useQuery({
    queryKey: keys.view(migration, 'acceptances'),
    queryFn: ({ signal }) => call('GET /migrations/:id/acceptances', { params: { id: migration } }, signal),
  });
  const former = data?.acceptances.filter(({ current }) => !current) ?? [];
  if (former.length === 0) return null;
  return (
    <details className={classes.former}>
      <summary>
        {count(former.length, 'acceptance')} of findings that are gone, or say something else now: they count for
        nothing
      </summary>
      <ul>
        {former.map(({ finding, code, subject, message, reason, by, at }) => (
          <li key={finding}>
            <p>
              <code>{code}</code> {subject}
            </p>
            <p className="muted">{message}</p>
            <p>
              Accepted by {by}, <Ago at={at} />: {reason}
            </p>
          </li>
        ))}
      </ul>
    </details>
  );
}
