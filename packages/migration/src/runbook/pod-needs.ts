import { isList, isMap, type Json, type JsonObject, mapOf } from '@isthmus/kubernetes';

const listOf = (value: Json | undefined): readonly JsonObject[] => (isList(value) ? value.filter(isMap) : []);

/** `<kind>/<name>` of the ConfigMaps, Secrets and claims that pods of a template cannot start without, sorted. */
export function podNeeds(object: JsonObject): string[] {
  const { jobTemplate, template } = mapOf(object.spec);
  const pods = mapOf(object.kind === 'CronJob' ? mapOf(mapOf(jobTemplate).spec).template : template);
  const spec = mapOf(object.kind === 'Pod' ? object.spec : pods.spec);
  const found = new Set<string>();
  const need = (kind: string, { name, optional }: JsonObject): void => {
    if (typeof name === 'string' && name !== '' && optional !== true) found.add(`${kind}/${name}`);
  };
  for (const { configMap, secret, persistentVolumeClaim, projected } of listOf(spec.volumes)) {
    need('configmap', mapOf(configMap));
    const { secretName = null, optional = null } = mapOf(secret);
    need('secret', { name: secretName, optional });
    need('persistentvolumeclaim', { name: mapOf(persistentVolumeClaim).claimName ?? null });
    for (const source of listOf(mapOf(projected).sources)) {
      need('configmap', mapOf(source.configMap));
      need('secret', mapOf(source.secret));
    }
  }
  for (const { env, envFrom } of [...listOf(spec.initContainers), ...listOf(spec.containers)]) {
    for (const { valueFrom } of listOf(env)) {
      need('configmap', mapOf(mapOf(valueFrom).configMapKeyRef));
      need('secret', mapOf(mapOf(valueFrom).secretKeyRef));
    }
    for (const { configMapRef, secretRef } of listOf(envFrom)) {
      need('configmap', mapOf(configMapRef));
      need('secret', mapOf(secretRef));
    }
  }
  for (const reference of listOf(spec.imagePullSecrets)) need('secret', reference);
  return [...found].sort();
}
