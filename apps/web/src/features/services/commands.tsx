import type { Command } from '@isthmus/contract';
import { CopyButton } from '../../ui/copy.tsx';
import classes from './steps.module.css';

const clusterWords = { istio: 'Istio’s cluster', kong: 'Kong Mesh’s cluster' } as const;

/** Commands as a shell takes them: what each is for becomes a comment. */
const scriptOf = (commands: readonly Command[]): string =>
  commands.map(({ text, why }) => (why === undefined ? text : `# ${why}\n${text}`)).join('\n');

/** Commands to be run one after the other, each with what it is for, to be copied by itself or all at once. */
export function Commands({ title, commands }: { title: string; commands: readonly Command[] }) {
  if (commands.length === 0) return null;
  return (
    <div className={classes.commands}>
      <div className={classes.commandsHead}>
        <p>{title}</p>
        {commands.length > 1 && <CopyButton text={scriptOf(commands)} label={`Copy all ${commands.length}`} />}
      </div>
      <ul aria-label={title}>
        {commands.map(({ text, why, cluster }, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the same command may be run twice
          <li key={index} className={classes.command}>
            <div className={classes.line}>
              {(why !== undefined || cluster !== undefined) && (
                <p className={classes.why}>
                  {cluster !== undefined && <span className={classes.cluster}>{clusterWords[cluster]}</span>}
                  {why}
                </p>
              )}
              <pre className={classes.text}>{text}</pre>
            </div>
            <CopyButton text={text} />
          </li>
        ))}
      </ul>
    </div>
  );
}
