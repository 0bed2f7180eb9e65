import { codes } from '@isthmus/diagnostics';
import type { Context } from '../../context.ts';
import { configOf } from '../../effective-config.ts';
import { child, type Field, items, rootField } from '../../field.ts';
import { oncePerContext } from '../../once.ts';
import type { Binding } from './bind.ts';
import type { GuardEntry } from './guard-entries.ts';
import { isAbout } from './guards.ts';
import type { Listener } from './listeners.ts';
import { type MatchParts, matchParts, mergedMatch, mergedParts, type Parts, partsOf } from './parts.ts';
import { type Action, closedDelegate, readAction, readTimeout, type Timeout } from './read-action.ts';
import { type EdgeMatch, readMatch } from './read-match.ts';

/** A rule of a VirtualService at the edge. */
export interface EdgeRule {
  readonly field: Field;
  readonly index: number;
  readonly parts: Parts;
  readonly matches: readonly EdgeMatch[];
  readonly action: Action;
  readonly timeout: Timeout | undefined;
  /** The hosts that it is for; all of the VirtualService where absent. */
  readonly only?: (host: string) => boolean;
}

/** Whether a match takes every request of its hosts. */
export const takesAll = ({ form, methods, headers, queryParams }: EdgeMatch): boolean =>
  (form.kind === 'all' || (form.kind === 'regex' && /^\/?\.\*$/.test(form.value))) &&
  methods === undefined &&
  headers.length + queryParams.length === 0;

/** Whether a match holds on a listener. */
export function holdsOn({ gateways, port, scheme }: EdgeMatch, listener: Listener): boolean {
  const { gateway, server, protocol, missing } = listener;
  if (gateways !== undefined && !gateways.includes(`${gateway.namespace}/${gateway.resource.name}`)) return false;
  if (missing === true) return true;
  if (port !== undefined && port.value !== server.number.value) return false;
  return scheme === undefined || (scheme === 'https') === (protocol === 'HTTPS');
}

const anything = (field: Field): EdgeMatch => ({
  field,
  uri: undefined,
  form: { kind: 'all' },
  methodField: undefined,
  methods: undefined,
  headers: [],
  queryParams: [],
  gateways: undefined,
  port: undefined,
  scheme: undefined,
  deciding: [],
});

const effective = oncePerContext(
  (context) => new Map(configOf(context).virtualServices.all.map((service) => [service.resource, service])),
);

/** The rules of other VirtualServices that a binding delegates to. */
export const delegatedRules = (context: Context, { resource }: Binding): Field[] =>
  (effective(context).get(resource)?.http ?? []).flatMap(({ field, delegatedBy }) => (delegatedBy ? [field] : []));

interface Written {
  readonly field: Field;
  readonly parts: Parts;
  readonly matches: readonly MatchParts[];
  readonly action?: Action;
}

/** The rules of a VirtualService, with those of its delegates in the place of its own that delegate (edge.md V16). */
function writtenRules(context: Context, { spec, resource }: Binding): Written[] {
  const merged = effective(context).get(resource);
  return items(child(spec, 'http')).flatMap((field): Written[] => {
    const delegate = child(field, 'delegate');
    const matches = items(child(field, 'match')).map(matchParts);
    if (delegate === undefined) return [{ field, parts: partsOf(field), matches }];
    const lost = merged?.lost.filter((one) => one.field.path === field.path && one.field.resource === resource) ?? [];
    if (merged === undefined || lost.some(({ reason }) => reason === 'delegate missing'))
      return [{ field, parts: partsOf(field), matches, action: closedDelegate(field) }];
    if (lost.length > 0) {
      context.inert(field, codes.gateway.deadRule, {});
      return [];
    }
    context.settled(delegate);
    context.settled(child(field, 'name'));
    for (const match of items(child(field, 'match'))) context.settled(match);
    const rules = merged.http.filter((rule) => rule.delegatedBy?.path === field.path);
    for (const rule of rules) {
      const { field: own, name } = rule;
      for (const part of name) context.settled(part);
      for (const item of items(child(child(rootField(own.resource), 'spec'), 'exportTo'))) context.settled(item);
    }
    return rules.map((rule) => ({
      field: rule.field,
      parts: mergedParts(rule),
      matches: rule.matches.map(mergedMatch),
    }));
  });
}

/**
 * Reads the http rules of a binding; throws `Unhandled` at a condition that cannot be kept. A match that is for other
 * sources than the gateway is left out, and so is a rule without any match left.
 */
export function readRules(context: Context, binding: Binding): EdgeRule[] {
  const { workload, namespace } = binding;
  return writtenRules(context, binding).flatMap((written, index) => {
    const { field, parts } = written;
    const matches =
      written.matches.length === 0
        ? [anything(field)]
        : written.matches.flatMap((match) => {
            const read = readMatch(match, workload, namespace);
            if (read === undefined) context.inert(match.field, codes.gateway.otherSource, {});
            return read ?? [];
          });
    if (matches.length === 0) return [];
    const action = written.action ?? readAction(context, field, parts);
    return [{ field, index, parts, matches, action, timeout: readTimeout(context, parts) }];
  });
}

/** The rules that answer before those of a VirtualService, in the place of what the gateway's pods enforce. */
export const guardRules = (entries: readonly GuardEntry[]): EdgeRule[] =>
  entries.map((entry, index) => ({
    field: entry.field,
    index,
    parts: () => undefined,
    matches: entry.matches(),
    action: { kind: 'guarded', status: entry.status },
    timeout: undefined,
    only: (host) => isAbout(entry, host),
  }));

/** The rules that hold on a listener for a host, up to the first that takes every request; the rest is dead there (routing.md T11). */
export function rulesOn(rules: readonly EdgeRule[], listener: Listener, host: string): EdgeRule[] {
  const result: EdgeRule[] = [];
  for (const rule of rules) {
    if (rule.only?.(host) === false) continue;
    const matches = rule.matches.filter((match) => holdsOn(match, listener));
    if (matches.length === 0) continue;
    const last = matches.findIndex(takesAll);
    result.push({ ...rule, matches: last < 0 ? matches : matches.slice(0, last + 1) });
    if (last >= 0) break;
  }
  return result;
}
