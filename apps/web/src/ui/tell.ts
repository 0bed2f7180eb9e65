import { notifications } from '@mantine/notifications';
import type { ReactNode } from 'react';
import { isProblem } from '../api/problem.ts';

const look = { withBorder: true, closeButtonProps: { 'aria-label': 'Close this message' } };

/** A short message that goes by itself, later where it offers something. */
export function tell(message: string, offer?: ReactNode): void {
  notifications.show(
    offer === undefined
      ? { ...look, message, autoClose: 5000 }
      : { ...look, title: message, message: offer, autoClose: 15_000 },
  );
}

/** Why something did not work; it stays until it is closed. */
export function tellFailure(error: unknown): void {
  const message = isProblem(error) ? error.problem.detail : error instanceof Error ? error.message : String(error);
  notifications.show({ ...look, title: 'This did not work', message, autoClose: false });
}
