import { useParams } from '@tanstack/react-router';
import { lazy, Suspense } from 'react';
import { isProblem } from '../api/problem.ts';
import { Failure, useRetry } from '../ui/failure.tsx';

const NothingImported = lazy(async () => ({
  default: (await import('../features/imports/nothing-imported.tsx')).NothingImported,
}));

function Nothing({ id, reset }: { id: string; reset: (() => void) | undefined }) {
  const retry = useRetry(reset);
  return (
    <Suspense>
      <NothingImported id={id} onImported={retry} />
    </Suspense>
  );
}

/** What stands in place of a page that could not be shown. */
export function PageError({ error, reset }: { error: unknown; reset?: () => void }) {
  const { id } = useParams({ strict: false });
  return id === undefined || !isProblem(error, 'no-snapshot') ? (
    <Failure error={error} reset={reset} />
  ) : (
    <Nothing id={id} reset={reset} />
  );
}
