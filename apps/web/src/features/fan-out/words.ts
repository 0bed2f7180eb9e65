import type { FanOut, Load, ScopedFanOut } from '@isthmus/contract';
import { whole } from '../../text/format.ts';
import { size } from './chart.ts';

export type Measure = keyof Load;

/** What of a proxy is shown, the first unless the address names another. */
export const measures: readonly Measure[] = ['bytes', 'listeners', 'clusters', 'routes', 'endpoints'];

export const measureWords: Readonly<Record<Measure, string>> = {
  bytes: 'Configuration',
  listeners: 'Listeners',
  clusters: 'Clusters',
  routes: 'Routes',
  endpoints: 'Endpoints',
};

export const measureOf = (text: string | undefined): Measure => measures.find((one) => one === text) ?? 'bytes';

/** A number of a measure with its unit. */
export const amount = (measure: Measure, number: number): string =>
  measure === 'bytes' ? size(number) : whole(number);

export const meshWords = { istio: 'Istio', kong: 'Kong Mesh' } as const;

/** A way of scoping as it is done in its mesh. */
export function scopeWords({ mesh, scope }: Pick<ScopedFanOut, 'mesh' | 'scope'>): string {
  const isIstio = mesh === 'istio';
  switch (scope) {
    case 'written':
      return isIstio ? 'as written' : 'as translated';
    case 'none':
      return isIstio ? 'no Sidecar or exportTo' : 'no reachable backends';
    case 'namespace':
      return isIstio ? 'Sidecar or exportTo: own namespace' : 'reachable backends: own namespace';
    case 'calls':
      return isIstio ? 'Sidecar: known calls' : 'reachable backends: known calls';
  }
}

/** The lines of the projection with what each is called at its end: those that would fall together are one line. */
export function projectionLines({ scopings }: Pick<FanOut, 'scopings'>): readonly {
  readonly scoping: ScopedFanOut;
  readonly label: string;
  readonly isDashed: boolean;
}[] {
  return scopings
    .filter(({ scope }) => scope === 'written' || scope === 'namespace')
    .map((scoping) => ({
      scoping,
      label: `${meshWords[scoping.mesh]}, ${scoping.scope === 'written' ? scopeWords(scoping) : 'own namespace'}`,
      isDashed: scoping.scope === 'namespace',
    }));
}

/** How much less of a number is left, against another of the same mesh: "–58 %"; nothing where it is not less. */
export function saved(number: number, against: number): string {
  if (against === 0 || number >= against) return '';
  const percent = (1 - number / against) * 100;
  return percent > 99 ? '> 99 %' : percent < 1 ? '< 1 %' : `${Math.round(percent)} %`;
}
