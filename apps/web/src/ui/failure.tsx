import { Button } from '@mantine/core';
import { useQueryErrorResetBoundary } from '@tanstack/react-query';
import { useRouter } from '@tanstack/react-router';
import { isProblem } from '../api/problem.ts';
import { Page } from './page.tsx';

/** What happened, what is safe, what to try: of a page that could not be shown. */
export function Failure({ error, reset }: { error: unknown; reset?: () => void }) {
  const { reset: forget } = useQueryErrorResetBoundary();
  const router = useRouter();
  const retry = (): void => {
    forget();
    reset?.();
    void router.invalidate();
  };
  const problem = isProblem(error) ? error.problem : undefined;
  const title =
    problem?.status === 404 ? 'Not found' : problem?.code === 'unreachable' ? 'No connection' : 'This did not work';
  return (
    <Page
      title={title}
      answer={problem?.detail ?? 'The app itself failed while it drew this page. What is stored on the server is safe.'}
      actions={
        <Button variant="default" onClick={retry}>
          Try again
        </Button>
      }
    >
      <p className="muted">
        {problem === undefined
          ? `Error: ${error instanceof Error ? error.message : String(error)}`
          : `Code: ${problem.code}${problem.status === 0 ? '' : ` (HTTP ${problem.status})`}`}
      </p>
    </Page>
  );
}
