import { type Phase, phases } from '@isthmus/contract';
import type { CSSProperties } from 'react';
import classes from './phase.module.css';

/** What each phase says of a service. */
export const phaseWords: Readonly<Record<Phase, string>> = {
  discovered: 'found in the snapshot',
  translated: 'its translation is there to be looked at',
  reviewed: 'somebody has looked at every finding',
  bridged: 'both meshes reach it',
  shifting: 'traffic is moving over',
  migrated: 'all traffic goes through Kong Mesh',
  retired: 'its Istio resources are gone',
  'rolled-back': 'traffic went back to Istio',
};

/** How far a service is, as a row of steps, with the word. */
export function PhaseLabel({ phase }: { phase: Phase }) {
  const reached = phase === 'rolled-back' ? 0 : phases.indexOf(phase) + 1;
  return (
    <span className={classes.phase} title={phaseWords[phase]}>
      <span className={classes.steps} style={{ '--reached': reached } as CSSProperties} aria-hidden="true" />
      {phase}
    </span>
  );
}

/** A choice of phases. */
export function PhaseSelect(props: { label: string; value: Phase | ''; onChange: (phase: Phase) => void }) {
  const { label, value, onChange } = props;
  return (
    <select aria-label={label} value={value} onChange={({ target }) => onChange(target.value as Phase)}>
      {value === '' && <option value="">Phase …</option>}
      {phases.map((phase) => (
        <option key={phase} value={phase}>
          {phase}
        </option>
      ))}
    </select>
  );
}
