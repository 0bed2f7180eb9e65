import type { WaveStages } from '@isthmus/contract';
import { Chip, Chips } from '../../ui/chip.tsx';
import { SelectFilter } from '../../ui/filters.tsx';
import { useAddress } from '../../ui/use-search.ts';
import classes from './bridge.module.css';
import type { Moment } from './moment.ts';

/** Chooses a moment: a wave, and one of its stages; of several clusters the one whose stages and paths are shown. */
export function MomentBar(props: {
  waves: number;
  moment: Moment;
  stages: WaveStages | undefined;
  /** None where the snapshot is of one. */
  clusters: readonly string[];
}) {
  const { waves, moment, stages, clusters } = props;
  const [, change] = useAddress();
  return (
    <div className={classes.moment}>
      <label>
        Moment{' '}
        <select
          aria-label="Moment of the migration"
          value={moment.wave === undefined ? '' : String(moment.wave)}
          onChange={({ target }) =>
            change({ wave: target.value === '' ? undefined : target.value, stage: undefined, object: undefined })
          }
        >
          <option value="">now, as recorded</option>
          <option value="0">before the first wave</option>
          {Array.from({ length: waves }, (_, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: waves are their numbers
            <option key={index} value={String(index + 1)}>
              wave {index + 1}
            </option>
          ))}
        </select>
      </label>
      {clusters.length > 0 && (
        <SelectFilter
          name="cluster"
          label="Cluster of stages and paths"
          options={stages === undefined ? clusters : stages.clusters}
          none={stages?.cluster === undefined ? 'The first cluster' : `In ${stages.cluster}`}
        />
      )}
      {stages !== undefined && (
        <Chips legend={`Stage of wave ${stages.wave}`}>
          {stages.stages.map(({ id, title }, index) => (
            <Chip
              key={id}
              title={title}
              isPressed={moment.stage === id}
              onPress={() => change({ stage: id, object: undefined })}
            >
              <span className="muted">{index + 1}</span>{' '}
              {id.replaceAll('-', ' ').replace(/^shift (\d+)$/, 'shift $1 %')}
            </Chip>
          ))}
          <Chip isPressed={moment.stage === undefined} onPress={() => change({ stage: undefined, object: undefined })}>
            done
          </Chip>
        </Chips>
      )}
    </div>
  );
}
