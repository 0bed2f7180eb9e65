/** How far a service has come on the bridge. */
export interface Progress {
  /**
   * `istio`: nothing of it is in Kong Mesh. `joined`: the ways are there, but no pods yet. `bridged`: it runs there too, without
   * requests. `migrated`: all of it runs there. `retired`: its Istio resources are gone.
   */
  readonly at: 'istio' | 'joined' | 'bridged' | 'shifting' | 'migrated' | 'retired';
  /** The share of its requests that Kong Mesh takes, in percent. */
  readonly share: number;
}

export const inIstio: Progress = { at: 'istio', share: 0 };
export const joined: Progress = { at: 'joined', share: 0 };
export const bridged: Progress = { at: 'bridged', share: 0 };
export const migrated: Progress = { at: 'migrated', share: 100 };
export const retired: Progress = { at: 'retired', share: 100 };
export const shifting = (share: number): Progress => ({ at: 'shifting', share });

/** How far each service has come, by id; one that is not named is in Istio. */
export type ProgressOf = (service: string) => Progress;

/** Where a service of a phase stands; `share` counts for `shifting` only. */
export function progressOfPhase(phase: string, share = 0): Progress {
  switch (phase) {
    case 'bridged':
      return bridged;
    case 'shifting':
      return shifting(share);
    case 'migrated':
      return migrated;
    case 'retired':
      return retired;
    default:
      return inIstio;
  }
}

/** Whether anything was done for a service. */
export const hasBegun = ({ at }: Progress): boolean => at !== 'istio';

/** Whether anything of a service runs in Kong Mesh. */
export const hasPodsInKong = ({ at }: Progress): boolean => at !== 'istio' && at !== 'joined';

/** Whether anything of a service still runs in Istio. */
export const hasPodsInIstio = ({ at }: Progress): boolean => at !== 'migrated' && at !== 'retired';

/** Whether any of them is so; looks no further than the first. */
export function some<T>(all: Iterable<T>, isSo: (one: T) => boolean): boolean {
  for (const one of all) if (isSo(one)) return true;
  return false;
}

/** Whether both meshes are joined for a service: from its ways until its Istio resources are gone. */
export const isJoined = ({ at }: Progress): boolean => at !== 'istio' && at !== 'retired';
