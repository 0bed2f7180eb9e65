import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { codesQuery } from '../../api/queries.ts';
import { NotFound } from '../../frame/not-found.tsx';
import { count } from '../../text/format.ts';
import { textOf } from './content/index.ts';
import { outline, sectionOf } from './content/outline.ts';
import { pitfalls } from './content/pitfalls.ts';
import classes from './guide.module.css';
import { GuideFrame } from './guide-frame.tsx';
import { PartView } from './parts.tsx';
import { SectionLink } from './section-link.tsx';
import { type Estate, useEstate } from './use-estate.ts';

const pagesOf: Readonly<
  Record<
    string,
    readonly (readonly [
      label: string,
      to:
        | '/migrations/$id/behaviour'
        | '/migrations/$id/access'
        | '/migrations/$id/fan-out'
        | '/migrations/$id/bridge'
        | '/migrations/$id/plan'
        | '/migrations/$id/preflight'
        | '/migrations/$id/settings'
        | '/migrations/$id/clusters',
    ])[]
  >
> = {
  order: [['Behaviour', '/migrations/$id/behaviour']],
  resilience: [['Behaviour', '/migrations/$id/behaviour']],
  defaults: [['Settings', '/migrations/$id/settings']],
  access: [['Access', '/migrations/$id/access']],
  transport: [['Access', '/migrations/$id/access']],
  visibility: [['Fan-out', '/migrations/$id/fan-out']],
  scale: [['Fan-out', '/migrations/$id/fan-out']],
  trust: [['Bridge', '/migrations/$id/bridge']],
  bridge: [
    ['Bridge', '/migrations/$id/bridge'],
    ['Plan', '/migrations/$id/plan'],
  ],
  pitfalls: [['Pre-flight', '/migrations/$id/preflight']],
  injection: [['Pre-flight', '/migrations/$id/preflight']],
  zones: [['Clusters', '/migrations/$id/clusters']],
  import: [['Settings', '/migrations/$id/settings']],
};

/** Which codes a section explains, with how often the open migration has each; those that it has come first. */
function Explained({ section, estate }: { section: string; estate: Estate | undefined }) {
  const { data: codes = [] } = useQuery(codesQuery);
  const own = codes.filter(({ code }) => sectionOf(code)?.id === section);
  if (own.length === 0) return null;
  const failed = new Map(
    (estate?.checks ?? []).flatMap(({ code, state, total }) => (state === 'failed' ? [[code, total] as const] : [])),
  );
  const countOf = (code: string): number => (estate?.codes?.get(code) ?? 0) + (failed.get(code) ?? 0);
  const here = own.filter(({ code }) => countOf(code) > 0);
  return (
    <section className={classes.explained} aria-label="Findings that this explains">
      <h2>Findings that this explains</h2>
      {estate?.codes !== undefined && here.length === 0 && <p>None of them is in {estate.migration?.name}.</p>}
      {estate !== undefined && here.length > 0 && (
        <ul>
          {here.map(({ code, title }) => (
            <li key={code}>
              {failed.has(code) ? (
                <Link to="/migrations/$id/preflight" params={{ id: estate.id }} search={{ q: code }}>
                  {count(countOf(code), 'finding')}
                </Link>
              ) : (
                <Link to="/migrations/$id/findings" params={{ id: estate.id }} search={{ code }}>
                  {count(countOf(code), 'finding')}
                </Link>
              )}{' '}
              <Link to="/codes/$code" params={{ code }} className="mono">
                {code}
              </Link>{' '}
              {title}
            </li>
          ))}
        </ul>
      )}
      <details>
        <summary>{here.length === 0 ? count(own.length, 'code') : `All ${count(own.length, 'code')}`}</summary>
        <ul>
          {own.map(({ code, title }) => (
            <li key={code}>
              <Link to="/codes/$code" params={{ code }} className="mono">
                {code}
              </Link>{' '}
              {title}
            </li>
          ))}
        </ul>
      </details>
    </section>
  );
}

/** One section of the guide. */
export function SectionPage() {
  const { section: id } = useParams({ from: '/guide/$section' });
  const estate = useEstate();
  const at = outline.findIndex((one) => one.id === id);
  const section = outline[at];
  const text = textOf(id);
  if (section === undefined || text === undefined) return <NotFound />;
  const [before, after] = [outline[at - 1], outline[at + 1]];
  const ways = pitfalls.filter((pitfall) => pitfall.section === id);
  const pages = pagesOf[id] ?? [];
  return (
    <GuideFrame title={section.title} of="Guide" answer={text.lead} hasContents>
      {text.parts.map((part, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the parts of a section do not change
        <PartView key={`${id} ${index}`} part={part} />
      ))}
      {ways.length > 0 && (
        <section className={classes.explained} aria-label="Pitfalls">
          <h2>Pitfalls</h2>
          <ul>
            {ways.map((pitfall) => (
              <li key={pitfall.id}>
                <SectionLink section="pitfalls" anchor={pitfall.id}>
                  {pitfall.title}
                </SectionLink>
              </li>
            ))}
          </ul>
        </section>
      )}
      <Explained section={id} estate={estate} />
      {estate?.migration !== undefined && pages.length > 0 && (
        <p>
          In {estate.migration.name}:{' '}
          {pages.map(([label, to], index) => (
            <span key={to}>
              {index > 0 && ', '}
              <Link to={to} params={{ id: estate.id }}>
                {label}
              </Link>
            </span>
          ))}
        </p>
      )}
      <ul className={classes.sources} aria-label="Sources">
        {text.sources.map((source) => (
          <li key={source}>{source}</li>
        ))}
      </ul>
      <nav className={classes.neighbours} aria-label="Next to this section">
        {before === undefined ? <span /> : <SectionLink section={before.id}>‹ {before.title}</SectionLink>}
        {after === undefined ? <span /> : <SectionLink section={after.id}>{after.title} ›</SectionLink>}
      </nav>
    </GuideFrame>
  );
}
