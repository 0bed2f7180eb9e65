import { useRouter } from '@tanstack/react-router';
import type { MouseEvent, ReactNode } from 'react';

/** An address of this app from its parts, which are encoded. */
export const hrefOf = (strings: TemplateStringsArray, ...parts: readonly (string | number)[]): string =>
  strings.reduce((href, text, at) => href + encodeURIComponent(String(parts[at - 1])) + text);

/**
 * A link within a row of a table, which has the keys. Tables draw dozens of rows in one frame while they are scrolled: the
 * router's own link, which works out its address from all routes, takes too long for that.
 */
export function RowLink(props: {
  href: string;
  className?: string;
  /** Where it stands outside of a table: Tab stops at it. */
  isStop?: boolean;
  children: ReactNode;
}) {
  const { href, className, isStop = false, children } = props;
  const router = useRouter();
  const onClick = (event: MouseEvent): void => {
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey || event.button !== 0) return;
    event.preventDefault();
    router.history.push(href);
  };
  return (
    <a href={href} tabIndex={isStop ? undefined : -1} className={className} onClick={onClick}>
      {children}
    </a>
  );
}
