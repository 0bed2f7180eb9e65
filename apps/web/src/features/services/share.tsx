import type { Service } from '@isthmus/contract';
import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useId, useState } from 'react';
import { planSettingsQuery } from '../../api/queries.ts';
import classes from './gate.module.css';
import { nextShare } from './stages.ts';

/**
 * The share of requests that Kong Mesh takes: the plan's next step at a press, or any other.
 * @param onShare is told which revision of the service was seen when the share was chosen
 */
export function Share(props: {
  migration: string;
  service: Service;
  isPending: boolean;
  onShare: (share: number, seen: Service) => void;
}) {
  const { migration, service, isPending, onShare } = props;
  const input = useId();
  const shift = useQuery(planSettingsQuery(migration)).data?.settings.shift ?? [];
  const [draft, setDraft] = useState<{ readonly text: string; readonly seen: Service }>();
  const text = draft?.text ?? String(service.share);
  const wanted = Number(text);
  const isValid = text.trim() !== '' && Number.isInteger(wanted) && wanted >= 0 && wanted <= 100;
  const next = nextShare(shift, service.share);
  const send = (share: number, seen: Service): void => {
    setDraft(undefined);
    onShare(share, seen);
  };
  return (
    <form
      className={classes.share}
      onSubmit={(event) => {
        event.preventDefault();
        if (isValid && wanted !== service.share) send(wanted, draft?.seen ?? service);
      }}
    >
      <label htmlFor={input}>Requests in Kong Mesh</label>
      <progress className={classes.bar} max={100} value={service.share} aria-label="Share of the requests">
        {service.share} %
      </progress>
      <input
        id={input}
        className={classes.number}
        type="number"
        min={0}
        max={100}
        step={1}
        value={text}
        aria-invalid={!isValid}
        onChange={({ target }) => setDraft((before) => ({ text: target.value, seen: before?.seen ?? service }))}
      />
      <span>%</span>
      <Button
        size="compact-md"
        variant="default"
        type="submit"
        loading={isPending}
        disabled={!isValid || wanted === service.share}
      >
        Record this share
      </Button>
      {service.share < 100 && draft === undefined && (
        <Button size="compact-md" variant="default" disabled={isPending} onClick={() => send(next, service)}>
          Next step: {next} %
        </Button>
      )}
    </form>
  );
}
