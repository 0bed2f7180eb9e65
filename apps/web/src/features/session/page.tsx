import { Button, PasswordInput, TextInput } from '@mantine/core';
import { useMutation, useSuspenseQuery } from '@tanstack/react-query';
import { useRouter } from '@tanstack/react-router';
import { type FormEvent, useState } from 'react';
import { call } from '../../api/client.ts';
import { isProblem } from '../../api/problem.ts';
import { keys, queryClient, sessionQuery } from '../../api/queries.ts';
import { Page } from '../../ui/page.tsx';
import { useAddress } from '../../ui/use-search.ts';
import classes from './page.module.css';

/** Where to go afterwards: an address of this app, never of another site. */
export function safeNext(next: string | undefined): string {
  return next !== undefined && /^\/(?![/\\])/.test(next) ? next : '/';
}

/** The token of the server where it asks for one, and the name that the history shows. */
export function SignInPage() {
  const { data: session } = useSuspenseQuery(sessionQuery);
  const [search] = useAddress();
  const router = useRouter();
  const [name, setName] = useState(session.name);
  const [token, setToken] = useState('');
  const asksToken = session.tokenRequired && !session.signedIn;
  const signIn = useMutation({
    mutationFn: () => call('POST /session', { body: { name: name.trim(), ...(asksToken ? { token } : {}) } }),
    onSuccess: (next) => {
      queryClient.setQueryData(keys.session, next);
      // What was refused before is asked for again.
      queryClient.removeQueries({ predicate: ({ state }) => state.status === 'error' });
      router.history.push(safeNext(search.next));
    },
  });
  const onSubmit = (event: FormEvent): void => {
    event.preventDefault();
    signIn.mutate();
  };
  const error = signIn.error;
  return (
    <Page
      title={asksToken ? 'Sign in' : 'Your name'}
      answer={
        asksToken
          ? 'This server asks for its token, which whoever runs it has set as ISTHMUS_TOKEN.'
          : 'The history shows this name beside what you change.'
      }
    >
      <form className={classes.form} onSubmit={onSubmit}>
        {asksToken && (
          <PasswordInput
            label="Token"
            autoComplete="current-password"
            value={token}
            onChange={({ target }) => setToken(target.value)}
            error={isProblem(error, 'token-wrong') ? error.problem.detail : undefined}
            visibilityToggleButtonProps={{ 'aria-label': 'Show the token' }}
          />
        )}
        <TextInput
          label="Name"
          description="Chosen by you and checked by nobody: the history marks it as unverified."
          autoComplete="username"
          maxLength={100}
          value={name}
          onChange={({ target }) => setName(target.value)}
        />
        {error !== null && !isProblem(error, 'token-wrong') && <p role="alert">{error.message}</p>}
        <div>
          <Button
            type="submit"
            loading={signIn.isPending}
            disabled={asksToken ? token === '' : name.trim() === session.name}
          >
            {asksToken ? 'Sign in' : 'Use this name'}
          </Button>
        </div>
      </form>
    </Page>
  );
}
