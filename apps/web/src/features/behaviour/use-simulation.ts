import type { SimulatedRequest, SimulatedSubject, Simulation } from '@isthmus/contract';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useMemo, useRef, useState } from 'react';
import { simulationModelQuery } from './queries.ts';

/** What the worker is told: a model for all requests that follow, or a request. */
export type Asked =
  | { readonly model: unknown }
  | {
      readonly id: number;
      readonly request: Required<Pick<SimulatedRequest, 'method' | 'authority' | 'path' | 'headers'>>;
    };

/** What the worker answers. */
export interface Answered {
  readonly id: number;
  readonly decided: Pick<Simulation, 'before' | 'after' | 'differences' | 'undecided'>;
}

// Stands in where there is no request; it is never sent.
const nobody: SimulatedSubject = { service: '', client: { namespace: '', labels: {} } };

/** The name by which clients call a service unless the request says otherwise. */
export const authorityOf = ({ service, authority }: Pick<SimulatedRequest, 'service' | 'authority'>): string =>
  authority ?? service.split('/').reverse().join('.');

interface Live {
  readonly simulation: Simulation | undefined;
  readonly error: Error | null;
  /** The simulation is of the request before this one. */
  readonly isOld: boolean;
}

/**
 * What both meshes do with a request. The server is asked what decides the requests of a client to a port; a worker decides
 * each request by that, as it is typed.
 */
export function useSimulation(migration: string, request: SimulatedRequest | undefined): Live {
  const { service, cluster, port, client } = request ?? nobody;
  const { data, error, isPlaceholderData } = useQuery({
    ...simulationModelQuery(migration, {
      service,
      ...(cluster === undefined ? {} : { cluster }),
      ...(port === undefined ? {} : { port }),
      client,
    }),
    enabled: request !== undefined,
  });
  const worker = useRef<Worker>(undefined);
  const count = useRef(0);
  const [failure, setFailure] = useState<Error>();
  const [answer, setAnswer] = useState<{ readonly id: number; readonly simulation: Simulation }>();
  const asked = useMemo(() => (request === undefined ? '' : JSON.stringify(request)), [request]);
  const [asking, setAsking] = useState(0);

  useEffect(() => {
    const thread = new Worker(new URL('./simulation.worker.ts', import.meta.url), { type: 'module' });
    thread.addEventListener('error', ({ message }) => setFailure(new Error(message || 'The simulator did not start.')));
    worker.current = thread;
    return () => {
      worker.current = undefined;
      thread.terminate();
    };
  }, []);

  useEffect(() => {
    if (data !== undefined) worker.current?.postMessage({ model: data.model } satisfies Asked);
  }, [data]);

  // A model of the service before this one is of no use for the request.
  const isReady = data !== undefined && !isPlaceholderData && asked !== '';
  useEffect(() => {
    const thread = worker.current;
    if (!isReady || thread === undefined) return;
    const whole = JSON.parse(asked) as SimulatedRequest;
    const { method, path, headers } = whole;
    const authority = authorityOf(whole);
    const id = ++count.current;
    setAsking(id);
    const receive = ({ data: answered }: MessageEvent<Answered>): void => {
      if (answered.id !== id) return;
      const { ports, port: of } = data;
      setAnswer({ id, simulation: { ports, port: of, authority, ...answered.decided } });
    };
    thread.addEventListener('message', receive);
    thread.postMessage({ id, request: { method, authority, path, headers } } satisfies Asked);
    return () => thread.removeEventListener('message', receive);
  }, [asked, data, isReady]);

  return {
    simulation: error === null ? answer?.simulation : undefined,
    error: error ?? failure ?? null,
    isOld: answer !== undefined && (!isReady || answer.id !== asking),
  };
}
