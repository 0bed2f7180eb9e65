import { Link } from '@tanstack/react-router';
import { Page } from '../ui/page.tsx';

export function NotFound() {
  return (
    <Page title="There is nothing at this address" answer="The link may be old, or a part of it may be missing.">
      <p>
        <Link to="/">All migrations</Link>
      </p>
    </Page>
  );
}
