import type { LinkedRule, SimulatedSide } from '@isthmus/contract';
import { count } from '../../text/format.ts';
import { Line } from '../../ui/prose.tsx';
import { OutcomeMark } from '../../ui/status.tsx';
import { RuleLink } from './rule-link.tsx';
import classes from './simulator.module.css';

type Step = SimulatedSide['steps'][number];

interface Place {
  readonly migration: string;
  readonly service: string;
  /** What leads to a rule that is shown beside the simulator; undefined where it is not. */
  readonly wayTo: (rule: LinkedRule) => (() => void) | undefined;
}

/** A rule, with the way to it: in the pane beside it, else on a page of its own. */
function RuleOf({ rule, migration, service, wayTo }: Place & { rule: LinkedRule | undefined }) {
  const go = rule && wayTo(rule);
  if (rule === undefined || go === undefined) return <RuleLink migration={migration} service={service} rule={rule} />;
  const { kind, namespace, name, path } = rule;
  return (
    <button type="button" className={classes.rule} onClick={go}>
      {kind} {namespace === '' ? '' : `${namespace}/`}
      {name} <code className="muted">{path}</code>
    </button>
  );
}

// More routes that did not take the request than this are folded away.
const mostMissed = 6;

function StepView({ step, number, place }: { step: Step; number: number; place: Place }) {
  const { takes, missed, does, rule } = step;
  const decided = missed === undefined;
  return (
    <li className={decided ? classes.decided : classes.missed} value={number}>
      <div className={classes.step}>
        <OutcomeMark outcome={decided ? 'exact' : 'inert'} />
        <span>
          <span className="unseen">{decided ? 'Decided: ' : 'Passed over: '}</span>
          <Line text={takes} />
        </span>
      </div>
      <div className={classes.why}>
        <Line text={decided ? `→ ${does}` : missed} />
      </div>
      <div className={classes.why}>
        <RuleOf {...place} rule={rule} />
      </div>
    </li>
  );
}

function Steps({ steps, place }: { steps: readonly Step[]; place: Place }) {
  const missed = steps.filter((step) => step.missed !== undefined);
  const folded = missed.length > mostMissed ? missed.length - 2 : 0;
  const view = (step: Step, index: number) => <StepView key={index} step={step} number={index + 1} place={place} />;
  return (
    <>
      {folded > 0 && (
        <details>
          <summary>{count(folded, 'route')} that did not take it</summary>
          <ol className={classes.steps}>{steps.slice(0, folded).map(view)}</ol>
        </details>
      )}
      <ol className={classes.steps}>{steps.slice(folded).map((step, index) => view(step, folded + index))}</ol>
    </>
  );
}

function Seen({ seen, reads }: Pick<SimulatedSide, 'seen' | 'reads'>) {
  if (seen.length === 0) return null;
  return (
    <div>
      <h4 className={classes.part}>What the destination sees</h4>
      <ul className={classes.seen}>
        {seen.map(({ destination, endpoints, share, path, authority, headers }) => (
          <li key={`${destination} ${endpoints}`}>
            <div>
              <span className="number">{Number(share.toFixed(2))} %</span> <code>{destination}</code>
            </div>
            <div className="muted">{endpoints}</div>
            {reads && (
              <dl className={classes.facts}>
                <div>
                  <dt>path</dt>
                  <dd>
                    <code>{path}</code>
                  </dd>
                </div>
                <div>
                  <dt>host</dt>
                  <dd>
                    <code>{authority}</code>
                  </dd>
                </div>
                {Object.entries(headers).map(([name, values]) => (
                  <div key={name}>
                    <dt>{name}</dt>
                    <dd>
                      <code>{values.join(', ')}</code>
                    </dd>
                  </div>
                ))}
              </dl>
            )}
          </li>
        ))}
      </ul>
    </div>
  );
}

/** What one mesh does with the request, step by step. */
export function Side(props: { mesh: 'source' | 'target'; title: string; side: SimulatedSide } & Place) {
  const { mesh, title, side, migration, service, wayTo } = props;
  const { reads, virtualHost, steps, decision, rule, seen, answer, settings } = side;
  const place = { migration, service, wayTo };
  return (
    <section className={classes.side} data-mesh={mesh} aria-label={title}>
      <div className={classes.outcome}>
        <h3 className={classes.mesh}>{title}</h3>
        <p className={classes.decision}>{decision}</p>
      </div>
      {steps.length === 0 || steps.at(-1)?.missed !== undefined ? <RuleOf {...place} rule={rule} /> : null}
      {answer !== undefined && (answer.location !== undefined || answer.body !== undefined) && (
        <dl className={classes.facts}>
          {answer.location !== undefined && (
            <div>
              <dt>Location</dt>
              <dd>
                <code>{answer.location}</code>
              </dd>
            </div>
          )}
          {answer.body !== undefined && (
            <div>
              <dt>body</dt>
              <dd>
                <code>{answer.body}</code>
              </dd>
            </div>
          )}
        </dl>
      )}
      <div>
        <p className={classes.part}>
          Step by step
          {!reads && ', of bytes that the proxy passes on without reading requests'}
          {virtualHost === undefined ? (
            ': no virtual host has this authority.'
          ) : (
            <>
              {' '}
              in the virtual host <code>{virtualHost.name}</code>
            </>
          )}
        </p>
        <Steps steps={steps} place={place} />
      </div>
      <Seen seen={seen} reads={reads} />
      {settings.length > 0 && (
        <div>
          <h4 className={classes.part}>Time and tries</h4>
          <dl className={classes.facts}>
            {settings.map(({ what, value }) => (
              <div key={`${what} ${value}`}>
                <dt>{what}</dt>
                <dd>
                  <Line text={value} />
                </dd>
              </div>
            ))}
          </dl>
        </div>
      )}
    </section>
  );
}
