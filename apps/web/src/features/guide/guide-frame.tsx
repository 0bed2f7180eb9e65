import { useQuery, useSuspenseQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { type ReactNode, useDeferredValue, useEffect, useMemo } from 'react';
import { codesQuery } from '../../api/queries.ts';
import { useOpenMigration } from '../../frame/open-migration.ts';
import { count } from '../../text/format.ts';
import { ClearFilters, Filters, TextFilter } from '../../ui/filters.tsx';
import { Page } from '../../ui/page.tsx';
import type { Search } from '../../ui/search.ts';
import { type Outline, outline } from './content/outline.ts';
import { guideEntries } from './entries.ts';
import classes from './guide.module.css';
import { statusQuery } from './queries.ts';
import { type ExcerptPiece, type Hit, searchGuide } from './search.ts';
import { SectionLink } from './section-link.tsx';

export const chapters: readonly (readonly [name: string, sections: readonly Outline[]])[] = [
  ...Map.groupBy(outline, ({ chapter }) => chapter),
];

/** Keeps the open migration in the address, so that a link shows others the same names and results. */
function useMigrationInAddress(): void {
  const migration = useOpenMigration();
  const { migration: named } = useSearch({ strict: false }) as Search;
  const navigate = useNavigate();
  useEffect(() => {
    if (migration === undefined || migration === named) return;
    void navigate({
      to: '.',
      search: (before: Search) => ({ ...before, migration }),
      hash: true,
      replace: true,
      resetScroll: false,
    });
  }, [migration, named, navigate]);
}

function Excerpt({ pieces }: { pieces: readonly ExcerptPiece[] }) {
  return pieces.map(({ text, isHit }, index) =>
    // biome-ignore lint/suspicious/noArrayIndexKey: an excerpt is drawn anew as a whole
    isHit ? <mark key={index}>{text}</mark> : <span key={index}>{text}</span>,
  );
}

function HitLink({ hit: { entry } }: { hit: Hit }) {
  if (entry.code !== undefined)
    return (
      <Link to="/codes/$code" params={{ code: entry.code }}>
        {entry.title}
      </Link>
    );
  return (
    <SectionLink section={entry.section ?? ''} anchor={entry.anchor}>
      {entry.title}
    </SectionLink>
  );
}

// Nobody reads more; another word narrows them.
const mostHits = 60;

function Hits({ hits }: { hits: readonly Hit[] }) {
  return (
    <ol className={classes.hits} aria-label="Found in the guide">
      {hits.slice(0, mostHits).map((hit) => {
        const { entry, excerpt } = hit;
        return (
          <li key={`${entry.section}#${entry.anchor}#${entry.code}`}>
            <h2>
              <HitLink hit={hit} /> <span className={classes.where}>{entry.where}</span>
            </h2>
            {entry.code === undefined && (
              <p>
                <Excerpt pieces={excerpt} />
              </p>
            )}
          </li>
        );
      })}
    </ol>
  );
}

/** All sections by chapter, beside a section. */
function Contents() {
  return (
    <nav className={classes.contents} aria-label="Sections of the guide">
      {chapters.map(([name, sections]) => (
        <div key={name}>
          <p>{name}</p>
          <ul>
            {sections.map(({ id, title }) => (
              <li key={id}>
                <SectionLink section={id}>{title}</SectionLink>
              </li>
            ))}
          </ul>
        </div>
      ))}
    </nav>
  );
}

/** A page of the guide: its search, what was found, or else what it is about. */
export function GuideFrame(props: {
  title: string;
  of?: string;
  answer: ReactNode;
  hasContents?: boolean;
  children: ReactNode;
}) {
  const { title, of, answer, hasContents = false, children } = props;
  useMigrationInAddress();
  const { q = '' } = useSearch({ strict: false }) as Search;
  const asked = useDeferredValue(q);
  const { data: status } = useSuspenseQuery(statusQuery);
  const { data: codes } = useQuery(codesQuery);
  const entries = useMemo(() => guideEntries(status, codes ?? []), [status, codes]);
  const hits = useMemo(() => searchGuide(entries, asked), [entries, asked]);
  return (
    <Page title={title} {...(of === undefined ? {} : { of })} answer={answer}>
      <Filters
        summary={
          asked === ''
            ? ''
            : hits.length === 0
              ? `Nothing in the guide has all of these words.`
              : `${count(hits.length, 'place')}${hits.length > mostHits ? `; the first ${mostHits} are shown` : ''}`
        }
      >
        <TextFilter label="Search the guide" />
        <ClearFilters names={['q']} label="End the search" />
        {hasContents && (
          <Link to="/guide" className={classes.all}>
            All sections
          </Link>
        )}
      </Filters>
      {asked !== '' ? (
        <Hits hits={hits} />
      ) : hasContents ? (
        <div className={classes.columns}>
          <Contents />
          <div className={classes.main}>{children}</div>
        </div>
      ) : (
        children
      )}
    </Page>
  );
}
