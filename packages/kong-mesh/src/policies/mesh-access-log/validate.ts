import { checkMatch } from '../common/match.ts';
import { checkOtelBackend, type OtelBackend } from '../common/otel-backend.ts';
import { defineRules, type Report, type Validation } from '../common/resource.ts';
import { affectsInbound, checkAnySection, checkRulesAlone, type Sections } from '../common/sections.ts';
import { checkTargetRef, checkTopTargetRef } from '../common/target-ref.ts';
import { isFilePath, isUrl } from '../common/url.ts';

interface Format {
  readonly type: string;
  readonly plain?: string;
  readonly json?: readonly { readonly key: string; readonly value: string }[];
}

interface Backend {
  readonly type: string;
  readonly tcp?: { readonly address: string; readonly format?: Format };
  readonly file?: { readonly path: string; readonly format?: Format };
  readonly openTelemetry?: OtelBackend & { readonly attributes?: readonly { readonly key: string }[] };
}

interface Conf {
  readonly backends?: readonly Backend[];
}

/** Whether key and value, put between quotes as they are, make a JSON object. */
function makeJson(key: string, value: string): boolean {
  try {
    JSON.parse(`{"${key}": "${value}"}`);
    return true;
  } catch {
    return false;
  }
}

function checkFormat({ type, plain, json }: Format, path: string, report: Report): void {
  if (type === 'Plain') {
    if (plain === undefined) report(`${path}.plain`, 'it must be set for the type Plain');
    else if (plain === '') report(`${path}.plain`, 'it must not be empty');
    return;
  }
  if (json === undefined) report(`${path}.json`, 'it must be set for the type Json');
  else if (json.length === 0) report(`${path}.json`, 'it must have an item');
  for (const [index, { key, value }] of (json ?? []).entries()) {
    const item = `${path}.json[${index}]`;
    if (key === '') report(`${item}.key`, 'it must not be empty');
    if (value === '') report(`${item}.value`, 'it must not be empty');
    if (!makeJson(key, value)) report(item, 'key and value must be able to stand in JSON as they are');
  }
}

function checkAttributes(attributes: readonly { readonly key: string }[], path: string, report: Report): void {
  for (const [index, { key }] of attributes.entries())
    if (key.startsWith('otel.')) report(`${path}[${index}].key`, 'names that begin with otel. are reserved');
}

function checkBackend({ type, tcp, file, openTelemetry }: Backend, path: string, validation: Validation): void {
  const { version, report } = validation;
  if (type === 'File') {
    if (file === undefined) report(`${path}.file`, 'it must be set for the type File');
    if (file?.format !== undefined) checkFormat(file.format, `${path}.file.format`, report);
    if (file !== undefined && !isFilePath(file.path)) report(`${path}.file.path`, 'it must be the path of a file');
  } else if (type === 'Tcp') {
    if (tcp === undefined) report(`${path}.tcp`, 'it must be set for the type Tcp');
    if (tcp?.format !== undefined) checkFormat(tcp.format, `${path}.tcp.format`, report);
    if (tcp !== undefined && !isUrl(tcp.address))
      report(`${path}.tcp.address`, 'it must be a host with a port, or a URL');
  } else if (openTelemetry === undefined) report(`${path}.openTelemetry`, 'it must be set for the type OpenTelemetry');
  else if (version !== '2.13') {
    checkOtelBackend(openTelemetry, `${path}.openTelemetry`, validation);
    checkAttributes(openTelemetry.attributes ?? [], `${path}.openTelemetry.attributes`, report);
  }
}

function checkConf({ backends }: Conf, path: string, validation: Validation): void {
  if (backends === undefined) validation.report(`${path}.backends`, 'it must be set; an empty list turns logging off');
  for (const [index, backend] of (backends ?? []).entries())
    checkBackend(backend, `${path}.backends[${index}]`, validation);
}

/** kuma, pkg/plugins/policies/meshaccesslog/api/v1alpha1/validator.go; edge.md 1.3. */
function validate(spec: Sections<Conf>, validation: Validation): void {
  const { targetRef, to = [], from, rules = [] } = spec;
  const { version, report } = validation;
  checkTopTargetRef(targetRef, { all: ['MeshGateway'], listenerTags: true, inbound: affectsInbound(spec) }, validation);
  checkRulesAlone(spec, validation);
  checkAnySection(spec, validation);
  const route =
    targetRef?.kind === 'MeshGateway'
      ? []
      : ['MeshService', 'MeshExternalService', 'MeshMultiZoneService', 'MeshHTTPRoute'];
  for (const [index, item] of to.entries()) {
    checkTargetRef(item.targetRef, `spec.to[${index}].targetRef`, { kinds: ['Mesh', ...route] }, validation);
    checkConf(item.default ?? {}, `spec.to[${index}].default`, validation);
  }
  for (const [index, item] of (from ?? []).entries()) {
    checkTargetRef(item.targetRef, `spec.from[${index}].targetRef`, { kinds: ['Mesh'] }, validation);
    checkConf(item.default ?? {}, `spec.from[${index}].default`, validation);
  }
  // 2.13 asks for `from` before it looks into `rules`, so that it takes any rules.
  for (const [index, { matches = [], default: conf = {} }] of (version === '2.13' && from === undefined
    ? []
    : rules
  ).entries()) {
    for (const [number, match] of matches.entries())
      checkMatch(match, `spec.rules[${index}].matches[${number}]`, report);
    checkConf(conf, `spec.rules[${index}].default`, validation);
  }
}

export const meshAccessLog = defineRules({ kind: 'MeshAccessLog', policy: true, go: {}, validate });
