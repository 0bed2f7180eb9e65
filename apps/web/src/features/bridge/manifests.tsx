import type { ChangedObject, Stage, WaveStages } from '@isthmus/contract';
import { Link } from '@tanstack/react-router';
import { count } from '../../text/format.ts';
import { CopyButton } from '../../ui/copy.tsx';
import { FormChoice } from '../../ui/form-choice.tsx';
import { Section } from '../../ui/page.tsx';
import { Count } from '../../ui/status.tsx';
import classes from './bridge.module.css';

const clusterWords = { shared: '', istio: 'Istio’s cluster', kong: 'Kong Mesh’s cluster' } as const;

function Yaml({ title, text }: { title: string; text: string }) {
  return (
    <div className={classes.yaml}>
      <div className={classes.yamlHead}>
        <span className="muted">{title}</span>
        <CopyButton text={text} />
      </div>
      <pre
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable without a mouse
        tabIndex={0}
      >
        {text}
      </pre>
    </div>
  );
}

function ObjectItem({ object }: { object: ChangedObject }) {
  const { cluster, apiVersion, kind, namespace, name, service, before, after } = object;
  const title = (
    <>
      <span className={classes.kind}>{kind}</span>
      <span className="mono">{namespace === '' ? name : `${namespace}/${name}`}</span>
      {cluster !== 'shared' && <span className="muted">{clusterWords[cluster]}</span>}
      {service !== '' && <span className="muted">for {service}</span>}
    </>
  );
  if (before === undefined && after === undefined) return <li className={classes.object}>{title}</li>;
  return (
    <li>
      <details className={classes.object}>
        <summary>
          {title} <span className="unseen">{apiVersion}</span>
        </summary>
        <div className={classes.texts}>
          {before !== undefined && <Yaml title="Before" text={before} />}
          {after !== undefined && <Yaml title={before === undefined ? 'To be applied' : 'After'} text={after} />}
        </div>
      </details>
    </li>
  );
}

function Objects({ title, objects }: { title: string; objects: readonly ChangedObject[] }) {
  if (objects.length === 0) return null;
  return (
    <div>
      <h3 className={classes.subtitle}>
        {title} <span className="muted number">{objects.length}</span>
      </h3>
      <ul className={classes.objects} aria-label={title}>
        {objects.map((object) => (
          <ObjectItem
            key={`${object.cluster} ${object.apiVersion} ${object.kind} ${object.namespace}/${object.name}`}
            object={object}
          />
        ))}
      </ul>
    </div>
  );
}

/** What one stage adds, changes and removes, as it is applied. */
export function StageManifests({ of, stage }: { of: WaveStages; stage: Stage }) {
  const { wave, forms, cluster } = of;
  const { title, added, changed, removed, folder, ways, stop } = stage;
  const total = added.length + changed.length + removed.length;
  return (
    <Section
      title="Manifests"
      note={
        total === 0
          ? `“${title}” changes no manifest.`
          : `“${title}”: ${count(total, 'object')}. The bundle of wave ${wave} has them in ${cluster === undefined ? '' : `cluster=${cluster}/`}${folder}. ${stop}`
      }
    >
      {total > 0 && forms.length > 1 && <FormChoice size="xs" />}
      <Objects title="Added" objects={added} />
      <Objects title="Changed" objects={changed} />
      <Objects title="Removed" objects={removed} />
      <Ways ways={ways} />
    </Section>
  );
}

/** How the wave's calls get from one mesh into the other. */
function Ways({ ways }: Pick<Stage, 'ways'>) {
  if (ways.length === 0) return null;
  return (
    <div>
      <h3 className={classes.subtitle}>
        Calls across the meshes behind this stage <span className="muted number">{ways.length}</span>
      </h3>
      <ul className={classes.ways}>
        {ways.map(({ from, to, kind, sentence, reason, cautions }) => (
          <li key={`${from} ${to}`} data-closed={kind === 'closed' || undefined}>
            <p>
              <span className="mono">{from}</span> <span aria-hidden="true">→</span>
              <span className="unseen">calls</span> <span className="mono">{to}</span>
            </p>
            <p>{sentence}</p>
            {reason !== undefined && <p>{reason}</p>}
            {cautions.map((caution) => (
              <p key={caution} className="muted">
                {caution}
              </p>
            ))}
          </li>
        ))}
      </ul>
    </div>
  );
}

/** The stages of a wave, with how much each changes. */
export function StageTable({ migration, stages }: { migration: string; stages: WaveStages }) {
  return (
    <Section title="Stages" note="What each stage adds, changes and removes. Open one to see its manifests.">
      <div className={classes.scroll}>
        <table className={`${classes.table} ${classes.numbers}`}>
          <thead>
            <tr>
              <th scope="col">Stage</th>
              <th scope="col">Added</th>
              <th scope="col">Changed</th>
              <th scope="col">Removed</th>
              <th scope="col">In Kong Mesh, %</th>
            </tr>
          </thead>
          <tbody>
            {stages.stages.map(({ id, title, added, changed, removed, share }) => (
              <tr key={id}>
                <th scope="row">
                  <Link
                    to="/migrations/$id/bridge"
                    params={{ id: migration }}
                    search={{ wave: String(stages.wave), stage: id } as never}
                  >
                    {title}
                  </Link>
                </th>
                {[added.length, changed.length, removed.length, share].map((value, index) => (
                  // biome-ignore lint/suspicious/noArrayIndexKey: the columns stay where they are
                  <td key={index}>
                    <Count value={value} />
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Section>
  );
}
