import type { Migration } from '@isthmus/contract';
import { Button } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { isProblem } from '../../api/problem.ts';
import { keys, queryClient } from '../../api/queries.ts';
import { tell, tellFailure } from '../../ui/tell.ts';
import { changeMigration } from '../settings/change.ts';
import classes from './completeness.module.css';

/**
 * Whether the import is the whole estate. What follows from something being absent is emitted only then: a lone
 * VirtualService must never open a mesh.
 */
export function Completeness({ migration }: { migration: Migration }) {
  const { complete } = migration.settings;
  const change = useMutation({
    mutationFn: (next: boolean) =>
      changeMigration(migration.id, { revision: migration.revision, settings: { complete: next } }),
    onSuccess: ({ settings }) =>
      tell(
        settings.complete
          ? 'The import counts as the whole estate now.'
          : 'The import counts as a part of the estate now.',
      ),
    onError: (error) => {
      void queryClient.invalidateQueries({ queryKey: keys.migration(migration.id), exact: true });
      if (isProblem(error, 'conflict'))
        tell('Somebody changed this migration meanwhile; here is what they left. Answer again if it should differ.');
      else tellFailure(error);
    },
  });
  if (complete)
    return (
      <p className={classes.settled}>
        This import is declared to be the whole estate: what is absent from it is absent from the mesh.{' '}
        <Button size="compact-sm" variant="default" loading={change.isPending} onClick={() => change.mutate(false)}>
          It is only a part
        </Button>
      </p>
    );
  return (
    <section className={classes.question} aria-labelledby="complete">
      <h2 id="complete" className={classes.heading}>
        Is this import the whole estate?
      </h2>
      <p>
        As long as it may be a part, nothing is concluded from what is absent: without an AuthorizationPolicy, say,
        Istio allows everything, yet one may only be missing here. What rests on such a conclusion is a draft with a
        warning. Declared whole, it becomes part of the bundle.
      </p>
      <div className={classes.answers}>
        <Button variant="default" loading={change.isPending} onClick={() => change.mutate(true)}>
          Yes, it is the whole estate
        </Button>
        <span className="muted">Counts as a part now; it can be changed at any time.</span>
      </div>
    </section>
  );
}
