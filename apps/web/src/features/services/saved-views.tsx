import type { SavedView } from '@isthmus/contract';
import { Button } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { call } from '../../api/client.ts';
import { keys, queryClient, savedViewsQuery } from '../../api/queries.ts';
import { Disclosure } from '../../ui/disclosure.tsx';
import { parseSearch, stringifySearch } from '../../ui/search.ts';
import { tell, tellFailure } from '../../ui/tell.ts';
import { useAddress } from '../../ui/use-search.ts';
import classes from './toolbar.module.css';
import { viewed } from './viewed.ts';

const page = 'services';

/** Filters, order and columns under names that everybody who works on the migration sees. */
export function SavedViews({ migration }: { migration: string }) {
  const [search] = useAddress();
  const navigate = useNavigate();
  const { data: views = [] } = useQuery(savedViewsQuery(migration));
  const own = views.filter((view) => view.page === page);
  const query = stringifySearch(viewed(search));
  const current = own.find((view) => view.query === query);
  const [name, setName] = useState('');
  const refresh = (): Promise<void> => queryClient.invalidateQueries({ queryKey: keys.savedViews(migration) });
  const save = useMutation({
    mutationFn: (as: string) =>
      call('POST /migrations/:id/views', { params: { id: migration }, body: { page, name: as, query } }),
    onSuccess: (view) => {
      setName('');
      tell(`Saved as “${view.name}”.`);
      return refresh();
    },
    onError: tellFailure,
  });
  const remove = useMutation({
    mutationFn: (view: SavedView) =>
      call('DELETE /migrations/:id/views/:page/:name', { params: { id: migration, page, name: view.name } }),
    onSuccess: (_, view) => {
      tell(
        `“${view.name}” removed.`,
        <Button
          size="compact-sm"
          variant="default"
          onClick={() =>
            void call('POST /migrations/:id/views', {
              params: { id: migration },
              body: { page, name: view.name, query: view.query },
            }).then(refresh, tellFailure)
          }
        >
          Undo
        </Button>,
      );
      return refresh();
    },
    onError: tellFailure,
  });
  return (
    <Disclosure label={current === undefined ? 'Views' : `View: ${current.name}`} title="Saved views">
      {(close) => (
        <>
          {own.length === 0 ? (
            <p className="muted">No view is saved yet. Everybody who works on this migration sees those that are.</p>
          ) : (
            <ul className={classes.views}>
              {own.map((view) => (
                <li key={view.name}>
                  <button
                    type="button"
                    className={classes.view}
                    aria-current={view === current || undefined}
                    title={`Saved by ${view.by}`}
                    onClick={() => {
                      close();
                      void navigate({ to: '.', search: parseSearch(view.query) });
                    }}
                  >
                    {view.name}
                  </button>
                  <button
                    type="button"
                    className={classes.remove}
                    aria-label={`Remove the view ${view.name}`}
                    onClick={() => remove.mutate(view)}
                  >
                    Remove
                  </button>
                </li>
              ))}
            </ul>
          )}
          <form
            className={classes.save}
            onSubmit={(event) => {
              event.preventDefault();
              if (name.trim() !== '') save.mutate(name.trim());
            }}
          >
            <input
              aria-label="Name of the view"
              placeholder="Name"
              maxLength={80}
              value={name}
              onChange={({ target }) => setName(target.value)}
            />
            <Button
              size="compact-md"
              variant="default"
              type="submit"
              disabled={name.trim() === ''}
              loading={save.isPending}
            >
              {own.some((view) => view.name === name.trim()) ? 'Replace' : 'Save this view'}
            </Button>
          </form>
        </>
      )}
    </Disclosure>
  );
}
