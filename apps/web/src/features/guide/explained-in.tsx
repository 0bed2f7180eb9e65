import { sectionOf } from './content/outline.ts';
import { SectionLink } from './section-link.tsx';

/** Leads from a code to the section that explains what it is about; nothing for a code that no section does. */
export function ExplainedIn({ code, prefix = 'Guide: ' }: { code: string; prefix?: string }) {
  const section = sectionOf(code);
  if (section === undefined) return null;
  return (
    <SectionLink section={section.id}>
      {prefix}
      {section.title}
    </SectionLink>
  );
}
