import type { AccessRow, Migration, WorkloadAccessQuery } from '@isthmus/contract';
import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { count } from '../../text/format.ts';
import { MeshSide, MeshSides } from '../../ui/mesh-sides.tsx';
import { Beside } from '../../ui/panes.tsx';
import { Line } from '../../ui/prose.tsx';
import shared from '../../ui/verdicts.module.css';
import { RuleLink } from '../behaviour/rule-link.tsx';
import { Acceptance } from './acceptance.tsx';
import classes from './access.module.css';
import { Matrix } from './matrix.tsx';
import { workloadAccessQuery } from './queries.ts';
import { portWord } from './rows.ts';
import { VerdictLabel } from './verdict.tsx';

const mostRules = 5;

function Side(props: { migration: string; row: AccessRow; mesh: 'Istio' | 'Kong Mesh'; title?: string }) {
  const { migration, row, mesh, title = mesh } = props;
  const [text, rules = []] =
    mesh === 'Istio' ? ([row.before, row.rules?.before] as const) : ([row.after, row.rules?.after] as const);
  return (
    <MeshSide mesh={mesh === 'Istio' ? 'source' : 'target'} title={title}>
      {text}
      {rules.slice(0, mostRules).map((rule) => (
        <RuleLink
          key={`${rule.namespace}/${rule.name}`}
          migration={migration}
          service={row.services[0] ?? ''}
          rule={rule}
        />
      ))}
      {rules.length > mostRules && <span className="muted">and {rules.length - mostRules} more</span>}
    </MeshSide>
  );
}

/** What foretold a verdict; of states before the last nothing is said. */
function Foretold({ codes }: { codes: readonly string[] }) {
  if (codes.length === 0) return <p className={classes.surprise}>No finding speaks of this difference.</p>;
  return (
    <p className="muted">
      Foretold by{' '}
      {codes.map((code, index) => (
        <span key={code}>
          {index === 0 ? '' : ', '}
          <Link to="/codes/$code" params={{ code }} className="mono">
            {code}
          </Link>
        </span>
      ))}
    </p>
  );
}

function Found({ migration, row, isLast }: { migration: Migration; row: AccessRow; isLast: boolean }) {
  const { aspect, port, count: callers, verdict, sentence, predictedBy, way, accepted } = row;
  return (
    <li className={shared.found}>
      <div className={shared.top}>
        <span className={shared.head}>
          <VerdictLabel verdict={accepted === undefined ? verdict : 'accepted'} />
          <strong>{aspect}</strong>
          <span className="muted">
            port {portWord(port)}
            {aspect === 'access' && `, ${count(callers, 'caller')}`}
          </span>
        </span>
      </div>
      <p className={classes.sentence}>
        <Line text={sentence} />
      </p>
      <MeshSides>
        <Side migration={migration.id} row={row} mesh="Istio" />
        <Side migration={migration.id} row={row} mesh="Kong Mesh" {...(isLast ? {} : { title: 'In this state' })} />
      </MeshSides>
      {aspect === 'transport' && way !== undefined && (
        <ul className={classes.ways} aria-label="How calls come">
          {way.split('; ').map((one) => (
            <li key={one}>{one}</li>
          ))}
        </ul>
      )}
      {predictedBy !== undefined && <Foretold codes={predictedBy} />}
      {isLast && verdict !== 'same' && (
        <div>
          <Acceptance key={accepted} migration={migration} row={row} />
        </div>
      )}
    </li>
  );
}

function FoundList(props: { migration: Migration; rows: readonly AccessRow[]; isLast: boolean }) {
  const { migration, rows, isLast } = props;
  if (rows.length === 0) return null;
  return (
    <ul className={shared.verdicts}>
      {rows.map((row) => (
        <Found key={row.id} migration={migration} row={row} isLast={isLast} />
      ))}
    </ul>
  );
}

/** What was found about one workload: what differs and what decides it, and the matrix of its callers. */
export function Detail(props: {
  migration: Migration;
  workload: string;
  state: WorkloadAccessQuery;
  isWhole: boolean;
  onClose: () => void;
}) {
  const { migration, workload, state, isWhole, onClose } = props;
  const { data, error } = useQuery(workloadAccessQuery(migration.id, workload, state));
  const heading = state.cluster === undefined ? workload : `${workload} in ${state.cluster}`;
  const isLast = state.phase === undefined;
  const rows = data?.rows ?? [];
  const [service] = rows[0]?.services ?? [];
  const others = rows.filter(({ verdict }) => verdict !== 'same');
  const same = isWhole ? rows.filter(({ verdict }) => verdict === 'same') : [];
  return (
    <Beside label={`Access to ${workload}`} heading={heading} closes="Close the workload" onClose={onClose}>
      {data === undefined ? (
        error === null ? (
          <p className="muted" role="status">
            Comparing both meshes …
          </p>
        ) : (
          <p role="alert">{error.message}</p>
        )
      ) : (
        <>
          {service !== undefined && (
            <div>
              <Button
                size="compact-md"
                variant="default"
                renderRoot={(rest) => (
                  <Link {...rest} to="/migrations/$id/workbench" params={{ id: migration.id }} search={{ service }} />
                )}
              >
                Before and after
              </Button>
            </div>
          )}
          <FoundList migration={migration} rows={others} isLast={isLast} />
          <Matrix workload={workload} rows={rows} isWhole={isWhole} />
          <FoundList migration={migration} rows={same} isLast={isLast} />
        </>
      )}
    </Beside>
  );
}
