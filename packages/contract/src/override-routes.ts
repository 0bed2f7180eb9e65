import { Type } from 'typebox';
import * as overrides from './overrides.ts';

/** Operations on what people decide about emitted resources. */
export const overrideRoutes = {
  listOverrides: {
    method: 'GET',
    path: '/migrations/:id/overrides',
    summary: 'What people decided about emitted resources, and what became of it',
    status: 200,
    response: overrides.ResourceOverrides,
  },
  saveOverride: {
    method: 'POST',
    path: '/migrations/:id/overrides',
    summary:
      'Change, leave out or add an emitted resource; 409 where somebody else did so first or the translation is another one, 422 where the target refuses it',
    body: overrides.NewOverride,
    status: 201,
    response: overrides.ResourceOverride,
  },
  assessOverride: {
    method: 'POST',
    path: '/migrations/:id/overrides/assessment',
    summary: 'What is against a text, and what would follow from it',
    body: overrides.OverrideDraft,
    status: 200,
    response: overrides.OverrideAssessment,
  },
  getOverride: {
    method: 'GET',
    path: '/migrations/:id/overrides/:override',
    summary: 'What was emitted when it was made, what is emitted now, and the edit',
    status: 200,
    response: overrides.OverrideVersions,
  },
  removeOverride: {
    method: 'DELETE',
    path: '/migrations/:id/overrides/:override',
    summary: 'Take an override back; answers with it as a file, so that it can be brought back',
    query: Type.Object({ revision: Type.Optional(Type.Integer()) }),
    status: 200,
    response: overrides.OverrideFile,
  },
  getOverrideFile: {
    method: 'GET',
    path: '/migrations/:id/override-file',
    summary: 'All overrides as a file (YAML), as `isthmus --overrides` reads it',
    status: 200,
  },
  importOverrides: {
    method: 'POST',
    path: '/migrations/:id/override-file',
    summary: 'Take the overrides of a file; those of resources that have another one stay out',
    body: overrides.OverrideFile,
    status: 200,
    response: overrides.OverrideImport,
  },
  getEditorSchema: {
    method: 'GET',
    path: '/migrations/:id/editor-schema',
    summary: 'The JSON Schema of an emitted kind, for the target version',
    query: Type.Object({
      apiVersion: Type.String({ maxLength: 320 }),
      kind: Type.String({ maxLength: 320 }),
    }),
    status: 200,
    response: Type.Record(Type.String(), Type.Unknown()),
  },
} as const;
