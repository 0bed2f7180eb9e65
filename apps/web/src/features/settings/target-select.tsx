import type { Migration, TargetVersion } from '@isthmus/contract';
import { useMutation } from '@tanstack/react-query';
import { useId } from 'react';
import { isProblem } from '../../api/problem.ts';
import { keys, queryClient } from '../../api/queries.ts';
import { tell, tellFailure } from '../../ui/tell.ts';
import { changeMigration } from './change.ts';
import classes from './target-select.module.css';
import { targets } from './targets.ts';

/** The version of Kong Mesh that everything is translated for. */
export function TargetSelect({ migration }: { migration: Migration }) {
  const id = useId();
  const change = useMutation({
    mutationFn: (target: TargetVersion) =>
      changeMigration(migration.id, { revision: migration.revision, settings: { target } }),
    onSuccess: ({ settings }) => tell(`Everything is translated for Kong Mesh ${settings.target} now.`),
    onError: (error) => {
      if (isProblem(error, 'conflict')) {
        tell(
          'Somebody changed this migration meanwhile. The target is as they left it; choose again if it should differ.',
        );
        void queryClient.invalidateQueries({ queryKey: keys.migration(migration.id), exact: true });
      } else tellFailure(error);
    },
  });
  return (
    <div className={classes.target}>
      <label htmlFor={id}>target</label>
      <select
        id={id}
        className={classes.select}
        value={change.isPending ? change.variables : migration.settings.target}
        disabled={change.isPending}
        onChange={({ target }) => change.mutate(target.value as TargetVersion)}
      >
        {targets.map(({ version, label }) => (
          <option key={version} value={version}>
            {label}
          </option>
        ))}
      </select>
    </div>
  );
}
