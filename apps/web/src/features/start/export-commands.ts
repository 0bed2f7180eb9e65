/**
 * Writes the Istio and Gateway API resources of a cluster, whatever versions it serves, and what they refer to. Of all
 * ConfigMaps only Istio's mesh configuration is read: others may hold what is nobody's business.
 */
export const exportCommands = `kinds=$(kubectl api-resources --verbs=list -o name |
  grep -E '(istio|sailoperator)\\.io$|gateway\\.networking\\.k8s\\.io$' |
  paste -sd, -)
kubectl get -A -o yaml "$kinds,namespaces,services,serviceaccounts,\\
deployments,statefulsets,daemonsets,cronjobs" > estate.yaml
kubectl get -n istio-system configmap istio -o yaml > mesh-config.yaml`;
