import type { ClusterConnection } from '@isthmus/contract';
import { Button, TextInput } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { isProblem } from '../../api/problem.ts';
import { Command } from '../../ui/copy.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import classes from './clusters.module.css';
import { contextsQuery } from './queries.ts';
import { nameFrom } from './words.ts';

export interface ConnectDialogProps {
  /** What the button at the end says. */
  readonly action: string;
  /** Connects; what it rejects with is shown in the dialog. */
  readonly onConnect: (cluster: { name: string; connection: ClusterConnection }) => Promise<void>;
  readonly onClose: () => void;
}

const inCluster = 'in-cluster';
const byPath = 'file';

/** Chooses a cluster among those that the server has credentials for. None of them gets here. */
export function ConnectDialog({ action, onConnect, onClose }: ConnectDialogProps) {
  const contexts = useQuery(contextsQuery);
  const [chosen, setChosen] = useState<string>();
  const [path, setPath] = useState('');
  const [ownName, setName] = useState<string>();
  const usable = contexts.data?.contexts.filter(({ refused }) => refused === undefined) ?? [];
  const first = usable.find(({ isCurrent }) => isCurrent) ?? usable[0];
  const choice = chosen ?? (first === undefined ? byPath : `context ${first.name}`);
  const context = choice.startsWith('context ') ? choice.slice('context '.length) : undefined;
  const name = ownName ?? (context === undefined ? '' : nameFrom(context));
  const connection: ClusterConnection =
    context !== undefined
      ? { kind: 'context', context }
      : choice === inCluster
        ? { kind: 'in-cluster' }
        : { kind: 'file', path: path.trim() };
  const connect = useMutation({ mutationFn: () => onConnect({ name: name.trim(), connection }) });
  const isReady = /^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/.test(name.trim()) && (choice !== byPath || path.trim() !== '');
  const { error } = connect;
  const radio = (value: string, label: string, hint: string, isRefused = false) => (
    <label key={value} className={classes.choice}>
      <input
        type="radio"
        name="cluster"
        value={value}
        checked={choice === value}
        disabled={isRefused}
        onChange={() => setChosen(value)}
      />
      <span>
        {label} <span className="muted">{hint}</span>
      </span>
    </label>
  );
  return (
    <Dialog title="Connect a cluster" width={620} onClose={onClose}>
      <form
        className={classes.form}
        onSubmit={(event) => {
          event.preventDefault();
          connect.mutate();
        }}
      >
        <p className="muted">
          Isthmus reads and does nothing else: get, list and watch. Credentials stay on the server; of Secrets only
          names and labels are asked for.
        </p>
        {contexts.data === undefined ? (
          <p role="status">{contexts.error === null ? 'Looking at the kubeconfig …' : contexts.error.message}</p>
        ) : (
          <fieldset className={classes.choices}>
            <legend className="unseen">Cluster</legend>
            {contexts.data.contexts.map((one) =>
              radio(`context ${one.name}`, one.name, one.refused ?? one.server, one.refused !== undefined),
            )}
            {contexts.data.inCluster && radio(inCluster, 'This cluster', 'the service account of this server')}
            {radio(byPath, 'A kubeconfig on the server', 'by its path')}
            {contexts.data.problem !== undefined && <p role="alert">{contexts.data.problem}</p>}
          </fieldset>
        )}
        {choice === byPath && (
          <TextInput
            label="Path of the kubeconfig on the server"
            placeholder="/etc/isthmus/kubeconfig"
            value={path}
            onChange={({ target }) => setPath(target.value)}
          />
        )}
        <TextInput
          label="Name of the cluster"
          description="Stands on each of its resources: lower-case letters, digits, dashes and dots."
          maxLength={63}
          value={name}
          onChange={({ target }) => setName(target.value)}
        />
        {error !== null && <p role="alert">{isProblem(error) ? error.problem.detail : error.message}</p>}
        <details>
          <summary>Rights that suffice</summary>
          <Command text={contexts.data?.rights ?? ''} />
        </details>
        <div className={classes.buttons}>
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" loading={connect.isPending} disabled={!isReady}>
            {action}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
