import type { Migration, Snapshot } from '@isthmus/contract';
import { count, exactly, whole } from '../../text/format.ts';
import { Page, Section } from '../../ui/page.tsx';
import classes from './page.module.css';

/** What is known of a snapshot before it is translated: it was counted as it was imported. */
export function FirstSight({ migration, snapshot }: { migration: Migration; snapshot: Snapshot }) {
  const { number, files, documents, resources, istio, skipped, createdAt, createdBy } = snapshot;
  return (
    <Page
      title="Overview"
      of={migration.name}
      answer={`${count(istio, 'Istio resource')} in ${count(files, 'file')}. What carries over and what blocks is being worked out; it appears here by itself.`}
    >
      <p role="status" className="muted">
        Translating {count(istio, 'resource')} for Kong Mesh {migration.settings.target} …
      </p>
      <Section title="The snapshot">
        <ul className={classes.list}>
          <li>
            Snapshot {number}, imported by {createdBy} on {exactly(createdAt)}
          </li>
          <li>
            <span className="number">{whole(documents)}</span> documents
          </li>
          <li>
            <span className="number">{whole(resources)}</span> resources that matter, {whole(istio)} of them Istio's
          </li>
          <li>
            <span className="number">{whole(skipped)}</span> kept out
          </li>
        </ul>
      </Section>
    </Page>
  );
}
