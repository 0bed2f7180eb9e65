import type { OverrideSubject, OverrideVersions, ResourceOverride } from '@isthmus/contract';
import { Button } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { type FormEvent, useEffect, useId, useRef, useState } from 'react';
import { call } from '../../../api/client.ts';
import { isProblem } from '../../../api/problem.ts';
import type { CodeEditor } from '../../../editor/code-pane.tsx';
import { EditPane, type Problem } from '../../../editor/edit-pane.tsx';
import { loadYaml, type Monaco, type Yaml } from '../../../editor/load.ts';
import { count } from '../../../text/format.ts';
import { Dialog } from '../../../ui/dialog.tsx';
import { tell, tellFailure } from '../../../ui/tell.ts';
import classes from './overrides.module.css';
import { readAnew, schemaQuery } from './queries.ts';
import { SideBySide } from './three-way.tsx';
import { setUnkept, type Unkept, useUnkept } from './unkept.ts';
import { WideningField } from './widening-field.tsx';
import { nameOfSubject } from './words.ts';

export interface EditingProps {
  readonly migration: string;
  readonly monaco: Monaco;
  readonly subject: OverrideSubject;
  readonly change: 'edit' | 'add';
  /** What is edited. */
  readonly text: string;
  /** Of what the translation emits, as it was seen. */
  readonly emitted: string | undefined;
  readonly override: ResourceOverride | undefined;
  readonly isDraft: boolean;
  readonly onClose: () => void;
}

interface Assessment {
  readonly text: string;
  readonly problems: readonly Problem[];
  readonly paths: readonly string[];
  readonly widens: boolean;
}

const none: readonly Problem[] = [];

const isSame = (a: Unkept, b: Unkept): boolean => JSON.stringify(a) === JSON.stringify(b);

/** Asks the server what is against a text, once nobody has typed for a moment. */
function useAssessment(migration: string, subject: OverrideSubject, change: 'edit' | 'add', text: string) {
  const [known, setKnown] = useState<Assessment>();
  useEffect(() => {
    const abort = new AbortController();
    const timer = setTimeout(() => {
      call(
        'POST /migrations/:id/overrides/assessment',
        { params: { id: migration }, body: { subject, change, text } },
        abort.signal,
      ).then(
        (assessment) => setKnown({ ...assessment, text }),
        (error: unknown) => {
          if (!abort.signal.aborted) tellFailure(error);
        },
      );
    }, 250);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [migration, subject, change, text]);
  return { known, isCurrent: known?.text === text };
}

/** The editor of an emitted resource: text, what is against it, why it is changed. */
export function Editing(props: EditingProps) {
  const { migration, monaco, subject, change, override, isDraft, onClose } = props;
  const id = useId();
  const [yaml, setYaml] = useState<Yaml>();
  // What was seen when editing began: the next import must not slip under the edit.
  const [beginning] = useState<Unkept>({
    subject,
    text: props.text,
    reason: override?.reason ?? '',
    accepts: override?.acceptsWidening ?? '',
    seen: { revision: override?.revision ?? 0, emitted: props.emitted },
  });
  const { text, reason, accepts, seen } = useUnkept(migration, subject) ?? beginning;
  const write = (part: Partial<Unkept>): void => {
    const next = { ...beginning, text, reason, accepts, seen, ...part };
    setUnkept(migration, subject, isSame(next, beginning) ? undefined : next);
  };
  const end = (): void => {
    setUnkept(migration, subject, undefined);
    onClose();
  };
  const [theirs, setTheirs] = useState<{
    by: string;
    text: string | undefined;
    detail: string;
    seen: Unkept['seen'];
  }>();
  const editor = useRef<CodeEditor>(undefined);
  const schema = useQuery(schemaQuery(migration, subject.apiVersion, subject.kind));
  const { known, isCurrent } = useAssessment(migration, subject, change, text);
  const problems = known?.problems ?? none;
  useEffect(() => {
    let isWanted = true;
    loadYaml().then((value) => isWanted && setYaml(value), tellFailure);
    return () => {
      isWanted = false;
    };
  }, []);
  const save = useMutation({
    mutationFn: (by: Unkept['seen']) =>
      call('POST /migrations/:id/overrides', {
        params: { id: migration },
        body: {
          subject,
          change,
          text,
          reason: reason.trim(),
          revision: by.revision,
          ...(by.emitted === undefined ? {} : { emitted: by.emitted }),
          ...(accepts.trim() === '' || !known?.widens ? {} : { acceptsWidening: accepts.trim() }),
        },
      }),
    onSuccess: async () => {
      await readAnew(migration);
      tell(`${nameOfSubject(subject)} is kept as you left it.`);
      end();
    },
    onError: (error) => {
      if (isProblem(error, 'conflict')) {
        const current = error.problem.current as OverrideVersions | null;
        setTheirs({
          by: current === null ? 'Translated' : `${current.override.by}’s edit`,
          text: current === null ? props.text : (current.edit ?? current.now),
          detail: error.problem.detail,
          seen: { revision: current?.override.revision ?? 0, emitted: current?.emitted ?? seen.emitted },
        });
      } else if (isProblem(error, 'stale-ground')) {
        const current = error.problem.current as { now: string; emitted: string };
        setTheirs({
          by: 'Translated now',
          text: current.now,
          detail: error.problem.detail,
          seen: { ...seen, emitted: current.emitted },
        });
      } else tellFailure(error);
    },
  });
  const isChanged = isDraft || (isCurrent && (known?.paths.length ?? 0) > 0);
  const canSave = isCurrent && problems.length === 0 && isChanged && reason.trim() !== '';
  const submit = (event?: FormEvent): void => {
    event?.preventDefault();
    if (canSave) save.mutate(seen);
  };
  const goTo = ({ line, column }: Problem): void => {
    editor.current?.setPosition({ lineNumber: line, column });
    editor.current?.revealLineInCenterIfOutsideViewport(line);
    editor.current?.focus();
  };
  return (
    <div className={classes.editing}>
      <div className={classes.editor}>
        {yaml === undefined ? (
          <p className={classes.loading} role="status">
            Loading the editor …
          </p>
        ) : (
          <EditPane
            monaco={monaco}
            yaml={yaml}
            name={nameOfSubject(subject)}
            text={text}
            label={`Edit ${nameOfSubject(subject)}. Control and space completes, Control and S saves, Tab leaves the editor.`}
            schema={schema.data}
            problems={isCurrent ? problems : none}
            onChange={(text) => write({ text })}
            onEditor={(code) => {
              editor.current = code;
            }}
            onSave={() => submit()}
          />
        )}
      </div>
      <form className={classes.bar} onSubmit={submit} aria-label="Keep the edit">
        <div role="status" className={classes.problems}>
          {!isCurrent ? (
            <span className="muted">Checking …</span>
          ) : problems.length > 0 ? (
            <span className={classes.problem}>✕ {count(problems.length, 'problem')} for the target version</span>
          ) : isChanged ? (
            <span>
              <span className={classes.fine}>●</span> Admitted by the target version;{' '}
              {isDraft ? 'the draft becomes a resource' : count(known?.paths.length ?? 0, 'change')}
            </span>
          ) : (
            <span className="muted">As it is translated</span>
          )}
        </div>
        {isCurrent && problems.length > 0 && (
          <ul className={classes.problemList}>
            {problems.slice(0, 20).map((one) => (
              <li key={`${one.line}:${one.column}:${one.message}`}>
                <button type="button" onClick={() => goTo(one)}>
                  Line {one.line}, column {one.column}
                </button>{' '}
                {one.message}
              </li>
            ))}
          </ul>
        )}
        {isCurrent && known?.widens && (
          <WideningField id={`${id}-widens`} value={accepts} onChange={(accepts) => write({ accepts })} />
        )}
        <div className={classes.field}>
          <label htmlFor={`${id}-reason`}>Why is it changed?</label>
          <input
            id={`${id}-reason`}
            value={reason}
            maxLength={2000}
            autoComplete="off"
            onChange={({ target }) => write({ reason: target.value })}
          />
        </div>
        <div className={classes.actions}>
          <Button size="compact-md" type="submit" disabled={!canSave} loading={save.isPending}>
            Keep the edit
          </Button>
          <Button size="compact-md" variant="default" onClick={end}>
            Cancel
          </Button>
        </div>
      </form>
      {theirs !== undefined && (
        <Dialog title="Somebody was faster" width={1240} onClose={() => setTheirs(undefined)}>
          <p className={classes.lead}>{theirs.detail} Nothing was overwritten.</p>
          <SideBySide
            versions={[
              { title: theirs.by, text: theirs.text },
              { title: 'Your edit', text },
            ]}
          />
          <div className={classes.actions}>
            <Button
              data-autofocus
              onClick={() => {
                write({ seen: theirs.seen });
                setTheirs(undefined);
                save.mutate(theirs.seen);
              }}
            >
              Keep yours instead
            </Button>
            <Button
              variant="default"
              onClick={async () => {
                setTheirs(undefined);
                await readAnew(migration);
                end();
              }}
            >
              Leave it as it is there
            </Button>
            <Button
              variant="default"
              onClick={() => {
                write({ seen: theirs.seen });
                setTheirs(undefined);
              }}
            >
              Go on editing
            </Button>
          </div>
        </Dialog>
      )}
    </div>
  );
}
