import type { Service } from '@isthmus/contract';
import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { waveQuery } from '../../api/queries.ts';
import { Dialog } from '../../ui/dialog.tsx';
import { clusterQuery, useForm } from '../../ui/form-choice.tsx';
import { useAddress } from '../../ui/use-search.ts';
import { Commands } from './commands.tsx';
import classes from './gate.module.css';
import { nextStage } from './stages.ts';

/** The way back of all stages that are done, the last one first. */
function WayBack({ migration, service, wave }: { migration: string; service: Service; wave: number }) {
  const { data, error } = useQuery(
    waveQuery(migration, wave, { ...clusterQuery(useAddress()[0].cluster), form: useForm(), service: service.id }),
  );
  if (error !== null) return <p role="alert">{error.message}</p>;
  if (data === undefined)
    return (
      <p className="muted" role="status">
        Working out the way back …
      </p>
    );
  const done = data.stages.slice(0, nextStage(data.stages, service.phase, service.share));
  const commands = done
    .toReversed()
    .map(({ id, title, steps }, index) => ({
      id,
      title,
      // The script of the newest stage leads all the way back; those of earlier stages would do the same once more.
      commands: steps
        .toReversed()
        .flatMap(({ rollback }) =>
          rollback.filter(({ text }) => index === 0 || !text.endsWith('rollback/rollback.sh')),
        ),
    }))
    .filter((stage) => stage.commands.length > 0);
  if (commands.length === 0) return <p className="muted">No stage is recorded as done: nothing is to be taken back.</p>;
  return (
    <>
      {data.cluster !== undefined && (
        <p>
          In {data.cluster}
          {data.clusters.length > 1 &&
            `, and likewise in ${data.clusters.filter((one) => one !== data.cluster).join(', ')}`}
          :
        </p>
      )}
      <p>
        Run these first, from the folder of the wave’s bundle. They take back what was applied for the whole wave, the
        newest stage first.
      </p>
      {commands.map((stage) => (
        <Commands key={stage.id} title={`Take back: ${stage.title}`} commands={stage.commands} />
      ))}
    </>
  );
}

/** Goes back to Istio: what to run, and then the record of it. */
export function RollBack(props: {
  migration: string;
  service: Service;
  wave: number | null;
  isPending: boolean;
  onRollBack: () => void;
  onClose: () => void;
}) {
  const { migration, service, wave, isPending, onRollBack, onClose } = props;
  return (
    <Dialog title={`Roll ${service.id} back to Istio`} width={820} onClose={onClose}>
      <div className={classes.dialog}>
        {wave === null ? (
          <p>It is in no wave: there are no stages to take back.</p>
        ) : (
          <WayBack migration={migration} service={service} wave={wave} />
        )}
        <div className={classes.actions}>
          <Button color="danger" loading={isPending} onClick={onRollBack} data-autofocus>
            Record it as rolled back
          </Button>
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
        </div>
      </div>
    </Dialog>
  );
}
