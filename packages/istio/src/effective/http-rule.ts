import { child, entries, type Field, isList, type JsonObject, number, text } from '@isthmus/kubernetes';
import {
  type EffectiveDestination,
  type EffectiveRouteDestination,
  readDestination,
  readRoute,
} from './destination.ts';
import { given, objectField, objectItems, textItems } from './fields.ts';
import type { MeshSettings } from './mesh-settings.ts';

/** Conditions of a match on texts, by what they look at. */
export type TextCondition = 'uri' | 'scheme' | 'method' | 'authority';

/** Conditions of a match on named texts. */
export type NamedCondition = 'headers' | 'withoutHeaders' | 'queryParams';

/** One match of an HTTP rule; all of its conditions have to hold. Each keeps the resource and path that it was written at. */
export interface EffectiveMatch {
  /** Where it was written; of a merged match first the delegate's, then the root's. */
  readonly fields: readonly Field<JsonObject>[];
  readonly text: Readonly<Partial<Record<TextCondition, Field<JsonObject>>>>;
  readonly named: Readonly<Record<NamedCondition, Readonly<Record<string, Field>>>>;
  readonly ignoreUriCase: Field<boolean> | undefined;
  readonly port: Field<number> | undefined;
  readonly sourceLabels: Readonly<Record<string, Field>>;
  readonly sourceNamespace: Field<string> | undefined;
  readonly gateways: readonly Field<string>[];
}

/** Everything that a rule may say besides its matches, its name and its delegate. */
export const httpSettings = [
  'route',
  'redirect',
  'directResponse',
  'rewrite',
  'timeout',
  'retries',
  'fault',
  'mirror',
  'mirrors',
  'mirrorPercent',
  'mirrorPercentage',
  'corsPolicy',
  'headers',
] as const;

export type HttpSetting = (typeof httpSettings)[number];

/** A copy of the requests. */
export interface EffectiveMirror {
  readonly destination: EffectiveDestination;
  /** A number (`mirrorPercent`) or `{value}`; undefined: all of them. */
  readonly percentage: Field | undefined;
}

/** An HTTP rule, merged with the root's where a VirtualService delegates. */
export interface EffectiveHttpRule {
  /** The rule itself; a delegate's where it came by delegation. */
  readonly field: Field<JsonObject>;
  /** The root's rule that delegates to it. */
  readonly delegatedBy: Field<JsonObject> | undefined;
  /** The parts of the name, the root's first; joined with `-`. */
  readonly name: readonly Field<string>[];
  /** Empty: every request. */
  readonly matches: readonly EffectiveMatch[];
  readonly settings: Readonly<Partial<Record<HttpSetting, Field>>>;
  readonly route: readonly EffectiveRouteDestination[];
  readonly mirrors: readonly EffectiveMirror[];
}

const nothing: Readonly<Record<string, Field>> = {};

function named(match: Field, key: string): Readonly<Record<string, Field>> {
  const written = child(match, key);
  return written === undefined ? nothing : Object.fromEntries(entries(objectField(written)));
}

function readMatch(match: Field<JsonObject>): EffectiveMatch {
  const textConditions: Partial<Record<TextCondition, Field<JsonObject>>> = {};
  for (const key of ['uri', 'scheme', 'method', 'authority'] as const) {
    const condition = objectField(child(match, key));
    if (condition !== undefined) textConditions[key] = condition;
  }
  const sourceNamespace = text(given(match, 'sourceNamespace'));
  const port = number(given(match, 'port'));
  return {
    fields: [match],
    text: textConditions,
    named: {
      headers: named(match, 'headers'),
      withoutHeaders: named(match, 'withoutHeaders'),
      queryParams: named(match, 'queryParams'),
    },
    ignoreUriCase: given<boolean>(match, 'ignoreUriCase'),
    port: port?.value === 0 ? undefined : port,
    sourceLabels: named(match, 'sourceLabels'),
    sourceNamespace: sourceNamespace?.value === '' ? undefined : sourceNamespace,
    gateways: textItems(child(match, 'gateways')),
  };
}

function readMirrors(settings: EffectiveHttpRule['settings'], mesh: MeshSettings): EffectiveMirror[] {
  const single = readDestination(settings.mirror, mesh);
  const mirrors: EffectiveMirror[] =
    single === undefined
      ? []
      : [{ destination: single, percentage: settings.mirrorPercentage ?? settings.mirrorPercent }];
  for (const mirror of objectItems(settings.mirrors)) {
    const destination = readDestination(child(mirror, 'destination'), mesh);
    if (destination !== undefined) mirrors.push({ destination, percentage: given(mirror, 'percentage') });
  }
  return mirrors;
}

/** A rule with other settings, so that what follows from them agrees. */
export function withSettings(
  rule: EffectiveHttpRule,
  settings: EffectiveHttpRule['settings'],
  mesh: MeshSettings,
): EffectiveHttpRule {
  return { ...rule, settings, route: readRoute(settings.route, mesh), mirrors: readMirrors(settings, mesh) };
}

/** Reads one rule of `http`. */
export function readHttpRule(field: Field<JsonObject>, mesh: MeshSettings): EffectiveHttpRule {
  const settings: Partial<Record<HttpSetting, Field>> = {};
  for (const key of httpSettings) {
    const setting = given(field, key);
    // An empty list is an absent one in protobuf, so that a delegate's does not hide the root's.
    if (setting !== undefined && !(isList(setting.value) && setting.value.length === 0)) settings[key] = setting;
  }
  const name = text(given(field, 'name'));
  return {
    field,
    delegatedBy: undefined,
    name: name === undefined || name.value === '' ? [] : [name],
    matches: objectItems(child(field, 'match')).map(readMatch),
    settings,
    route: readRoute(settings.route, mesh),
    mirrors: readMirrors(settings, mesh),
  };
}
