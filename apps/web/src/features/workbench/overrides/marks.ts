import type { ResourceOverride, SubjectRef, Workbench } from '@isthmus/contract';
import { hrefOf } from '../../../ui/row-link.tsx';
import { decisionOf, isUnsettled, nameOfSubject, outcomeWords } from './words.ts';

/** Overrides by their ids, which services, resources and findings are marked with. */
export type OverridesById = ReadonlyMap<string, ResourceOverride>;

/** Where the workbench shows an override among all that there are, beside a service or the Istio resource of an index. */
export function overrideAddress(
  migration: string,
  beside: { readonly service: string } | { readonly resource: number | string },
  { subject: { kind, namespace, name } }: Pick<ResourceOverride, 'subject'>,
): string {
  const tab = `${kind}/${namespace}/${name}`;
  return 'service' in beside
    ? hrefOf`/migrations/${migration}/workbench?service=${beside.service}&tab=${tab}&list=overrides`
    : hrefOf`/migrations/${migration}/workbench?resource=${beside.resource}&tab=${tab}&list=overrides`;
}

/** What people decided, a line for each: the resource, who changed it and why, and whether that is to be decided again. */
export const overrideText = (ids: readonly string[], known: OverridesById): string =>
  ids
    .flatMap((id) => {
      const override = known.get(id);
      if (override === undefined) return [];
      const state = isUnsettled(override) ? `, ${outcomeWords[override.state].word}` : '';
      return [`${nameOfSubject(override.subject)}${state}. ${decisionOf(override)}`];
    })
    .join('\n');

/** Names what a finding is about, which may be an emitted resource. */
export const subjectName = ({ apiVersion, kind, namespace, name }: SubjectRef): string =>
  `${apiVersion}/${kind}/${namespace}/${name}`;

/** The overrides of emitted resources by what these are called. */
export const overridesBySubject = (overrides: readonly ResourceOverride[]): ReadonlyMap<string, string[]> =>
  new Map(
    [...Map.groupBy(overrides, ({ subject }) => subjectName(subject))].map(([name, all]) => [
      name,
      all.map(({ id }) => id),
    ]),
  );

/** The overrides of what a finding beside documents is about: of a document's results, or of an emitted resource. */
export const overridesOf = (
  { document, diagnostic: { resource } }: Workbench['findings'][number],
  before: Workbench['before'],
  bySubject: ReadonlyMap<string, readonly string[]>,
): readonly string[] =>
  (document === undefined ? resource && bySubject.get(subjectName(resource)) : before[document]?.overrides) ?? [];
