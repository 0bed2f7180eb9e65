import type { Field } from '@isthmus/kubernetes';
import type { Evidence } from '../check.ts';
import { called, type Facts } from '../facts.ts';
import { type Container, wordsOf } from '../pods.ts';

/** Addresses of Istio's sidecar within its pod: Envoy's administration, the agent's health and status. */
export const istioAddress = /(?:localhost|127\.0\.0\.1|\[::1\]):(15000|15020|15021)\b/;
/** Ways to end Istio's sidecar. */
export const ending = /quitquitquit|\bpilot-agent\b/;

const isProbe = ({ path }: Field): boolean => /Probe\.exec\.command\[\d+\]$/.test(path);

/** Where words of the user's containers match, one for each container, in probes or outside of them. */
export function wordsThatMatch(
  facts: Facts,
  { inProbes }: { readonly inProbes: boolean },
  matches: (value: string) => boolean,
  say: (container: Container, workload: string, at: Field<string>) => string,
): Evidence[] {
  return facts.pods.flatMap((pod) =>
    pod.containers.flatMap((container) => {
      const at = wordsOf(container).find((word) => isProbe(word) === inProbes && matches(word.value));
      if (at === undefined) return [];
      return { found: say(container, called(pod.resource), at), at, services: facts.servicesOf(pod) };
    }),
  );
}
