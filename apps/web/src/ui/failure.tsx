import { Button } from '@mantine/core';
import { useQueryErrorResetBoundary } from '@tanstack/react-query';
import { useRouter } from '@tanstack/react-router';
import { useCallback, useEffect } from 'react';
import { isProblem } from '../api/problem.ts';
import { isMissingPart } from './missing-part.ts';
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
  if (isMissingPart(error))
    return (
      <Page
        title="No connection"
        answer="This page could not be loaded: the server does not answer, or a newer version took its place. What was saved before is safe; start the server again and reload."
        actions={
          // Browsers remember modules that could not be fetched until the document is loaded anew.
          <Button variant="default" onClick={() => window.location.reload()}>
            Reload
          </Button>
        }
      />
    );
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
