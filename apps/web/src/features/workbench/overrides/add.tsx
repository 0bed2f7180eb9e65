import { Button } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useId, useState } from 'react';
import { call } from '../../../api/client.ts';
import { isProblem } from '../../../api/problem.ts';
import { Dialog } from '../../../ui/dialog.tsx';
import { tell } from '../../../ui/tell.ts';
import classes from './overrides.module.css';
import { readAnew } from './queries.ts';
import { setUnkept, type Unkept, useUnkept } from './unkept.ts';
import { WideningField } from './widening-field.tsx';
import { nameOfSubject } from './words.ts';

export interface AddProps {
  readonly migration: string;
  readonly onClose: () => void;
}

const beginning = `apiVersion: kuma.io/v1alpha1
kind: MeshTimeout
metadata:
  name: ours
  namespace: kong-mesh-system
  labels:
    kuma.io/mesh: default
spec:
  targetRef:
    kind: Mesh
`;

const empty: Unkept = { text: beginning, reason: '', accepts: '', seen: { revision: 0 } };

/**
 * A resource of one's own for the bundle. It is edited like others once it is there. What is written stays when the dialog
 * is closed, until it is added or cancelled.
 */
export function Add({ migration, onClose }: AddProps) {
  const id = useId();
  const { text, reason, accepts } = useUnkept(migration, undefined) ?? empty;
  const write = (part: Partial<Unkept>): void =>
    setUnkept(migration, undefined, { ...empty, text, reason, accepts, ...part });
  const end = (): void => {
    setUnkept(migration, undefined, undefined);
    onClose();
  };
  const [found, setFound] = useState<{ message?: string; widens?: boolean }>({});
  const save = useMutation({
    mutationFn: async () => {
      const draft = { change: 'add' as const, text };
      const params = { id: migration };
      const { widens } = await call('POST /migrations/:id/overrides/assessment', { params, body: draft });
      // Whoever has not seen the question yet is asked first; without an answer it is kept, and blocks.
      if (widens && !found.widens) {
        setFound({ widens });
        return undefined;
      }
      const accepted = widens && accepts.trim() !== '' ? { acceptsWidening: accepts.trim() } : {};
      const body = { ...draft, reason: reason.trim(), revision: 0, ...accepted };
      return call('POST /migrations/:id/overrides', { params, body });
    },
    onError: (error) => setFound({ ...found, message: isProblem(error) ? error.problem.detail : String(error) }),
    onSuccess: async (saved) => {
      if (saved === undefined) return;
      await readAnew(migration);
      tell(`${nameOfSubject(saved.subject)} is part of the bundle.`);
      end();
    },
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (reason.trim() !== '') save.mutate();
  };
  return (
    <Dialog title="Add a resource of your own" width={760} onClose={onClose}>
      <form
        className={classes.bar}
        onSubmit={submit}
        style={{ maxHeight: 'none', border: 0, padding: 0, background: 'none' }}
      >
        <label htmlFor={`${id}-text`}>The resource, as YAML</label>
        <textarea
          id={`${id}-text`}
          data-autofocus
          className={classes.text}
          spellCheck={false}
          value={text}
          onChange={({ target }) => write({ text: target.value })}
        />
        <div className={classes.field}>
          <label htmlFor={`${id}-reason`}>Why is it added?</label>
          <input
            id={`${id}-reason`}
            value={reason}
            maxLength={2000}
            autoComplete="off"
            onChange={({ target }) => write({ reason: target.value })}
          />
        </div>
        {found.widens && (
          <WideningField id={`${id}-widens`} value={accepts} onChange={(accepts) => write({ accepts })} />
        )}
        <p role="status" className={classes.problem}>
          {found.message}
        </p>
        <div className={classes.actions}>
          <Button type="submit" disabled={reason.trim() === ''} loading={save.isPending}>
            Add the resource
          </Button>
          <Button variant="default" onClick={end}>
            Cancel
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
