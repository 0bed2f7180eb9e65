/** The natural size of a drawing in pixels. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

/** Size by a `viewBox`; what has none, or a broken one, is given a common size. */
export function sizeOf(viewBox: string | null): Size {
  const [, , width = Number.NaN, height = Number.NaN] = (viewBox ?? '')
    .trim()
    .split(/[\s,]+/)
    .map(Number);
  return width > 0 && height > 0 ? { width, height } : { width: 800, height: 600 };
}

const steps = [0.1, 0.15, 0.25, 0.35, 0.5, 0.7, 0.85, 1, 1.25, 1.5, 2, 3, 4];

/** The next larger or smaller zoom. */
export function zoomed(zoom: number, direction: 1 | -1): number {
  const near = 0.001;
  const next =
    direction === 1 ? steps.find((step) => step > zoom + near) : steps.findLast((step) => step < zoom - near);
  return next ?? (direction === 1 ? (steps.at(-1) as number) : (steps[0] as number));
}

/** The zoom at which a drawing is seen as a whole, never larger than it is. */
export function fitting(size: Size, room: Size): number {
  const zoom = Math.min(room.width / size.width, room.height / size.height, 1);
  return Number.isFinite(zoom) && zoom > 0 ? zoom : 1;
}

const forbidden = 'script, foreignObject, iframe, object, embed, image, use, animate, set';

/**
 * Reads Mermaid's SVG as XML, without what could load or run something. Mermaid's strict mode leaves none of it; this does
 * not depend on that. Throws where it is no SVG.
 */
export function parseDrawing(svg: string, parser: Pick<DOMParser, 'parseFromString'>): Element {
  const root = parser.parseFromString(svg, 'image/svg+xml').documentElement;
  if (root.localName !== 'svg') throw new Error('Mermaid gave no drawing');
  for (const element of root.querySelectorAll(forbidden)) element.remove();
  for (const element of [root, ...root.querySelectorAll('*')])
    for (const { name, value } of [...element.attributes])
      if (/^on/i.test(name) || (/href$/i.test(name) && !value.startsWith('#'))) element.removeAttribute(name);
  return root;
}
