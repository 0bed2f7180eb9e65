import { notifications } from '@mantine/notifications';
import { isProblem } from '../api/problem.ts';

/** A short message that goes by itself. */
export function tell(message: string): void {
  notifications.show({ message, autoClose: 5000, withBorder: true });
}

/** Why something did not work; it stays until it is closed. */
export function tellFailure(error: unknown): void {
  const message = isProblem(error) ? error.problem.detail : error instanceof Error ? error.message : String(error);
  notifications.show({ title: 'This did not work', message, autoClose: false, withBorder: true });
}
