import type { Fault } from '@isthmus/behavior';
import { child, type Field, number, text } from '@isthmus/kubernetes';
import { given, objectField } from '../effective/fields.ts';
import { milliseconds } from './duration.ts';

/** A percentage as Istio hands it to Envoy: in millionths of the whole, cut. */
export function percentageOf(field: Field | undefined): number {
  const value = number(child(field, 'value'))?.value ?? 0;
  return Math.trunc(value * 10_000) / 10_000;
}

/** Failures on purpose (istio/pilot/pkg/networking/core/route/route.go TranslateFault, 1.32); undefined where nothing comes of it. */
export function faultOf(fault: Field | undefined): Fault | undefined {
  if (fault === undefined) return undefined;
  const delay = objectField(child(fault, 'delay'));
  const abort = objectField(child(fault, 'abort'));
  const duration = milliseconds(child(delay, 'fixedDelay'));
  const status = number(given(abort, 'httpStatus'))?.value;
  const grpcStatus = text(given(abort, 'grpcStatus'))?.value;
  const isAbort = abort !== undefined && (status !== undefined || grpcStatus !== undefined);
  if (duration === undefined && !isAbort) return undefined;
  const delayed = given(delay, 'percentage');
  return {
    ...(duration === undefined
      ? {}
      : {
          delay: {
            duration,
            percentage: delayed === undefined ? (number(given(delay, 'percent'))?.value ?? 0) : percentageOf(delayed),
          },
        }),
    ...(isAbort
      ? {
          abort: {
            percentage: percentageOf(given(abort, 'percentage')),
            ...(status === undefined ? {} : { status }),
            ...(grpcStatus === undefined ? {} : { grpcStatus }),
          },
        }
      : {}),
  };
}
