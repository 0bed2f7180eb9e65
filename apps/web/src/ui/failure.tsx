import { Button } from '@mantine/core';
import { useQueryErrorResetBoundary } from '@tanstack/react-query';
import { useRouter } from '@tanstack/react-router';
import { useCallback, useEffect } from 'react';
import { isProblem } from '../api/problem.ts';
import { Page } from './page.tsx';

/** How to try a page again that could not be shown. Leaving it does so too: a failure is not remembered. */
export function useRetry(reset: (() => void) | undefined): () => void {
  const { reset: forget } = useQueryErrorResetBoundary();
  const router = useRouter();
  useEffect(() => () => forget(), [forget]);
  return useCallback(() => {
    forget();
    reset?.();
    void router.invalidate();
  }, [forget, reset, router]);
}

const titles: Readonly<Record<string, string>> = {
  'not-found': 'Not found',
  unreachable: 'No connection',
  'token-required': 'Sign in first',
};

/** What happened, what is safe, what to try: of a page that could not be shown. */
export function Failure({ error, reset }: { error: unknown; reset?: (() => void) | undefined }) {
  const retry = useRetry(reset);
  const problem = isProblem(error) ? error.problem : undefined;
  return (
    <Page
      title={titles[problem?.code ?? ''] ?? 'This did not work'}
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
