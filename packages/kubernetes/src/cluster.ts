/** The annotation that says which cluster a resource was read from; a snapshot of a live cluster writes it. */
export const clusterAnnotation = 'isthmus/cluster';

const folder = /(?:^|\/)cluster=([^/]+)\//;

/** The cluster that a file is of: that of the folder `cluster=NAME` that it lies in; undefined where it lies in none. */
export const clusterOfPath = (file: string): string | undefined =>
  file.includes('cluster=') ? folder.exec(file)?.[1] : undefined;
