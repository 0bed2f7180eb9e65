import { Button } from '@mantine/core';
import { useState } from 'react';
import classes from './copy.module.css';

/** Copies a text and says so. */
export function CopyButton({ text, label = 'Copy' }: { text: string; label?: string }) {
  const [state, setState] = useState<'idle' | 'copied' | 'failed'>('idle');
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(text);
      setState('copied');
    } catch {
      // Without TLS browsers have no clipboard; the text can be selected.
      setState('failed');
    }
    setTimeout(() => setState('idle'), 2000);
  };
  return (
    <Button className={classes.copy} size="compact-md" variant="default" onClick={() => void copy()}>
      <span aria-live="polite">{state === 'idle' ? label : state === 'copied' ? 'Copied' : 'Select and copy'}</span>
    </Button>
  );
}

/** Commands for a shell, to be copied. */
export function Command({ text, label = 'Copy' }: { text: string; label?: string }) {
  return (
    <div className={classes.command}>
      <pre className={classes.text}>{text}</pre>
      <CopyButton text={text} label={label} />
    </div>
  );
}
