import type { ResourceOverride } from '@isthmus/contract';
import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Dialog } from '../../../ui/dialog.tsx';
import { Failure } from '../../../ui/failure.tsx';
import classes from './overrides.module.css';
import { versionsQuery } from './queries.ts';
import { ThreeWay } from './three-way.tsx';
import { useRemove } from './use-remove.tsx';
import { decisionOf, nameOfSubject, outcomeWords } from './words.ts';

export interface CompareProps {
  readonly migration: string;
  readonly override: ResourceOverride;
  readonly onClose: () => void;
  /** Opens the editor with what is emitted now and the edit on top; absent where there is nothing to edit. */
  readonly onEdit?: ((text: string) => void) | undefined;
}

/** What an override was made on, what is emitted now, and what it makes of it; with the ways to resolve a conflict. */
export function Compare({ migration, override, onClose, onEdit }: CompareProps) {
  const versions = useQuery(versionsQuery(migration, override.id));
  const remove = useRemove(migration, onClose);
  const { sentence, word, blocks } = outcomeWords[override.state];
  const merged = versions.data?.merged;
  return (
    <Dialog title={`${nameOfSubject(override.subject)}: ${word}`} width={1240} onClose={onClose}>
      <p className={classes.lead}>
        {decisionOf(override)}. {sentence}
        {override.refusal !== undefined && ` At ${override.paths.join(', ')}: ${override.refusal}`}
      </p>
      {versions.error !== null ? (
        <Failure error={versions.error} reset={() => void versions.refetch()} />
      ) : versions.data === undefined ? (
        <p role="status">Loading the versions …</p>
      ) : (
        <ThreeWay versions={versions.data} />
      )}
      <div className={classes.actions}>
        {onEdit !== undefined && merged !== undefined && (
          <Button data-autofocus onClick={() => onEdit(merged)}>
            {blocks ? 'Put the edit on what is emitted now …' : 'Go on editing …'}
          </Button>
        )}
        <Button variant="default" loading={remove.isPending} onClick={() => remove.mutate(override)}>
          {override.change === 'add' ? 'Remove the resource' : 'Keep what is translated'}
        </Button>
        <Button variant="default" onClick={onClose}>
          Decide later
        </Button>
      </div>
    </Dialog>
  );
}
