import { count } from '../../text/format.ts';

/** What the open findings of a snapshot mean for its services, as one sentence; `decided` counts those accepted. */
export function answerOf(open: { blocker: number; warning: number }, decided: number): string {
  const { blocker, warning } = open;
  const parts = [
    blocker === 0
      ? 'No blocker holds a service back'
      : `${count(blocker, 'blocker')} ${blocker === 1 ? 'has' : 'have'} to be settled before the services behind ${blocker === 1 ? 'it' : 'them'} move`,
    warning === 0
      ? 'no warning is open'
      : `${count(warning, 'warning')} ${warning === 1 ? 'tells' : 'tell'} of a difference`,
  ];
  if (decided > 0) parts.push(`${count(decided, 'finding')} ${decided === 1 ? 'is' : 'are'} accepted`);
  return `${parts.join('; ')}.`;
}
