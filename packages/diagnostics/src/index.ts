export type { Code, Parameters } from './code.ts';
export { defineCodes, diagnose } from './code.ts';
export { allCodes, codes, findCode } from './codes/index.ts';
export type { At, Diagnostic, Place, Related, Severity, SubjectRef } from './diagnostic.ts';
export { compareDiagnostics } from './diagnostic.ts';
export { htmlText } from './html.ts';
