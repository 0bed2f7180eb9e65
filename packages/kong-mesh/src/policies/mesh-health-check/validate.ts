import {
  checkPercentage,
  checkPositive,
  checkPositiveDuration,
  type Integer,
  type IntegerOrText,
} from '../common/numbers.ts';
import { defineRules, type Report, type Validation } from '../common/resource.ts';
import type { Sections } from '../common/sections.ts';
import { checkTargetRef, checkTopTargetRef } from '../common/target-ref.ts';
import { isFilePath } from '../common/url.ts';

interface Conf {
  readonly interval?: string;
  readonly timeout?: string;
  readonly initialJitter?: string;
  readonly intervalJitter?: string;
  readonly noTrafficInterval?: string;
  readonly unhealthyThreshold?: Integer;
  readonly healthyThreshold?: Integer;
  readonly intervalJitterPercent?: Integer;
  readonly healthyPanicThreshold?: IntegerOrText;
  readonly eventLogPath?: string;
  readonly tcp?: unknown;
  readonly http?: { readonly path?: string; readonly expectedStatuses?: readonly Integer[] };
  readonly grpc?: unknown;
}

const durations = ['interval', 'timeout', 'initialJitter', 'intervalJitter', 'noTrafficInterval'] as const;

function checkConf(conf: Conf, path: string, report: Report): void {
  const { http, tcp, grpc, eventLogPath } = conf;
  for (const name of durations) checkPositiveDuration(conf[name], `${path}.${name}`, report);
  for (const name of ['unhealthyThreshold', 'healthyThreshold'] as const)
    checkPositive(conf[name], `${path}.${name}`, report);
  for (const name of ['intervalJitterPercent', 'healthyPanicThreshold'] as const)
    checkPercentage(conf[name], `${path}.${name}`, report);
  if (eventLogPath !== undefined && !isFilePath(eventLogPath))
    report(`${path}.eventLogPath`, 'it must be the path of a file');
  if (http?.path === '') report(`${path}.http.path`, 'it must not be empty');
  for (const [index, status] of (http?.expectedStatuses ?? []).entries())
    if (status < 100 || status > 599) report(`${path}.http.expectedStatuses[${index}]`, 'it must be from 100 to 599');
  if (http === undefined && tcp === undefined && grpc === undefined) report(path, 'it must have http, tcp or grpc');
}

/** kuma, pkg/plugins/policies/meshhealthcheck/api/v1alpha1/validator.go; routing.md 2.12. */
function validate({ targetRef, to = [] }: Sections<Conf>, validation: Validation): void {
  const { version, report } = validation;
  checkTopTargetRef(targetRef, { all: ['MeshGateway'], listenerTags: true }, validation);
  const external = version === '2.13' ? [] : ['MeshExternalService'];
  const kinds = ['Mesh', 'MeshService', ...external, 'MeshMultiZoneService'];
  for (const [index, item] of to.entries()) {
    const path = `spec.to[${index}]`;
    checkTargetRef(item.targetRef, `${path}.targetRef`, { kinds }, validation);
    if (version === '2.13' && item.targetRef.kind === 'MeshExternalService' && (targetRef?.kind ?? 'Mesh') !== 'Mesh')
      report(`${path}.targetRef.kind`, 'a MeshExternalService can be meant only for the whole mesh');
    checkConf(item.default ?? {}, `${path}.default`, report);
  }
}

export const meshHealthCheck = defineRules({
  kind: 'MeshHealthCheck',
  policy: true,
  go: {
    durations,
    integers: {
      unhealthyThreshold: 'int32',
      healthyThreshold: 'int32',
      intervalJitterPercent: 'int32',
      expectedStatuses: 'int32',
    },
  },
  validate,
});
