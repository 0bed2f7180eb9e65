import { Button } from '@mantine/core';
import {
  type KeyboardEvent,
  memo,
  type PointerEvent,
  useEffect,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from 'react';
import { whole } from '../../../text/format.ts';
import classes from './graph.module.css';
import type { Layout } from './layout.ts';
import {
  type Graph,
  type GraphEdge,
  type GraphNode,
  neighboursOf,
  nodeBeside,
  type Side,
  sideOf,
  sideOfCalls,
} from './model.ts';

interface View {
  readonly x: number;
  readonly y: number;
  readonly zoom: number;
}

const least = 0.1;
const most = 3;
/** Smaller letters cannot be read: a larger picture begins with its middle. */
const leastReadable = 0.6;

const meshWords: Readonly<Record<Side, string>> = {
  source: 'in Istio',
  target: 'in Kong Mesh',
  mixed: 'in both meshes',
};

type Place = Layout['nodes'][number];

const Box = memo(function Box(props: {
  node: GraphNode;
  place: Place;
  side: Side;
  moved: number;
  wave: number | undefined;
  isFaded: boolean;
  isActive: boolean;
  onPress: (node: GraphNode) => void;
  onOpen: (node: GraphNode) => void;
}) {
  const { node, place, side, moved, wave, isFaded, isActive, onPress, onOpen } = props;
  const { label, services, isGroup } = node;
  const below = isGroup
    ? `${whole(services.length)} ${services.length === 1 ? 'service' : 'services'}${moved > 0 ? `, ${whole(moved)} moved` : ''}`
    : wave === undefined
      ? 'stays in Istio'
      : `wave ${wave}`;
  return (
    // biome-ignore lint/a11y/useSemanticElements: an element of a drawing cannot be a button
    <g
      role="button"
      tabIndex={isActive ? 0 : -1}
      data-node={node.id}
      aria-label={`${label}, ${below}, ${meshWords[side]}${isGroup ? '; Enter opens it' : ''}`}
      className={classes.node}
      data-side={side}
      data-faded={isFaded || undefined}
      data-active={isActive || undefined}
      transform={`translate(${place.x} ${place.y})`}
      onClick={() => onPress(node)}
      onDoubleClick={() => onOpen(node)}
      onKeyDown={({ key }) => key === 'Enter' && onOpen(node)}
    >
      <rect width={place.width} height={place.height} rx="6" strokeDasharray={isGroup ? '0' : undefined} />
      {isGroup && (
        <rect x="3" y="3" width={place.width - 6} height={place.height - 6} rx="4" className={classes.inner} />
      )}
      {/* The space keeps both words apart for those who listen. */}
      <text x={place.width / 2} y="17" className={classes.label}>
        {`${label} `}
      </text>
      <text x={place.width / 2} y="32" className={classes.below}>
        {below}
      </text>
    </g>
  );
});

const pathOf = (points: readonly { readonly x: number; readonly y: number }[]): string =>
  points.map(({ x, y }, index) => `${index === 0 ? 'M' : 'L'}${x} ${y}`).join('');

const Line = memo(function Line(props: {
  edge: GraphEdge;
  path: string;
  side: Side;
  isFaded: boolean;
  isChosen: boolean;
  onEdge: (id: string) => void;
}) {
  const { edge, path, side, isFaded, isChosen, onEdge } = props;
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the lists of calls below the picture lead to the same by keys
    <g
      className={classes.line}
      data-side={side}
      data-faded={isFaded || undefined}
      data-chosen={isChosen || undefined}
      onClick={() => onEdge(edge.id)}
    >
      <title>{`${edge.from.replace(/^group:/, '')} calls ${edge.to.replace(/^group:/, '')}${edge.calls.length > 1 ? ` (${edge.calls.length} calls)` : ''}`}</title>
      <path d={path} className={classes.wide} />
      <path d={path} className={classes.thin} markerEnd={`url(#arrow-${side})`} />
    </g>
  );
});

/** The picture, to be moved, zoomed and walked through with the arrows. */
export function Drawing(props: {
  boxes: Graph;
  layout: Layout;
  waveOf: ReadonlyMap<string, number>;
  after: number;
  at: string | undefined;
  edge: string | undefined;
  onAt: (id: string) => void;
  onEdge: (id: string) => void;
  onOpen: (group: string) => void;
  onClose: () => void;
  onDetails: () => void;
  onTable: () => void;
}) {
  const { boxes, layout, waveOf, after, at, edge, onAt, onEdge, onOpen, onClose, onDetails, onTable } = props;
  const room = useRef<HTMLDivElement>(null);
  const [view, setView] = useState<View>();
  const places = useMemo(() => new Map(layout.nodes.map((place) => [place.id, place])), [layout]);
  const fit = (atLeast = least): View => {
    const { clientWidth = 0, clientHeight = 0 } = room.current ?? {};
    const zoom = Math.max(
      atLeast,
      Math.min(clientWidth / Math.max(layout.width, 1), clientHeight / Math.max(layout.height, 1), 1),
    );
    return { zoom, x: (clientWidth - layout.width * zoom) / 2, y: (clientHeight - layout.height * zoom) / 2 };
  };
  const fitting = useRef(fit);
  fitting.current = fit;
  // biome-ignore lint/correctness/useExhaustiveDependencies: another layout is looked at as a whole
  useLayoutEffect(() => setView(fitting.current(leastReadable)), [layout]);

  const zoomBy = (factor: number, cx?: number, cy?: number): void =>
    setView((before) => {
      if (before === undefined) return before;
      const zoom = Math.min(most, Math.max(least, before.zoom * factor));
      const x = cx ?? (room.current?.clientWidth ?? 0) / 2;
      const y = cy ?? (room.current?.clientHeight ?? 0) / 2;
      const scale = zoom / before.zoom;
      return { zoom, x: x - (x - before.x) * scale, y: y - (y - before.y) * scale };
    });
  const latestZoom = useRef(zoomBy);
  latestZoom.current = zoomBy;
  // React listens to the wheel passively, where the page cannot be kept from scrolling.
  useEffect(() => {
    const element = room.current;
    if (element === null) return;
    const onWheel = (event: WheelEvent): void => {
      if (!event.ctrlKey && !event.metaKey) return;
      event.preventDefault();
      const { left, top } = element.getBoundingClientRect();
      latestZoom.current(Math.exp(-event.deltaY / 300), event.clientX - left, event.clientY - top);
    };
    element.addEventListener('wheel', onWheel, { passive: false });
    return () => element.removeEventListener('wheel', onWheel);
  }, []);

  const active = at !== undefined && places.has(at) ? at : layout.nodes[0]?.id;
  const near = useMemo(
    () => (at !== undefined && places.has(at) ? neighboursOf(boxes.edges, at) : undefined),
    [boxes, at, places],
  );
  const chosen = boxes.edges.find(({ id }) => id === edge);
  const isBright = (id: string): boolean =>
    chosen !== undefined ? id === chosen.from || id === chosen.to : near === undefined || id === at || near.has(id);

  /** Moves the picture so that a box is in view. */
  const show = (id: string): void => {
    const place = places.get(id);
    const element = room.current;
    if (place === undefined || element === null) return;
    setView((before) => {
      if (before === undefined) return before;
      const left = before.x + place.x * before.zoom;
      const top = before.y + place.y * before.zoom;
      const right = left + place.width * before.zoom;
      const bottom = top + place.height * before.zoom;
      const dx = left < 8 ? 8 - left : right > element.clientWidth - 8 ? element.clientWidth - 8 - right : 0;
      const dy = top < 8 ? 8 - top : bottom > element.clientHeight - 8 ? element.clientHeight - 8 - bottom : 0;
      return dx === 0 && dy === 0 ? before : { ...before, x: before.x + dx, y: before.y + dy };
    });
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const { key } = event;
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (key === '+' || key === '=') zoomBy(1.25);
    else if (key === '-') zoomBy(0.8);
    else if (key === '0') setView(fit());
    else if (key === 't') onTable();
    else if (key === 'Escape') onClose();
    else if (key.startsWith('Arrow')) {
      const next = nodeBeside(layout.nodes, active, key);
      if (next !== undefined) {
        onAt(next);
        show(next);
        room.current?.querySelector<SVGGElement>(`[data-node="${CSS.escape(next)}"]`)?.focus({ preventScroll: true });
      }
    } else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const drag = (event: PointerEvent<HTMLDivElement>): void => {
    if (event.buttons !== 1) return;
    // A press on a box is a press; only a movement takes the picture along.
    if (Math.abs(event.movementX) + Math.abs(event.movementY) > 1)
      event.currentTarget.setPointerCapture(event.pointerId);
    setView((before) => before && { ...before, x: before.x + event.movementX, y: before.y + event.movementY });
  };
  const handlers = useRef({ onAt, onOpen, onDetails, onEdge });
  handlers.current = { onAt, onOpen, onDetails, onEdge };
  const [onPress] = useState(() => (node: GraphNode) => handlers.current.onAt(node.id));
  const [open] = useState(() => (node: GraphNode) => {
    if (node.isGroup) handlers.current.onOpen(node.label);
    else handlers.current.onDetails();
  });
  const [press] = useState(() => (id: string) => handlers.current.onEdge(id));
  return (
    <div className={classes.picture}>
      <div className={classes.tools}>
        <Button.Group>
          <Button size="compact-md" variant="default" aria-label="Smaller" onClick={() => zoomBy(0.8)}>
            −
          </Button>
          <Button
            size="compact-md"
            variant="default"
            title="Natural size"
            onClick={() => view && zoomBy(1 / view.zoom)}
          >
            {Math.round((view?.zoom ?? 1) * 100)} %
          </Button>
          <Button size="compact-md" variant="default" aria-label="Larger" onClick={() => zoomBy(1.25)}>
            +
          </Button>
          <Button size="compact-md" variant="default" onClick={() => setView(fit())}>
            Fit
          </Button>
        </Button.Group>
        <Button size="compact-md" variant="default" onClick={onTable}>
          As a list
        </Button>
        <ul className={classes.legend} aria-label="Legend">
          <li data-side="source">
            <span aria-hidden="true" /> in Istio
          </li>
          <li data-side="mixed">
            <span aria-hidden="true" /> across both meshes
          </li>
          <li data-side="target">
            <span aria-hidden="true" /> in Kong Mesh
          </li>
        </ul>
      </div>
      {/* biome-ignore lint/a11y/useSemanticElements: a drawing whose boxes are buttons */}
      <div
        ref={room}
        role="group"
        aria-label="Graph of the services. Arrows go from box to box, Enter opens, plus and minus zoom, t lists the calls."
        className={classes.room}
        style={{ height: `min(68vh, 680px, ${Math.ceil(layout.height) + 2}px)` }}
        onKeyDown={onKeyDown}
        onPointerMove={drag}
      >
        {/* biome-ignore lint/a11y/noSvgWithoutTitle: the group around it has a name, and so has each box */}
        <svg width="100%" height="100%" className={classes.svg}>
          <defs>
            {(['source', 'target', 'mixed'] as const).map((side) => (
              <marker
                key={side}
                id={`arrow-${side}`}
                data-side={side}
                className={classes.arrow}
                viewBox="0 0 8 8"
                refX="7"
                refY="4"
                markerWidth="7"
                markerHeight="7"
                orient="auto"
              >
                <path d="M0 0.5 7.5 4 0 7.5z" />
              </marker>
            ))}
          </defs>
          {view !== undefined && (
            <g transform={`translate(${view.x} ${view.y}) scale(${view.zoom})`}>
              {boxes.edges.map((one) => (
                <Line
                  key={one.id}
                  edge={one}
                  path={pathOf(layout.lines.get(one.id) ?? [])}
                  side={sideOfCalls(one.calls, waveOf, after)}
                  isFaded={
                    chosen !== undefined ? one.id !== edge : near !== undefined && one.from !== at && one.to !== at
                  }
                  isChosen={one.id === edge}
                  onEdge={press}
                />
              ))}
              {boxes.nodes.map((node) => {
                const place = places.get(node.id);
                if (place === undefined) return null;
                const { side, moved } = sideOf(node.services, waveOf, after);
                return (
                  <Box
                    key={node.id}
                    node={node}
                    place={place}
                    side={side}
                    moved={moved}
                    wave={waveOf.get(node.id)}
                    isFaded={!isBright(node.id)}
                    isActive={node.id === active}
                    onPress={onPress}
                    onOpen={open}
                  />
                );
              })}
            </g>
          )}
        </svg>
      </div>
    </div>
  );
}
