import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useOpenMigration } from '../../frame/open-migration.ts';

/** A link to a section of the guide, or to a place in it, about the open migration. */
export function SectionLink(props: {
  section: string;
  anchor?: string | undefined;
  className?: string | undefined;
  children: ReactNode;
}) {
  const { section, anchor, className, children } = props;
  const migration = useOpenMigration();
  return (
    <Link
      to="/guide/$section"
      params={{ section }}
      search={migration === undefined ? {} : { migration }}
      hash={anchor ?? ''}
      className={className}
    >
      {children}
    </Link>
  );
}
