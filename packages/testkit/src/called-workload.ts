/** Manifests, each ended by `---`, of a Deployment of the namespace `sales` and the Service that it answers for on port 80. */
export const calledWorkload = (name: string): string => `apiVersion: apps/v1
kind: Deployment
metadata: {name: ${name}, namespace: sales}
spec: {template: {metadata: {labels: {app: ${name}}}, spec: {serviceAccountName: ${name}}}}
---
apiVersion: v1
kind: Service
metadata: {name: ${name}, namespace: sales}
spec: {selector: {app: ${name}}, ports: [{port: 80, name: http, appProtocol: http}]}
---
`;
