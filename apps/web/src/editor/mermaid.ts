import mermaid from 'mermaid';
import { isDark, readTokens, type Tokens } from './theme.ts';

// This file is the only one that brings Mermaid into the build; `loadMermaid` imports it when a diagram is first shown.

/** Styles of the diagram's classes: the accents of the two meshes, dashes for what joins them. */
function classesIn({ source, target, muted }: Tokens): string {
  const styles = {
    istio: `stroke:${source},stroke-width:1.5px`,
    kong: `stroke:${target},stroke-width:1.5px`,
    bridge: `stroke:${muted},stroke-width:1.5px,stroke-dasharray:5 3`,
    istioEdge: `stroke:${source}`,
    kongEdge: `stroke:${target}`,
    crossEdge: `stroke:${muted},stroke-dasharray:5 3`,
    closedEdge: `stroke:${muted},stroke-dasharray:1 4`,
    closed: `stroke:${muted},stroke-dasharray:1 4`,
  };
  return Object.entries(styles)
    .map(([name, style]) => `  classDef ${name} ${style}\n`)
    .join('');
}

const sides = ({ source, target, muted }: Tokens): string => `
  [id$="-istioSide"] > rect { stroke: ${source} !important; }
  [id$="-kongSide"] > rect { stroke: ${target} !important; }
  [id$="-bridgeSide"] > rect { stroke: ${muted} !important; stroke-dasharray: 5 3 !important; }
`;

let drawings = 0;

/**
 * Draws a flowchart, whose nodes and edges may have the classes above, in the colours of the scheme that is shown now;
 * resolves with the SVG as text. Rejects with Mermaid's own error where it cannot. Names stay text: no scripts, no links, no HTML in labels.
 */
export async function draw(text: string): Promise<string> {
  const tokens = readTokens();
  mermaid.initialize({
    startOnLoad: false,
    look: 'classic',
    layout: 'elk',
    securityLevel: 'strict',
    suppressErrorRendering: true,
    maxTextSize: 500_000,
    maxEdges: 2000,
    htmlLabels: false,
    flowchart: {
      htmlLabels: false,
      useMaxWidth: false,
      nodeSpacing: 24,
      rankSpacing: 64,
      padding: 10,
      wrappingWidth: 360,
    },
    theme: 'base',
    themeVariables: {
      darkMode: isDark(),
      fontFamily: getComputedStyle(document.body).fontFamily,
      fontSize: '13px',
      background: tokens.ground,
      primaryColor: tokens.ground,
      primaryTextColor: tokens.text,
      primaryBorderColor: tokens['border-strong'],
      secondaryColor: tokens.panel,
      tertiaryColor: tokens.panel,
      mainBkg: tokens.ground,
      nodeBorder: tokens['border-strong'],
      clusterBkg: tokens.panel,
      clusterBorder: tokens['border-strong'],
      titleColor: tokens.text,
      textColor: tokens.text,
      lineColor: tokens['border-strong'],
      edgeLabelBackground: tokens.ground,
    },
    themeCSS: sides(tokens),
  });
  drawings += 1;
  const { svg } = await mermaid.render(`isthmus-diagram-${drawings}`, `${text}${classesIn(tokens)}`);
  return svg;
}
