import type { Workbench } from '@isthmus/contract';
import { Button } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { call } from '../../../api/client.ts';
import { Accept } from '../../../ui/accept.tsx';
import { tellFailure } from '../../../ui/tell.ts';
import { Compare } from './compare.tsx';
import classes from './overrides.module.css';
import { readAnew } from './queries.ts';
import { setUnkept, useUnkept } from './unkept.ts';
import { useRemove } from './use-remove.tsx';
import { decisionOf, outcomeWords } from './words.ts';

type Document = Workbench['after'][number];

/** The subject of an override of a shown resource. */
export const subjectOfDocument = ({ resource, place }: Document) => ({
  ...resource,
  ...(place === undefined ? {} : { place }),
});

export interface DecisionProps {
  readonly migration: string;
  readonly document: Document;
  /** Opens the editor, with the text that is shown or another one. */
  readonly onEdit: (text?: string) => void;
}

/** What was decided about the resource that is shown, and what can be. */
export function Decision({ migration, document, onEdit }: DecisionProps) {
  const [isCompared, setCompared] = useState(false);
  const override = document.override?.override;
  const subject = subjectOfDocument(document);
  const unkept = useUnkept(migration, subject);
  const discard = (): void => setUnkept(migration, subject, undefined);
  const remove = useRemove(migration);
  const leaveOut = useMutation({
    mutationFn: (reason: string) =>
      call('POST /migrations/:id/overrides', {
        params: { id: migration },
        body: {
          subject,
          change: 'leave-out',
          reason,
          revision: override?.revision ?? 0,
          ...(document.emitted === undefined ? {} : { emitted: document.emitted }),
        },
      }),
    onSuccess: () => readAnew(migration),
    onError: tellFailure,
  });
  const words = override && outcomeWords[override.state];
  const canEdit = override?.change !== 'leave-out' || override.state !== 'applied';
  return (
    <div className={classes.note}>
      {unkept !== undefined && (
        <>
          <p role="status">
            <strong>○ Your edit is not kept yet.</strong> Nobody else sees it, and it is gone with this tab of the
            browser.
          </p>
          <Button size="compact-md" onClick={() => onEdit()}>
            Go on editing
          </Button>
          <Button size="compact-md" variant="default" onClick={discard}>
            Discard it
          </Button>
        </>
      )}
      {override !== undefined && words !== undefined && (
        <p>
          <strong className={words.blocks ? classes.blocks : undefined}>
            {words.blocks ? '✕' : '●'} Override, {words.word}.
          </strong>{' '}
          {decisionOf(override)}
          {override.widens && (
            <span className="muted">
              {' '}
              · may widen access
              {override.acceptsWidening === undefined ? '' : `, accepted: ${override.acceptsWidening}`}
            </span>
          )}
        </p>
      )}
      {words?.blocks ? (
        <Button size="compact-md" onClick={() => setCompared(true)}>
          Resolve …
        </Button>
      ) : (
        canEdit &&
        unkept === undefined && (
          <Button size="compact-md" variant="default" onClick={() => onEdit()}>
            {document.role === 'draft' ? 'Finish the draft' : 'Edit'} <span aria-hidden="true">&nbsp;▸</span>
          </Button>
        )
      )}
      {override === undefined ? (
        document.role !== 'draft' && (
          <Accept
            question="Why is it not to be applied?"
            opener="Leave out …"
            answer="Leave out"
            isPending={leaveOut.isPending}
            onAccept={(reason) => leaveOut.mutate(reason)}
          />
        )
      ) : (
        <>
          {!words?.blocks && (
            <Button size="compact-md" variant="default" onClick={() => setCompared(true)}>
              Compare
            </Button>
          )}
          <Button
            size="compact-md"
            variant="default"
            loading={remove.isPending}
            onClick={() => remove.mutate(override)}
          >
            Remove the override
          </Button>
        </>
      )}
      {isCompared && override !== undefined && (
        <Compare
          migration={migration}
          override={override}
          onClose={() => setCompared(false)}
          onEdit={
            override.change === 'leave-out'
              ? undefined
              : (text) => {
                  setCompared(false);
                  discard();
                  onEdit(text);
                }
          }
        />
      )}
    </div>
  );
}
