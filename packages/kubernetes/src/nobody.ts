/**
 * A label that Isthmus keeps for itself and no workload carries: a Service that selects by it has no endpoints, on purpose,
 * where Istio's route leads to nobody or nothing else may take its requests.
 */
export const nobodyLabel = 'isthmus/no-endpoints';
