import { useSuspenseQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { codeQuery } from '../../api/queries.ts';
import { useOpenMigration } from '../../frame/open-migration.ts';
import { Page, Section } from '../../ui/page.tsx';
import { Prose } from '../../ui/prose.tsx';
import { SeverityLabel, severities } from '../../ui/status.tsx';
import { ExplainedIn } from './explained-in.tsx';
import classes from './page.module.css';

/** The page of one code: what it says, why the rule exists, what to do. */
export function CodePage() {
  const { code } = useParams({ from: '/codes/$code' });
  const { data } = useSuspenseQuery(codeQuery(code));
  const migration = useOpenMigration();
  const severity = severities.find((one) => one === data.severity);
  return (
    <Page
      title={data.title}
      of={data.code}
      answer={
        <p className={classes.code}>
          <code>{data.code}</code>
          {severity !== undefined && <SeverityLabel severity={severity} />}
        </p>
      }
    >
      <Section title="What it says">
        <div className={classes.text}>
          <Prose text={data.message} isTemplate />
        </div>
      </Section>
      <Section title="What to do">
        <div className={classes.text}>
          <Prose text={data.help} isTemplate />
        </div>
      </Section>
      <Section title="Why">
        <div className={classes.text}>
          <Prose text={data.explanation} />
        </div>
      </Section>
      {data.examines !== undefined && (
        <Section title="What is examined">
          <div className={classes.text}>
            <Prose text={`Looks at ${data.examines}.`} />
          </div>
        </Section>
      )}
      {data.example !== undefined && (
        <Section title="An input that leads to it">
          <pre className={classes.example}>{data.example}</pre>
        </Section>
      )}
      {data.passing !== undefined && (
        <Section title="An input that passes">
          <pre className={classes.example}>{data.passing}</pre>
        </Section>
      )}
      <p>
        {migration !== undefined && (
          <>
            {data.examines === undefined ? (
              <Link to="/migrations/$id/findings" params={{ id: migration }} search={{ code: data.code }}>
                Its findings in the migration
              </Link>
            ) : (
              <Link to="/migrations/$id/preflight" params={{ id: migration }} search={{ q: data.code }}>
                Its result in the migration
              </Link>
            )}
            {' · '}
          </>
        )}
        <ExplainedIn code={data.code} />
        {' · '}
        <Link to="/guide/codes">All codes</Link>
      </p>
    </Page>
  );
}
