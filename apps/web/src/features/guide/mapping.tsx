import { useSuspenseQueries } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { coverageQuery } from '../../api/queries.ts';
import { count } from '../../text/format.ts';
import { Line } from '../../ui/prose.tsx';
import { OutcomeMark, outcomes } from '../../ui/status.tsx';
import { kindsByRow } from './content/status.ts';
import classes from './guide.module.css';
import { statusQuery } from './queries.ts';
import { useCurrent } from './use-current.ts';

/** What becomes of each kind: the words of docs/status.md, beside counts of the coverage. */
export function Mapping() {
  const [{ data: rows }, { data: kinds }] = useSuspenseQueries({ queries: [statusQuery, coverageQuery] });
  const own = kindsByRow(
    rows,
    kinds.map(({ kind }) => kind),
  );
  const current = useCurrent(true);
  return (
    <>
      <p>
        Numbers count fields of the kind by what can become of them; a field whose outcome depends on where it stands
        counts in each. <Link to="/guide/coverage">All fields in a table</Link>
      </p>
      <table className={classes.compare}>
        <thead>
          <tr>
            <th scope="col" className={classes.source}>
              Istio
            </th>
            <th scope="col" className={classes.target}>
              Kong Mesh
            </th>
            <th scope="col">In which forms</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ istio, kong, forms }, index) => {
            const id = `row-${index + 1}`;
            return (
              <tr key={istio} id={id} data-current={current === id || undefined}>
                <th scope="row">
                  <Line text={istio} />
                  {(own[index] ?? []).map((kind) => {
                    const fields = kinds.find((one) => one.kind === kind)?.fields ?? [];
                    return (
                      <p key={kind} className={classes.counts}>
                        <Link to="/guide/coverage" search={{ kind }}>
                          {count(fields.length, 'field')} of {kind}
                        </Link>
                        {outcomes.map((outcome) => {
                          const number = fields.filter(({ results }) =>
                            results.some((result) => result.outcome === outcome),
                          ).length;
                          return (
                            number > 0 && (
                              <span key={outcome}>
                                <OutcomeMark outcome={outcome} /> {number} {outcome}
                              </span>
                            )
                          );
                        })}
                      </p>
                    );
                  })}
                </th>
                <td>
                  <Line text={kong} />
                </td>
                <td>
                  <Line text={forms} />
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </>
  );
}
