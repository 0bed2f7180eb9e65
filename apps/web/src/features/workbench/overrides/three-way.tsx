import type { OverrideVersions } from '@isthmus/contract';
import { type CSSProperties, useMemo } from 'react';
import classes from './overrides.module.css';
import { ownLines } from './words.ts';

interface Version {
  readonly title: string;
  /** Undefined where there is none. */
  readonly text: string | undefined;
}

function Lines({ text, against }: { text: string; against: string | undefined }) {
  const own = useMemo(() => (against === undefined ? new Set<number>() : ownLines(text, against)), [text, against]);
  return text
    .replace(/\n$/, '')
    .split('\n')
    .map((line, index) => (
      // biome-ignore lint/suspicious/noArrayIndexKey: lines are what they are by where they stand
      <span key={index} className={own.has(index) ? classes.ownLine : classes.line}>
        {own.has(index) ? '● ' : '  '}
        {line}
        {own.has(index) && <span className="unseen"> (differs)</span>}
        {'\n'}
      </span>
    ));
}

/** Versions of a text side by side; lines that the first one has not are marked. */
export function SideBySide({ versions }: { versions: readonly Version[] }) {
  const [first] = versions;
  return (
    <div className={classes.versions} style={{ '--columns': versions.length } as CSSProperties}>
      {versions.map(({ title, text }, index) => (
        <section key={title} aria-label={title} className={classes.version}>
          <h3>{title}</h3>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, also without a mouse */}
          <pre tabIndex={0}>
            {text === undefined ? (
              <span className="muted">Nothing</span>
            ) : (
              <Lines text={text} against={index === 0 ? undefined : first?.text} />
            )}
          </pre>
        </section>
      ))}
    </div>
  );
}

/** The three versions of an override: what was emitted when it was made, what is emitted now, and the edit. */
export function ThreeWay({ versions }: { versions: OverrideVersions }) {
  const { ground, now, edit, conflicts, override } = versions;
  const own = override.change === 'leave-out' ? 'Left out' : `${override.by}’s edit`;
  return (
    <>
      {conflicts.length > 0 && (
        <table className={classes.conflicts}>
          <thead>
            <tr>
              <th scope="col">Field</th>
              <th scope="col">Emitted then</th>
              <th scope="col">Emitted now</th>
              <th scope="col">{own}</th>
            </tr>
          </thead>
          <tbody>
            {conflicts.map((one) => (
              <tr key={one.path}>
                <th scope="row">
                  <code>{one.path === '' ? 'the whole resource' : one.path}</code>
                </th>
                {[one.ground, one.now, one.edit].map((value, index) => (
                  // biome-ignore lint/suspicious/noArrayIndexKey: the columns are three, always
                  <td key={index}>
                    {value === undefined ? <span className="muted">absent</span> : <code>{value.trim()}</code>}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <SideBySide
        versions={[
          { title: 'Emitted when it was decided', text: ground },
          { title: 'Emitted now', text: now },
          { title: own, text: edit },
        ]}
      />
    </>
  );
}
