import { Link } from '@tanstack/react-router';
import { count } from '../../text/format.ts';
import { textOf } from './content/index.ts';
import { outline } from './content/outline.ts';
import { pitfalls } from './content/pitfalls.ts';
import { tasks } from './content/tasks.ts';
import classes from './guide.module.css';
import { chapters, GuideFrame } from './guide-frame.tsx';
import { SectionLink } from './section-link.tsx';
import { useEstate } from './use-estate.ts';

/** The contents of the guide. */
export function GuidePage() {
  const estate = useEstate();
  const name = estate?.migration?.name;
  return (
    <GuideFrame
      title="Guide"
      answer={`How the two meshes differ, in ${count(outline.length, 'section')}: ${count(tasks.length, 'task')} on the command line of both${
        name === undefined ? '' : ` with the names of ${name}`
      }, and ${count(pitfalls.length, 'pitfall')}${name === undefined ? '' : ' with what they come to there'}.`}
    >
      <div className={classes.chapters}>
        {chapters.map(([chapter, sections]) => (
          <section key={chapter} aria-label={chapter}>
            <h2>{chapter}</h2>
            <ul>
              {sections.map(({ id, title }) => (
                <li key={id}>
                  <SectionLink section={id}>{title}</SectionLink>
                  <p className={classes.lead}>{textOf(id)?.lead.split(/(?<=\.) /)[0]}</p>
                </li>
              ))}
            </ul>
          </section>
        ))}
        <section aria-label="Reference">
          <h2>Reference</h2>
          <ul>
            <li>
              <Link to="/guide/coverage">What becomes of each field</Link>
              <p className={classes.lead}>
                Each field of each kind of Istio, found out by translating an example of it.
              </p>
            </li>
            <li>
              <Link to="/guide/codes">Marks, words and codes</Link>
              <p className={classes.lead}>What the marks mean, and every finding that Isthmus knows.</p>
            </li>
          </ul>
        </section>
      </div>
    </GuideFrame>
  );
}
