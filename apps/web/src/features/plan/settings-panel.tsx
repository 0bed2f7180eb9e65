import type { PlanSettings } from '@isthmus/contract';
import { Button } from '@mantine/core';
import { type ReactNode, useId, useState } from 'react';
import { Section } from '../../ui/page.tsx';
import { Observed } from './observed.tsx';
import classes from './page.module.css';
import { stepsOf } from './shift-steps.ts';
import type { PlanState } from './use-plan.ts';

/** How much evidence a call needs to order the waves. */
const confidences: readonly (readonly [number, string])[] = [
  [0.6, 'likely calls'],
  [0.9, 'calls with strong evidence'],
  [1, 'observed calls only'],
  [0, 'all evidence, weak too'],
];

const orderWords: Readonly<Record<PlanSettings['order'], string>> = {
  'callees-first':
    'A service moves after everything that it calls. Calls that cross go from Istio to Kong Mesh: weights of the existing routes shift them and take them back within seconds.',
  'callers-first':
    'A service moves before everything that it calls. Calls that cross go from Kong Mesh to Istio: each needs a way into Istio, so that the bridge is larger.',
};

function Field({ label, note, children }: { label: string; note?: ReactNode; children: (id: string) => ReactNode }) {
  const id = useId();
  return (
    <div className={classes.field}>
      <label htmlFor={id}>{label}</label>
      {children(id)}
      {note !== undefined && <p className="muted">{note}</p>}
    </div>
  );
}

/** A number that may be left empty; what is none changes nothing. */
function NumberField(props: {
  label: string;
  note?: ReactNode;
  value: number | null;
  min: number;
  max: number;
  placeholder?: string;
  onChange: (value: number | null) => void;
}) {
  const { label, note, value, min, max, placeholder, onChange } = props;
  const [text, setText] = useState<string>();
  const shown = text ?? (value === null ? '' : String(value));
  const number = Number(shown);
  const isValid = shown === '' ? placeholder !== undefined : Number.isInteger(number) && number >= min && number <= max;
  const commit = (): void => {
    if (text !== undefined && isValid) onChange(shown === '' ? null : number);
    setText(undefined);
  };
  return (
    <Field label={label} note={note}>
      {(id) => (
        <input
          id={id}
          type="number"
          min={min}
          max={max}
          step={1}
          placeholder={placeholder}
          value={shown}
          aria-invalid={!isValid}
          onChange={({ target }) => setText(target.value)}
          onBlur={commit}
          onKeyDown={({ key }) => key === 'Enter' && commit()}
        />
      )}
    </Field>
  );
}

function Shift({ value, onChange }: { value: readonly number[]; onChange: (value: number[]) => void }) {
  const [text, setText] = useState<string>();
  const shown = text ?? value.join(', ');
  const steps = stepsOf(shown);
  const commit = (): void => {
    if (text === undefined) return;
    if (steps !== undefined) {
      onChange(steps);
      setText(undefined);
    }
  };
  return (
    <Field
      label="Steps of shifting, in %"
      note={steps === undefined ? 'Whole numbers that grow and end with 100, as in 10, 50, 100.' : undefined}
    >
      {(id) => (
        <input
          id={id}
          value={shown}
          aria-invalid={steps === undefined}
          onChange={({ target }) => setText(target.value)}
          onBlur={commit}
          onKeyDown={({ key }) => key === 'Enter' && commit()}
        />
      )}
    </Field>
  );
}

function Freezes({
  value,
  onChange,
}: {
  value: PlanSettings['freezes'];
  onChange: (v: PlanSettings['freezes']) => void;
}) {
  const [from, setFrom] = useState('');
  const [to, setTo] = useState('');
  const [reason, setReason] = useState('');
  const isComplete = from !== '' && to !== '' && from <= to && reason.trim() !== '';
  return (
    <div className={classes.freezes}>
      <h3 className={classes.subtitle}>Freezes</h3>
      {value.length > 0 && (
        <ul className={classes.reasons}>
          {value.map((freeze, index) => (
            <li key={`${freeze.from} ${freeze.to} ${freeze.reason}`}>
              <span className="number">
                {freeze.from} to {freeze.to}
              </span>
              <span>{freeze.reason}</span>
              <Button
                size="compact-sm"
                variant="default"
                aria-label={`Remove the freeze from ${freeze.from}`}
                onClick={() => onChange(value.toSpliced(index, 1))}
              >
                Remove
              </Button>
            </li>
          ))}
        </ul>
      )}
      <form
        className={classes.newFreeze}
        onSubmit={(event) => {
          event.preventDefault();
          if (!isComplete) return;
          onChange([...value, { from, to, reason: reason.trim() }].sort((a, b) => (a.from < b.from ? -1 : 1)));
          setFrom('');
          setTo('');
          setReason('');
        }}
      >
        <input type="date" aria-label="Freeze from" value={from} onChange={({ target }) => setFrom(target.value)} />
        <span>to</span>
        <input
          type="date"
          aria-label="Freeze to"
          min={from}
          value={to}
          onChange={({ target }) => setTo(target.value)}
        />
        <input
          aria-label="Reason of the freeze"
          placeholder="Reason, as in: holiday sale"
          maxLength={2000}
          value={reason}
          onChange={({ target }) => setReason(target.value)}
        />
        <Button size="compact-md" variant="default" type="submit" disabled={!isComplete}>
          Add freeze
        </Button>
      </form>
    </div>
  );
}

/** What the plan has to keep to. Changes are a draft until they are kept for everybody. */
export function SettingsPanel({ migration, state }: { migration: string; state: PlanState }) {
  const { settings, edit } = state;
  const { order, most, oneNamespace, confidence, start, everyDays, freezes, approvals, shift } = settings;
  return (
    <Section title="What the plan keeps to">
      <div className={classes.settings}>
        <Field label="Order" note={orderWords[order]}>
          {(id) => (
            <select
              id={id}
              value={order}
              onChange={({ target }) => edit({ order: target.value as PlanSettings['order'] })}
            >
              <option value="callees-first">callees before callers</option>
              <option value="callers-first">callers before callees</option>
            </select>
          )}
        </Field>
        <Field label="Ordered by" note="Calls with less evidence are shown, and neither order the waves nor count.">
          {(id) => (
            <select id={id} value={confidence} onChange={({ target }) => edit({ confidence: Number(target.value) })}>
              {!confidences.some(([value]) => value === confidence) && (
                <option value={confidence}>from {Math.round(confidence * 100)} % on</option>
              )}
              {confidences.map(([value, words]) => (
                <option key={value} value={value}>
                  {words}
                </option>
              ))}
            </select>
          )}
        </Field>
        <NumberField
          label="Services per wave"
          value={most}
          min={1}
          max={100_000}
          placeholder="any"
          onChange={(value) => edit({ most: value })}
        />
        <div className={classes.field}>
          <span className={classes.label}>Namespaces</span>
          <label className={classes.check}>
            <input
              type="checkbox"
              checked={oneNamespace}
              onChange={({ target }) => edit({ oneNamespace: target.checked })}
            />
            One namespace at a time
          </label>
        </div>
        <Field label="First wave on" note={start === null ? 'Without a day the waves have none.' : undefined}>
          {(id) => (
            <input
              id={id}
              type="date"
              value={start ?? ''}
              onChange={({ target }) => edit({ start: target.value === '' ? null : target.value })}
            />
          )}
        </Field>
        <NumberField
          label="Days between waves"
          value={everyDays}
          min={1}
          max={365}
          onChange={(value) => value !== null && edit({ everyDays: value })}
        />
        <NumberField
          label="Approvals before traffic shifts"
          value={approvals}
          min={0}
          max={5}
          onChange={(value) => value !== null && edit({ approvals: value })}
        />
        <Shift value={shift} onChange={(value) => edit({ shift: value })} />
      </div>
      <Freezes value={freezes} onChange={(value) => edit({ freezes: value })} />
      <Observed migration={migration} stored={state.stored} />
    </Section>
  );
}
