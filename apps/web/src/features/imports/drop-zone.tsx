import { Button, TextInput } from '@mantine/core';
import { useEffect, useRef, useState } from 'react';
import classes from './drop-zone.module.css';
import { type Found, fromInput, fromText, walkDropped } from './walk.ts';

/** What looks like a manifest rather than something else on the clipboard. */
export const isManifest = (text: string): boolean => /^\s*[{"]|^\s*(?:- )?[A-Za-z]\w*:(?:\s|$)/m.test(text);

/**
 * Takes manifests in every way a browser knows: dropped files, folders and archives anywhere on the page, chosen ones,
 * and pasted text.
 */
export function DropZone({ onFound, heading }: { onFound: (found: Found) => void; heading: string }) {
  const files = useRef<HTMLInputElement>(null);
  const folder = useRef<HTMLInputElement>(null);
  const [isOver, setOver] = useState(false);
  const [looking, setLooking] = useState<number>();
  const [pasted, setPasted] = useState<string>();
  const latest = useRef(onFound);
  const [cluster, setCluster] = useState('');
  const hand = (found: Found): void => onFound({ ...found, cluster: cluster.trim() });
  latest.current = hand;

  useEffect(() => {
    const onPaste = (event: ClipboardEvent): void => {
      const target = event.target as Element | null;
      if (target?.closest('input, textarea') != null) return;
      const text = event.clipboardData?.getData('text/plain') ?? '';
      if (text !== '' && isManifest(text)) setPasted(text);
    };
    document.addEventListener('paste', onPaste);
    return () => document.removeEventListener('paste', onPaste);
  }, []);

  const [onDrop] = useState(() => async (data: DataTransfer): Promise<void> => {
    const text = data.getData('text/plain');
    const walking = walkDropped(data, setLooking);
    setLooking(0);
    const found = await walking.catch(() => ({ uploads: [], leftOut: 0 }));
    setLooking(undefined);
    if (found.uploads.length === 0 && text !== '') setPasted(text);
    else latest.current(found);
  });
  // The whole page takes what is dropped: beside the frame a browser would leave the app and show the file.
  useEffect(() => {
    let inside = 0;
    const listeners = {
      dragenter: () => setOver(++inside > 0),
      dragleave: () => setOver(--inside > 0),
      dragover: () => {},
      drop: ({ dataTransfer }: DragEvent) => {
        inside = 0;
        setOver(false);
        if (dataTransfer !== null) void onDrop(dataTransfer);
      },
    };
    const names = Object.keys(listeners) as (keyof typeof listeners)[];
    const listen = (event: DragEvent): void => {
      event.preventDefault();
      listeners[event.type as keyof typeof listeners](event);
    };
    for (const name of names) document.addEventListener(name, listen);
    return () => {
      for (const name of names) document.removeEventListener(name, listen);
    };
  }, [onDrop]);
  return (
    <div className={classes.zone} data-over={isOver || undefined}>
      <h2 className={classes.heading}>{heading}</h2>
      <p className="muted">
        Files, folders with their paths, .zip, .tar, .tar.gz; YAML of many documents, JSON, lists, and what Helm or
        Kustomize print. Values of Secrets are dropped on reading.
      </p>
      <TextInput
        className={classes.cluster}
        label="Cluster"
        description="The name of the cluster that all of this is of. Not needed for one cluster alone; of several, put each into a folder named cluster=NAME."
        value={cluster}
        onChange={({ target }) => setCluster(target.value)}
      />
      <div className={classes.ways}>
        <Button onClick={() => files.current?.click()}>Choose files</Button>
        <Button variant="default" onClick={() => folder.current?.click()}>
          Choose a folder
        </Button>
        <Button
          variant="default"
          aria-expanded={pasted !== undefined}
          onClick={() => setPasted((now) => (now === undefined ? '' : undefined))}
        >
          Paste text
        </Button>
        <span role="status">{looking === undefined ? '' : `Looking into folders: ${looking} files so far`}</span>
      </div>
      <input
        ref={files}
        type="file"
        hidden
        multiple
        aria-label="Files to import"
        onChange={({ target }) => {
          if (target.files?.length) hand(fromInput(target.files));
          target.value = '';
        }}
      />
      <input
        ref={folder}
        type="file"
        hidden
        multiple
        aria-label="Folder to import"
        // Not an attribute that React's types know; every browser does.
        {...{ webkitdirectory: '' }}
        onChange={({ target }) => {
          if (target.files?.length) hand(fromInput(target.files));
          target.value = '';
        }}
      />
      {pasted !== undefined && (
        <form
          className={classes.paste}
          onSubmit={(event) => {
            event.preventDefault();
            if (pasted.trim() !== '') hand(fromText(pasted));
          }}
        >
          <textarea
            // biome-ignore lint/a11y/noAutofocus: it opens because it was asked for
            autoFocus
            className={classes.text}
            aria-label="Manifests as text"
            placeholder="apiVersion: networking.istio.io/v1"
            rows={12}
            spellCheck={false}
            value={pasted}
            onChange={({ target }) => setPasted(target.value)}
          />
          <Button type="submit" disabled={pasted.trim() === ''}>
            Import this text
          </Button>
        </form>
      )}
    </div>
  );
}
