/** Something on the page that is shown that can be pressed, opened or filled in. */
export interface Control {
  readonly name: string;
  readonly kind: 'link' | 'field' | 'button';
  readonly use: () => void;
}

const wanted =
  'button, summary, a[href], select, textarea, input:not([type=file]), [role=grid][tabindex], [role=treegrid][tabindex]';

/** What assistive technology calls an element, for those that pages have. */
function nameOf(element: HTMLElement): string {
  const { labels } = element as HTMLInputElement;
  const named =
    element.ariaLabel ?? document.getElementById(element.getAttribute('aria-labelledby') ?? '')?.textContent;
  const name =
    named ??
    labels?.[0]?.textContent ??
    (element.matches('input, select, textarea, [role]') ? '' : element.textContent);
  return (name || element.title).replace(/\s+/g, ' ').trim();
}

/** Rows of tables have the keys of their table, and lines of an editor are text. */
const isApart = (element: HTMLElement): boolean =>
  element.closest('[role=row]:not(:has([role=columnheader])), .monaco-editor') !== null;

/**
 * Everything on the page that can be used, by its name; of several with one name the first. What is pressed is focused
 * first, so that keys go on from there.
 */
export function controlsOf(page: HTMLElement): readonly Control[] {
  const controls = new Map<string, Control>();
  for (const element of page.querySelectorAll<HTMLElement>(wanted)) {
    if (isApart(element) || element.matches(':disabled') || !element.checkVisibility({ visibilityProperty: true }))
      continue;
    const isHeading = element.closest('[role=columnheader]') !== null && element.matches('button');
    const name = isHeading ? `Order by ${nameOf(element)}` : nameOf(element);
    if (name === '' || controls.has(name)) continue;
    const isPressed = element.matches('button, summary, a, [type=checkbox], [type=radio]');
    controls.set(name, {
      name,
      kind: element.matches('a') ? 'link' : element.matches('button, summary') ? 'button' : 'field',
      use: () => {
        element.focus();
        if (isPressed) element.click();
      },
    });
  }
  return [...controls.values()];
}
