import { Button, Switch } from '@mantine/core';
import { useSuspenseQueries } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { addressOf } from '../../api/client.ts';
import { migrationQuery, overviewQuery } from '../../api/queries.ts';
import { count, whole } from '../../text/format.ts';
import { Command } from '../../ui/copy.tsx';
import { FormChoice, formQuery, useForm } from '../../ui/form-choice.tsx';
import { Page, Section } from '../../ui/page.tsx';
import { openBlockers, SeverityMark } from '../../ui/status.tsx';
import { useAddress } from '../../ui/use-search.ts';
import classes from './page.module.css';

/** The two forms of a bundle: what it holds, and how it is applied. */
const forms = {
  kubernetes: {
    note: 'Directories in apply order, ready for Kustomize, with a README and the report.',
    archive: 'kong-mesh-bundle.tar.gz',
    steps: [
      {
        what: 'See what would change, one directory after the other in the order of their numbers.',
        command: 'for step in bundle/[0-9]*/; do kubectl diff -k "$step"; done',
      },
      {
        what: 'Apply one directory and verify before the next one. Permissions come before mTLS: the order matters.',
        command: 'kubectl apply -k bundle/10-access',
      },
    ],
  },
  universal: {
    note: 'For a Global control plane outside of Kubernetes: files for kumactl in apply order, with a script. What exists on Kubernetes only stands in a folder of its own.',
    archive: 'kong-mesh-universal-bundle.tar.gz',
    steps: [
      {
        what: 'See what a file would make, without applying it.',
        command: 'kumactl apply --dry-run -f bundle/10-access/mesh-wide.yaml',
      },
      {
        what: 'Apply everything in order. The script stops at the first failure, and names each step.',
        command: 'sh bundle/apply.sh',
      },
    ],
  },
} as const;

/** The bundle and the report, what they hold, and how to apply them. */
export function ExportPage() {
  const { id } = useParams({ from: '/migrations/$id' });
  const [{ data: migration }, { data: overview }] = useSuspenseQueries({
    queries: [migrationQuery(id), overviewQuery(id)],
  });
  const { emitted, drafts, patches } = overview;
  const blockers = openBlockers(overview);
  const [search, change] = useAddress();
  const form = useForm();
  const bundle = (format: 'zip' | 'tar.gz'): string =>
    addressOf('GET /migrations/:id/bundle', { id }, { format, ...formQuery(form) });
  const { archive, steps } = forms[form];
  const isPseudonymous = search.names === 'pseudonyms';
  const reportQuery = { verify: true, ...(isPseudonymous ? { pseudonyms: true } : {}), ...formQuery(form) };
  const reportName = isPseudonymous ? 'isthmus-report-pseudonyms' : 'isthmus-report';
  return (
    <Page
      title="Export"
      of={migration.name}
      answer={`The bundle holds ${count(emitted, 'resource')} for Kong Mesh ${migration.settings.target}, ${count(patches, 'patch', 'patches')} of objects you have and ${count(drafts, 'draft')}. The same snapshot and settings give the same bytes.`}
    >
      {blockers > 0 && (
        <p className={classes.notice}>
          <SeverityMark severity="blocker" />
          <span>
            {count(blockers, 'blocker')} {blockers === 1 ? 'is' : 'are'} open: what they speak of is not in the bundle,
            and services behind them are not ready to move.{' '}
            <Link to="/migrations/$id/findings" params={{ id }} search={{ severity: 'blocker' }}>
              {blockers === 1 ? 'Open the blocker' : 'Open the blockers'}
            </Link>
          </span>
        </p>
      )}
      <div className={classes.downloads}>
        <Section title="Bundle" note={forms[form].note}>
          <FormChoice />
          <div className={classes.links}>
            <Button component="a" href={bundle('tar.gz')} download>
              Download .tar.gz
            </Button>
            <Button component="a" variant="default" href={bundle('zip')} download>
              Download .zip
            </Button>
          </div>
        </Section>
        <Section
          title="Report"
          note="What became of each field, and whether requests go the same way: a page that prints for the change board, Markdown for a merge request or a ticket, JSON for a script."
        >
          <Switch
            label="Replace names by pseudonyms"
            description={
              isPseudonymous
                ? 'Namespaces, services, hosts, labels, files and identities get the same pseudonym in all reports of this migration; reasons that people wrote are left out. Only the table below tells who is who: keep it.'
                : 'For a vendor, or whoever must not read the names of services and hosts.'
            }
            checked={isPseudonymous}
            onChange={({ currentTarget }) => change({ names: currentTarget.checked ? 'pseudonyms' : undefined })}
          />
          <div className={classes.links}>
            <Button
              component="a"
              variant="default"
              href={addressOf('GET /migrations/:id/report.html', { id }, reportQuery)}
              download={`${reportName}.html`}
            >
              Download HTML
            </Button>
            <Button
              component="a"
              variant="default"
              href={addressOf('GET /migrations/:id/report.md', { id }, reportQuery)}
              download={`${reportName}.md`}
            >
              Download Markdown
            </Button>
            <Button
              component="a"
              variant="default"
              href={addressOf('GET /migrations/:id/report', { id }, reportQuery)}
              download={`${reportName}.json`}
            >
              Download JSON
            </Button>
            {isPseudonymous && (
              <Button
                component="a"
                variant="subtle"
                href={addressOf('GET /migrations/:id/report-names.csv', { id }, { verify: true })}
                download="pseudonyms.csv"
              >
                Who is who (CSV)
              </Button>
            )}
          </div>
        </Section>
      </div>
      <Section title="What the bundle contains">
        <dl className={classes.contents}>
          <div>
            <dt>Resources</dt>
            <dd>
              {count(emitted, 'resource')} that Kong Mesh {migration.settings.target} accepts: each was checked against
              the schema and the rules of that version. Numbered directories say in which order to apply them.
            </dd>
          </div>
          <div>
            <dt>
              <code>patches/</code>
            </dt>
            <dd>
              {patches === 0
                ? 'No object that you have needs to change.'
                : `${count(patches, 'change')} to objects that you have (Services, labels, annotations) as Kustomize components, one file each, with your manifest as the base.`}
            </dd>
          </div>
          <div>
            <dt>
              <code>drafts/</code>
            </dt>
            <dd>
              {drafts === 0
                ? 'No drafts.'
                : `${whole(drafts)} that rest on something nobody has confirmed yet. They are outside of what is applied: nothing applies them by accident.`}
            </dd>
          </div>
          <div>
            <dt>
              <code>report/</code>
            </dt>
            <dd>The report as a page and as JSON.</dd>
          </div>
        </dl>
      </Section>
      <Section title="Apply it in order" note="The README of the bundle says the same, with what each step is for.">
        <ol className={classes.steps}>
          <li>
            <p>Unpack it and read the README. Nothing has been applied so far.</p>
            <Command text={`mkdir bundle && tar -xzf ${archive} -C bundle`} />
          </li>
          {steps.map(({ what, command }) => (
            <li key={command}>
              <p>{what}</p>
              <Command text={command} />
            </li>
          ))}
          <li>
            <p>Set the phase of the services that moved, so that everybody knows.</p>
          </li>
        </ol>
      </Section>
    </Page>
  );
}
