import type { Static, TSchema } from 'typebox';
import type { routes } from './routes.ts';

type Routes = typeof routes;

/** The operations by method and path, as in `GET /migrations/:id`: what a client calls without carrying the schemas. */
export type Operations = {
  [Name in keyof Routes as `${Routes[Name]['method']} ${Routes[Name]['path']}`]: Routes[Name];
};
export type Operation = keyof Operations;

type NamesIn<Path extends string> = Path extends `${string}:${infer Name}/${infer Rest}`
  ? Name | NamesIn<Rest>
  : Path extends `${string}:${infer Name}`
    ? Name
    : never;

type StaticOf<R, Key extends string> = R extends { readonly [K in Key]: infer Schema extends TSchema }
  ? Static<Schema>
  : undefined;

/** The names that stand in an operation's path. */
export type ParametersOf<Key extends Operation> = NamesIn<Operations[Key]['path']>;
/** `undefined` where an operation takes no query. */
export type QueryOf<Key extends Operation> = StaticOf<Operations[Key], 'query'>;
/** `undefined` where an operation takes no JSON. */
export type BodyOf<Key extends Operation> = StaticOf<Operations[Key], 'body'>;
/** `undefined` where an operation answers with no JSON. */
export type ResponseOf<Key extends Operation> = StaticOf<Operations[Key], 'response'>;
