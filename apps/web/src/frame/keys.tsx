import { Dialog } from '../ui/dialog.tsx';
import classes from './keys.module.css';
import { places } from './places.ts';

const groups: readonly { readonly title: string; readonly keys: readonly (readonly [string, string])[] }[] = [
  {
    title: 'Everywhere',
    keys: [
      ['Ctrl K or ⌘ K', 'Search services, resources, codes, pages and actions'],
      ['?', 'This list'],
      ['/', 'To the filter of the page; Escape empties it'],
      ...places.map(({ label, key }) => [`g ${key}`, label] as const),
      ['g u', 'Guide'],
    ],
  },
  {
    title: 'Tables',
    keys: [
      ['↑ ↓', 'Move the cursor'],
      ['Page Up, Page Down, Home, End', 'Move it further'],
      ['Enter', 'Open the row (or press it twice)'],
      ['Space', 'Select the row'],
      ['Shift with an arrow', 'Select on the way'],
      ['Ctrl A', 'Select all that are shown'],
      ['Escape', 'Select none'],
      ['← →', 'Fold or unfold a group (or Enter, Space)'],
    ],
  },
  {
    title: 'Charts and pictures',
    keys: [
      ['t', 'The numbers as a table, and back'],
      ['Arrows', 'Scroll a picture that has the focus'],
      ['+ - 0', 'Zoom it, and see all of it'],
    ],
  },
  {
    title: 'Plan',
    keys: [
      ['Arrows', 'From card to card, or from box to box of the graph'],
      ['Space', 'Pick a card up; left and right move it, Enter puts it down, Escape takes it back'],
      ['Enter', 'To what a service calls, or open a group of the graph'],
      ['+ - 0', 'Zoom the graph, and see all of it'],
      ['t', 'From the graph to the list of its calls'],
    ],
  },
  {
    title: 'Workbench',
    keys: [
      ['n', 'Next finding'],
      ['p', 'Previous finding'],
      ['Enter', 'To the counterpart of the field under the cursor'],
      ['[ ]', 'Previous and next resource of Kong Mesh'],
      ['↑ ↓ on a finding', 'From finding to finding of the list'],
      ['Ctrl F', 'Find within a pane'],
      ['s', 'Simulate a request'],
      ['↑ ↓ on the edge of the lists', 'Give them more room, or less'],
    ],
  },
  {
    title: 'Editing a resource',
    keys: [
      ['Ctrl Space', 'What may stand here'],
      ['Ctrl S or Ctrl Enter', 'Keep the edit'],
      ['Tab', 'Out of the editor'],
    ],
  },
];

/** The list of keys. */
export function Keys({ onClose }: { onClose: () => void }) {
  return (
    <Dialog title="Keys" width={620} onClose={onClose}>
      <div className={classes.groups}>
        {groups.map(({ title, keys }) => (
          <section key={title}>
            <h3 className={classes.title}>{title}</h3>
            <dl className={classes.list}>
              {keys.map(([key, what]) => (
                <div key={key}>
                  <dt>
                    <kbd className={classes.key}>{key}</kbd>
                  </dt>
                  <dd>{what}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Dialog>
  );
}
