import { Button } from '@mantine/core';
import { type KeyboardEvent, type PointerEvent, useEffect, useRef, useState } from 'react';
import { loadMermaid } from '../../editor/load.ts';
import { watchColorScheme } from '../../editor/theme.ts';
import { CopyButton } from '../../ui/copy.tsx';
import classes from './bridge.module.css';
import { fitting, parseDrawing, sizeOf, zoomed } from './drawing.ts';
import { fileNameOf } from './moment.ts';

export interface PictureProps {
  readonly mermaid: string;
  /** The same in words, for people who do not see it. */
  readonly description: string;
  /** What it is of, for the name of its file. */
  readonly name: readonly (string | number | undefined)[];
  /** What the section is called for those who listen. */
  readonly label: string;
}

type State =
  | { readonly name: 'drawing' }
  | { readonly name: 'drawn'; readonly root: Element }
  | { readonly name: 'failed'; readonly reason: string };

/** Draws Mermaid text; again when the colour scheme changes. */
function useDrawing(mermaid: string): { state: State; retry: () => void } {
  const [state, setState] = useState<State>({ name: 'drawing' });
  const [attempt, setAttempt] = useState(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another attempt draws anew
  useEffect(() => {
    let isWanted = true;
    const draw = async (): Promise<void> => {
      try {
        const { draw: toSvg } = await loadMermaid();
        const root = parseDrawing(await toSvg(mermaid), new DOMParser());
        if (isWanted) setState({ name: 'drawn', root });
      } catch (error) {
        if (isWanted) setState({ name: 'failed', reason: error instanceof Error ? error.message : String(error) });
      }
    };
    void draw();
    const end = watchColorScheme(() => void draw());
    return () => {
      isWanted = false;
      end();
    };
  }, [mermaid, attempt]);
  const retry = (): void => {
    setState({ name: 'drawing' });
    setAttempt((count) => count + 1);
  };
  return { state, retry };
}

function save(text: string, type: string, name: string): void {
  const address = URL.createObjectURL(new Blob([text], { type }));
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  URL.revokeObjectURL(address);
}

function svgOf(root: Element): string {
  const copy = root.cloneNode(true) as SVGSVGElement;
  const { width, height } = sizeOf(copy.getAttribute('viewBox'));
  copy.setAttribute('width', String(width));
  copy.setAttribute('height', String(height));
  const ground = getComputedStyle(document.documentElement).getPropertyValue('--ground');
  copy.setAttribute('style', `background: ${ground}`);
  return new XMLSerializer().serializeToString(copy);
}

/** Smaller letters cannot be read: a wider picture is scrolled instead. */
const leastReadable = 0.75;

/** The picture, to be zoomed and scrolled or dragged about. */
export function Picture({ mermaid, description, name, label }: PictureProps) {
  const { state, retry } = useDrawing(mermaid);
  const room = useRef<HTMLElement>(null);
  const sheet = useRef<HTMLDivElement>(null);
  const [zoom, setZoom] = useState<number>();
  const root = state.name === 'drawn' ? state.root : undefined;
  const size = sizeOf(root?.getAttribute('viewBox') ?? null);
  const fit = (): number =>
    fitting(size, { width: (room.current?.clientWidth ?? 0) - 32, height: Number.POSITIVE_INFINITY });
  const shown = zoom ?? Math.max(fit(), leastReadable);

  useEffect(() => {
    if (root === undefined) return;
    const drawing = document.importNode(root, true);
    drawing.setAttribute('role', 'img');
    drawing.setAttribute('aria-label', description);
    drawing.removeAttribute('aria-roledescription');
    sheet.current?.replaceChildren(drawing);
  }, [root, description]);
  useEffect(() => {
    const drawing = sheet.current?.firstElementChild;
    drawing?.setAttribute('width', String(size.width * shown));
    drawing?.setAttribute('height', String(size.height * shown));
  });

  if (state.name === 'failed')
    return (
      <div className={classes.failed} role="alert">
        <p>
          <strong>The picture could not be drawn.</strong> The description and the table say the same in words; the text
          of the diagram can be copied into another tool.
        </p>
        <p className="muted">Mermaid: {state.reason}</p>
        <div className={classes.tools}>
          <Button size="compact-md" variant="default" onClick={retry}>
            Try again
          </Button>
          <CopyButton text={mermaid} label="Copy Mermaid text" />
        </div>
        <pre
          className={classes.text}
          // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable without a mouse
          tabIndex={0}
        >
          {mermaid}
        </pre>
      </div>
    );

  const pressed = (event: KeyboardEvent): void => {
    const next = { '+': zoomed(shown, 1), '=': zoomed(shown, 1), '-': zoomed(shown, -1), '0': undefined };
    if (event.ctrlKey || event.metaKey || event.altKey || !Object.hasOwn(next, event.key)) return;
    event.preventDefault();
    setZoom(next[event.key as keyof typeof next]);
  };
  const drag = (event: PointerEvent<HTMLElement>): void => {
    if (event.buttons !== 1 || event.pointerType !== 'mouse') return;
    event.currentTarget.setPointerCapture(event.pointerId);
    event.currentTarget.scrollLeft -= event.movementX;
    event.currentTarget.scrollTop -= event.movementY;
  };
  return (
    <div className={classes.picture}>
      <div className={classes.tools}>
        <Button.Group>
          <Button size="compact-md" variant="default" aria-label="Smaller" onClick={() => setZoom(zoomed(shown, -1))}>
            −
          </Button>
          <Button size="compact-md" variant="default" onClick={() => setZoom(1)} title="Natural size">
            {Math.round(shown * 100)} %
          </Button>
          <Button size="compact-md" variant="default" aria-label="Larger" onClick={() => setZoom(zoomed(shown, 1))}>
            +
          </Button>
          <Button size="compact-md" variant="default" onClick={() => setZoom(fit())}>
            Fit width
          </Button>
        </Button.Group>
        <Button
          size="compact-md"
          variant="default"
          disabled={root === undefined}
          onClick={() => root !== undefined && save(svgOf(root), 'image/svg+xml', fileNameOf(name, 'svg'))}
        >
          Download SVG
        </Button>
        <Button
          size="compact-md"
          variant="default"
          onClick={() => save(mermaid, 'text/plain', fileNameOf(name, 'mmd'))}
        >
          Download Mermaid
        </Button>
        <CopyButton text={mermaid} label="Copy Mermaid text" />
        <Legend />
      </div>
      <section
        ref={room}
        className={classes.room}
        aria-label={`${label}; arrow keys scroll, plus and minus zoom`}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable without a mouse
        tabIndex={0}
        onKeyDown={pressed}
        onPointerMove={drag}
      >
        {state.name === 'drawing' && (
          <p className={classes.drawing} role="status">
            Drawing …
          </p>
        )}
        <div ref={sheet} className={classes.sheet} />
      </section>
    </div>
  );
}

/** What the accents of the picture mean. */
function Legend() {
  return (
    <ul className={classes.legend} aria-label="Legend">
      <li>
        <span className={classes.istio} aria-hidden="true" /> Istio
      </li>
      <li>
        <span className={classes.bridge} aria-hidden="true" /> Bridge, across meshes
      </li>
      <li>
        <span className={classes.kong} aria-hidden="true" /> Kong Mesh
      </li>
    </ul>
  );
}
