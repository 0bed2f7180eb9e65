import { Fragment } from 'react';
import { Line, Prose } from '../../ui/prose.tsx';
import { Commands } from './commands.tsx';
import type { Part } from './content/section.ts';
import classes from './guide.module.css';
import { Mapping } from './mapping.tsx';
import { Pitfalls } from './pitfalls.tsx';

function Compare({ rows }: { rows: readonly (readonly [string, string, string])[] }) {
  return (
    <table className={classes.compare}>
      <thead>
        <tr>
          <th scope="col">
            <span className="unseen">Aspect</span>
          </th>
          <th scope="col" className={classes.source}>
            Istio
          </th>
          <th scope="col" className={classes.target}>
            Kong Mesh
          </th>
        </tr>
      </thead>
      <tbody>
        {rows.map(([aspect, istio, kong]) => (
          <tr key={aspect}>
            <th scope="row">{aspect}</th>
            <td>
              <Line text={istio} />
            </td>
            <td>
              <Line text={kong} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

const isNumber = (text: string): boolean => /^[\d.,]+(?: [kMG]?B)?$/.test(text);

function Figures({ part }: { part: Extract<Part, { kind: 'figures' }> }) {
  const { title, measured, columns, rows } = part;
  const numeric = columns.map((_, index) => rows.every((row) => isNumber(row[index] ?? '')));
  return (
    <figure className={classes.figures}>
      <figcaption>
        <h2>{title}</h2>
        <p>Measured: {measured}</p>
      </figcaption>
      <table className={classes.table}>
        <thead>
          <tr>
            {columns.map((column, index) => (
              <th key={column} scope="col" data-numeric={numeric[index] || undefined}>
                {column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.join()}>
              {row.map((cell, index) =>
                index === 0 ? (
                  <th key={columns[index]} scope="row">
                    {cell}
                  </th>
                ) : (
                  <td key={columns[index]} data-numeric={numeric[index] || undefined}>
                    {cell}
                  </td>
                ),
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </figure>
  );
}

/** A part of a section. */
export function PartView({ part }: { part: Part }) {
  switch (part.kind) {
    case 'text':
      return (
        <div className={classes.text}>
          {part.title !== undefined && <h2>{part.title}</h2>}
          <Prose text={part.text} />
        </div>
      );
    case 'list':
      return (
        <div className={classes.text}>
          {part.title !== undefined && <h2>{part.title}</h2>}
          <ul>
            {part.items.map((item) => (
              <li key={item}>
                <Line text={item} />
              </li>
            ))}
          </ul>
        </div>
      );
    case 'compare':
      return <Compare rows={part.rows} />;
    case 'figures':
      return <Figures part={part} />;
    case 'claims':
      return (
        <dl className={classes.claims}>
          {part.claims.map(({ said, found }) => (
            <Fragment key={said}>
              <dt>{said}</dt>
              <dd>
                <Line text={found} />
              </dd>
            </Fragment>
          ))}
        </dl>
      );
    case 'mapping':
      return <Mapping />;
    case 'commands':
      return <Commands />;
    case 'pitfalls':
      return <Pitfalls />;
  }
}
