/** A part of a section. Texts know `code` and paragraphs, as findings do. */
export type Part =
  | { readonly kind: 'text'; readonly title?: string; readonly text: string }
  | { readonly kind: 'list'; readonly title?: string; readonly items: readonly string[] }
  /** What both meshes do, aspect by aspect. */
  | { readonly kind: 'compare'; readonly rows: readonly (readonly [aspect: string, istio: string, kong: string])[] }
  /** Numbers, with what was measured and how. */
  | {
      readonly kind: 'figures';
      readonly title: string;
      readonly measured: string;
      readonly columns: readonly string[];
      readonly rows: readonly (readonly string[])[];
    }
  /** What is often said, and what the numbers say of it. */
  | { readonly kind: 'claims'; readonly claims: readonly { readonly said: string; readonly found: string }[] }
  /** What is drawn from the app's own data. */
  | { readonly kind: 'mapping' | 'commands' | 'pitfalls' };

/** The text of a section. */
export interface SectionText {
  /** What the section says, in a sentence or two. */
  readonly lead: string;
  readonly parts: readonly Part[];
  /** Where its facts were read or run: project, file or section, version. */
  readonly sources: readonly string[];
}
