import { codes } from '@isthmus/diagnostics';
import type { Context } from '../../context.ts';
import { child, type Field, items } from '../../field.ts';
import type { Binding } from './bind.ts';
import type { Listener } from './listeners.ts';
import { type Action, readAction, readTimeout, type Timeout } from './read-action.ts';
import { type EdgeMatch, readMatch } from './read-match.ts';

/** A rule of a VirtualService at the edge. */
export interface EdgeRule {
  readonly field: Field;
  readonly index: number;
  readonly matches: readonly EdgeMatch[];
  readonly action: Action;
  readonly timeout: Timeout | undefined;
}

/** Whether a match takes every request of its hosts. */
export const takesAll = ({ form, methods, headers, queryParams }: EdgeMatch): boolean =>
  (form.kind === 'all' || (form.kind === 'regex' && /^\/?\.\*$/.test(form.value))) &&
  methods === undefined &&
  headers.length + queryParams.length === 0;

/** Whether a match holds on a listener. */
export function holdsOn({ gateways, port, scheme }: EdgeMatch, { gateway, server, protocol }: Listener): boolean {
  if (gateways !== undefined && !gateways.includes(`${gateway.namespace}/${gateway.resource.name}`)) return false;
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

/**
 * Reads the http rules of a binding; throws `Unhandled` at a condition that cannot be kept. A match that is for other
 * sources than the gateway is left out, and so is a rule without any match left.
 */
export function readRules(context: Context, { spec, workload, namespace }: Binding): EdgeRule[] {
  return items(child(spec, 'http')).flatMap((field, index) => {
    const list = items(child(field, 'match'));
    const matches =
      list.length === 0
        ? [anything(field)]
        : list.flatMap((match) => {
            const read = readMatch(match, workload, namespace);
            if (read === undefined) context.inert(match, codes.gateway.otherSource, {});
            return read ?? [];
          });
    if (matches.length === 0) return [];
    return [{ field, index, matches, action: readAction(context, field), timeout: readTimeout(context, field) }];
  });
}

/** The rules that hold on a listener, up to the first that takes every request; the rest is dead there (routing.md T11). */
export function rulesOn(rules: readonly EdgeRule[], listener: Listener): EdgeRule[] {
  const result: EdgeRule[] = [];
  for (const rule of rules) {
    const matches = rule.matches.filter((match) => holdsOn(match, listener));
    if (matches.length === 0) continue;
    const last = matches.findIndex(takesAll);
    result.push({ ...rule, matches: last < 0 ? matches : matches.slice(0, last + 1) });
    if (last >= 0) break;
  }
  return result;
}
