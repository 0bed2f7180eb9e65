import type { Migration } from '@isthmus/contract';
import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Beside } from '../../ui/panes.tsx';
import classes from './behaviour.module.css';
import { serviceBehaviourQuery } from './queries.ts';
import { simulatorOf, subjectOf } from './request-address.ts';
import { VerdictList } from './verdict-list.tsx';

/** The verdicts on the service of a row. */
export function Detail(props: {
  migration: Migration;
  service: string;
  /** The one that is chosen, where the snapshot holds several. */
  cluster: string | undefined;
  onClose: () => void;
}) {
  const { migration, service, cluster, onClose } = props;
  const { data, error } = useQuery(serviceBehaviourQuery(migration.id, service, cluster));
  return (
    <Beside label={`Behaviour of ${service}`} heading={service} closes="Close the service" onClose={onClose}>
      <div className={classes.links}>
        <Button
          size="compact-md"
          variant="default"
          renderRoot={(rest) => (
            <Link {...rest} to="/migrations/$id/workbench" params={{ id: migration.id }} search={subjectOf(service)} />
          )}
        >
          Before and after
        </Button>
        <Button
          size="compact-md"
          variant="default"
          renderRoot={(rest) => (
            <Link
              {...rest}
              to="/migrations/$id/workbench"
              params={{ id: migration.id }}
              search={{ ...simulatorOf(service), cluster }}
            />
          )}
        >
          Simulate a request
        </Button>
      </div>
      {data === undefined ? (
        error === null ? (
          <p className="muted" role="status">
            Comparing both meshes …
          </p>
        ) : (
          <p role="alert">{error.message}</p>
        )
      ) : (
        <VerdictList migration={migration} behaviour={data} cluster={cluster} />
      )}
    </Beside>
  );
}
