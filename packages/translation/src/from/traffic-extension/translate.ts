import { codes } from '@isthmus/diagnostics';
import { type Json, type JsonObject, type Resource, stringifyJson } from '@isthmus/kubernetes';
import type { Context } from '../../context.ts';
import { child, descend, entries, type Field, items, number, rootField, text } from '../../field.ts';
import { emitMeshProxyPatch, type Modification } from '../../mesh-proxy-patch.ts';
import type { Traceable } from '../../trace.ts';
import { policyName } from '../envoy-filter/emit.ts';
import { istioNameIn } from '../envoy-filter/modifications.ts';
import type { Side } from '../envoy-filter/patch.ts';
import { reportGaps, restrictionOf } from '../envoy-filter/restrictions.ts';
import { rootNamespaceOf } from '../sidecar/read.ts';

/** A WasmPlugin or a TrafficExtension: Istio makes the one into the other (edge.md 3.10). */
interface Extension {
  readonly resource: Resource;
  readonly spec: Field;
  /** The settings of the module; the spec of a WasmPlugin itself. */
  readonly wasm: Field | undefined;
  readonly script: Field<string> | undefined;
  readonly phase: string;
  readonly sides: readonly Side[];
}

const sidesOf: Readonly<Record<string, readonly Side[]>> = { CLIENT: ['outbound'], SERVER: ['inbound'] };

function readExtension(resource: Resource): Extension | undefined {
  const spec = child(rootField(resource), 'spec');
  if (spec === undefined) return undefined;
  const modes = items(child(spec, 'match')).map((match) => text(child(match, 'mode'))?.value ?? '');
  const sides = new Set(
    (modes.length === 0 ? [''] : modes).flatMap((mode) => sidesOf[mode] ?? (['inbound', 'outbound'] as const)),
  );
  return {
    resource,
    spec,
    wasm: resource.kind === 'WasmPlugin' ? spec : child(spec, 'wasm'),
    script: text(descend(spec, 'lua', 'inlineCode')),
    phase: text(child(spec, 'phase'))?.value ?? 'UNSPECIFIED_PHASE',
    sides: (['inbound', 'outbound'] as const).filter((side) => sides.has(side)),
  };
}

/** Why an extension cannot be put where it stands in Istio; undefined where it can. */
function placeless({ spec }: Extension): string | undefined {
  if (child(spec, 'targetRef') !== undefined || items(child(spec, 'targetRefs')).length > 0)
    return 'it is for a gateway or waypoint';
  const hasPorts = items(child(spec, 'match')).some((match) => items(child(match, 'ports')).length > 0);
  return hasPorts ? 'it is for some ports only' : undefined;
}

/** Whether the extension lets requests in or refuses them before others see them. */
const isFirst = ({ phase }: Extension): boolean => phase === 'AUTHN' || phase === 'AUTHZ';

const filterAt = (extension: Extension, value: Traceable<Json>): Modification[] =>
  extension.sides.map((side) => ({
    httpFilter: isFirst(extension)
      ? { match: { origin: side }, operation: 'AddFirst', value }
      : { match: { origin: side, name: 'envoy.filters.http.router' }, operation: 'AddBefore', value },
  }));

const selectorOf = ({ spec }: Extension): Record<string, string> =>
  Object.fromEntries(
    entries(descend(spec, 'selector', 'matchLabels')).map(([key, field]) => [key, String(field.value)]),
  );

function labelsOf(context: Context, extension: Extension): Record<string, string> {
  const { resource, spec } = extension;
  const namespace = resource.namespace || 'default';
  for (const [, label] of entries(descend(spec, 'selector', 'matchLabels'))) context.settled(label);
  return {
    ...(namespace === rootNamespaceOf(context) ? {} : { 'k8s.kuma.io/namespace': namespace }),
    ...selectorOf(extension),
  };
}

/** The order among extensions and where they run, once they are put somewhere. */
function settlePlace(context: Context, { spec, phase }: Extension): void {
  const priority = child(spec, 'priority');
  if (priority !== undefined) {
    if ((number(priority)?.value ?? 0) === 0) context.settled(priority);
    else context.approximate(priority, undefined, codes.extension.priority, {});
  }
  const at = child(spec, 'phase');
  if (at !== undefined && /^UNSPECIFIED/.test(phase)) context.settled(at);
  else if (at !== undefined) context.claim(at, 'approximate', codes.extension.proxyPatch);
  for (const match of items(child(spec, 'match'))) context.settled(child(match, 'mode'));
}

function translateScript(context: Context, extension: Extension, script: Field<string>): void {
  const { resource, sides } = extension;
  const name = policyName(resource);
  const value = {
    name: 'envoy.filters.http.lua',
    typedConfig: {
      '@type': 'type.googleapis.com/envoy.extensions.filters.http.lua.v3.Lua',
      defaultSourceCode: { inlineString: script.value },
    },
  };
  context.claim(script, 'approximate', codes.extension.proxyPatch);
  context.report(codes.extension.proxyPatch, { name, side: sides.join(' and ') }, script);
  const layer = isFirst(extension) ? 'requests' : restrictionOf('envoy.filters.http.lua', script.value);
  if (layer !== undefined)
    reportGaps(context, script, 'a script', layer, sides, {
      namespace: resource.namespace === rootNamespaceOf(context) ? undefined : resource.namespace || 'default',
      labels: selectorOf(extension),
    });
  settlePlace(context, extension);
  emitMeshProxyPatch(context, {
    name,
    labels: labelsOf(context, extension),
    modifications: filterAt(extension, context.derived(script, value)),
    services: [],
  });
}

/** Environment variables of a module; those of the host have no name in Kong Mesh that is known to be there. */
function environmentOf(context: Context, wasm: Field): JsonObject {
  const found = items(descend(wasm, 'vmConfig', 'env')).flatMap((variable): [string, Json][] => {
    const name = text(child(variable, 'name'));
    const value = text(child(variable, 'value'));
    if (name === undefined || value === undefined || text(child(variable, 'valueFrom'))?.value === 'HOST') return [];
    for (const field of [name, value]) context.claim(field, 'approximate', codes.translation.draft);
    context.settled(child(variable, 'valueFrom'));
    return [[name.value, value.value]];
  });
  return found.length === 0 ? {} : { environmentVariables: { keyValues: Object.fromEntries(found) } };
}

/** A module as a filter that reads it from a file, which a person must put there: Kong Mesh fetches none. */
function draftModule(context: Context, extension: Extension, wasm: Field): void {
  const { resource } = extension;
  const name = policyName(resource);
  const url = text(child(wasm, 'url'));
  const local = url?.value.startsWith('file://') === true ? url.value.slice('file://'.length) : undefined;
  const filename = local ?? `/etc/isthmus/${name}.wasm`;
  const settings = child(wasm, 'pluginConfig');
  const failure = text(child(wasm, 'failStrategy'));
  const value: JsonObject = {
    name: 'envoy.filters.http.wasm',
    typedConfig: {
      '@type': 'type.googleapis.com/envoy.extensions.filters.http.wasm.v3.Wasm',
      config: {
        name: text(child(wasm, 'pluginName'))?.value ?? name,
        failurePolicy: { FAIL_OPEN: 'FAIL_OPEN', FAIL_RELOAD: 'FAIL_RELOAD' }[failure?.value ?? ''] ?? 'FAIL_CLOSED',
        vmConfig: {
          runtime: 'envoy.wasm.runtime.v8',
          code: { local: { filename } },
          ...environmentOf(context, wasm),
        },
        // Istio hands the settings over as JSON in a text (istio 1.32, pilot/pkg/model/extensions.go).
        ...(settings === undefined
          ? {}
          : {
              configuration: {
                '@type': 'type.googleapis.com/google.protobuf.StringValue',
                value: stringifyJson(settings.value, { sortKeys: true }),
              },
            }),
      },
    },
  };
  const from = [url, settings, failure, text(child(wasm, 'pluginName'))].flatMap((field) => field ?? []);
  for (const field of from) context.claim(field, 'approximate', codes.translation.draft);
  settlePlace(context, extension);
  emitMeshProxyPatch(context, {
    name,
    labels: labelsOf(context, extension),
    modifications: filterAt(extension, context.derived(from, value)),
    services: [],
    draft: `The module must lie at ${filename} in the sidecars first, where a ContainerPatch can mount it; Kong Mesh fetches none.`,
  });
}

function translateExtension(context: Context, extension: Extension): void {
  const { resource, spec, wasm, script, phase } = extension;
  const why = placeless(extension);
  const isPlain = script !== undefined && istioNameIn(script.value) === undefined;
  if (why === undefined && isPlain) translateScript(context, extension, script);
  else {
    const url = script === undefined ? (text(child(wasm, 'url'))?.value ?? 'a module') : 'a script';
    const restricts = phase === 'AUTHN' || phase === 'AUTHZ';
    context.report(
      codes.extension.wasm,
      {
        kind: resource.kind,
        url,
        reason:
          why ??
          (script === undefined ? 'Kong Mesh fetches no modules' : 'it reads what only filters of Istio leave behind'),
        phase: restricts ? `, in phase ${phase}, which lets requests in or refuses them` : '',
      },
      spec,
    );
    const isHttp = !/NETWORK/.test(text(child(wasm, 'type'))?.value ?? '');
    if (why === undefined && script === undefined && wasm !== undefined && isHttp) {
      draftModule(context, extension, wasm);
      if (/^(?:HTTP|UNSPECIFIED)/.test(text(child(wasm, 'type'))?.value ?? 'HTTP'))
        context.settled(child(wasm, 'type'));
    }
  }
  for (const leaf of context.unclaimed(spec)) context.claim(leaf, 'unsupported', codes.extension.wasm);
}

/** WasmPlugins and TrafficExtensions (edge.md 3.10): scripts become filters of a MeshProxyPatch, modules drafts of one. */
export function translateTrafficExtensions(context: Context): void {
  for (const kind of ['WasmPlugin', 'TrafficExtension'])
    for (const resource of context.ofKind(kind)) {
      const extension = readExtension(resource);
      if (extension !== undefined) translateExtension(context, extension);
    }
}
