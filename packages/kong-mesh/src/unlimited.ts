/**
 * The largest integer that the schemas of Kong Mesh take: their integers have the format int32, to which the API server
 * holds them (kuma 2.13 to 3.0, CustomResourceDefinitions; k8s.io/kube-openapi, pkg/validation/validate). No proxy reaches a
 * limit of so many, so that it is as good as the 2^32 - 1 that Istio writes for none.
 */
export const unlimited = 2 ** 31 - 1;
