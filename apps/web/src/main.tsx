import './theme/reset.css';
import '@mantine/core/styles.layer.css';
import '@mantine/notifications/styles.layer.css';
import './theme/fonts.css';
import './theme/tokens.css';
import './theme/base.css';
import { MantineProvider } from '@mantine/core';
import { Notifications } from '@mantine/notifications';
import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { isProblem } from './api/problem.ts';
import { queryClient } from './api/queries.ts';
import { router } from './router.tsx';
import { cssVariables, theme } from './theme/theme.ts';

const root = document.getElementById('root');
if (root === null) throw new Error('The page has no root');
// Refusals by the server are shown by the pages; only failures of the app itself belong into the console.
const onCaughtError = (error: unknown): void => {
  if (!isProblem(error)) console.error(error);
};
createRoot(root, { onCaughtError }).render(
  <StrictMode>
    <MantineProvider theme={theme} cssVariablesResolver={cssVariables} defaultColorScheme="auto">
      <QueryClientProvider client={queryClient}>
        <Notifications position="bottom-right" />
        <RouterProvider router={router} />
      </QueryClientProvider>
    </MantineProvider>
  </StrictMode>,
);
