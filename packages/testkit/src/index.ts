export { asResources, type Manifest, manifest } from './manifest.ts';
