import { htmlText as text } from '@isthmus/diagnostics';
import type { Command } from './command.ts';
import { pictureOf, pictureStyle } from './picture.ts';
import { dayInWords, formInWords, type Runbook, topologyInWords } from './runbook.ts';

// The tokens of the app's theme.
const style = `:root{color-scheme:light dark;--ground:#fff;--sunk:#eef0f4;--text:#1b1f27;--muted:#565d6b;--border:#dfe3ea;--source:#3b55c4;--target:#0b6b63;--exact:#2b6a3a;--unsupported:#b3261e}
@media (prefers-color-scheme:dark){:root{--ground:#14161a;--sunk:#0f1114;--text:#e6e9ef;--muted:#a2a9b6;--border:#2a2f38;--source:#9db1ff;--target:#5fd0c3;--exact:#7fce93;--unsupported:#ff8f85}}
*{box-sizing:border-box}body{margin:0 auto;padding:24px;max-width:1000px;background:var(--ground);color:var(--text);font:14px/1.5 Inter,system-ui,sans-serif}
h1{font-size:24px;font-weight:600;margin:0 0 4px}h2{font-size:18px;font-weight:600;margin:32px 0 8px;border-top:1px solid var(--border);padding-top:16px}h3{font-size:14px;margin:20px 0 4px}p{max-width:76ch;margin:0 0 10px}
.muted{color:var(--muted)}code,pre{font:12px/1.5 "JetBrains Mono",ui-monospace,monospace;overflow-wrap:anywhere}pre{background:var(--sunk);padding:10px 12px;margin:0 0 12px;white-space:pre-wrap}
.services{columns:22em}${pictureStyle}.safe{color:var(--exact)}.unsafe{color:var(--unsupported)}@media print{body{max-width:none;padding:0}}`;

function commands(list: readonly Command[], label: string): string {
  if (list.length === 0) return '';
  const body = list.map(({ text: line, why, cluster }) => {
    const notes = [cluster === undefined ? '' : `cluster of ${cluster === 'istio' ? 'Istio' : 'Kong Mesh'}`, why ?? ''];
    const note = notes.filter((one) => one !== '').join('; ');
    return `${note === '' ? '' : `<span class="muted"># ${text(note)}</span>\n`}${text(line)}`;
  });
  return `${label === '' ? '' : `<p class="muted">${label}</p>`}<pre>${body.join('\n')}</pre>`;
}

/** A runbook as a page of its own, without scripts: it prints, and opens anywhere. */
export function renderRunbookPage(runbook: Runbook): string {
  const { wave, waves, services, namespaces, day, stages, diagram, topology, form } = runbook;
  const body = stages.map((stage, index) => {
    const ways = stage.ways.map(
      ({ sentence, reason, cautions }) =>
        `<li>${text(sentence)}${reason === undefined ? '' : ` ${text(reason)}`}${cautions.map((caution) => `<br><span class="muted">${text(caution)}</span>`).join('')}</li>`,
    );
    const steps = stage.steps.map(
      (step) =>
        `<h3>${text(step.title)}</h3><p>${text(step.why)}</p>${commands(step.commands, '')}${commands(step.verify, 'Verify')}${commands(step.rollback, 'Go back')}`,
    );
    return `<section><h2>${index + 1}. ${text(stage.title)}</h2><p class="muted">Files: <code>${text(stage.folder)}</code> · ${stage.added} added, ${stage.changed} changed, ${stage.removed} removed</p><p>Affected: ${stage.affected.length === 0 ? 'no service' : stage.affected.map(text).join(', ')}.</p><p class="${stage.safeToStop ? 'safe' : 'unsafe'}"><strong>${stage.safeToStop ? '● Safe to stop here' : '✕ Do not stop here'}</strong>: ${text(stage.stop)}</p>${ways.length === 0 ? '' : `<p>Calls that cross between the meshes:</p><ul>${ways.join('')}</ul>`}${steps.join('')}</section>`;
  });
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><title>Wave ${wave} of ${waves}</title><style>${style}</style></head>
<body><h1>Wave ${wave} of ${waves}</h1><p>${services.length} ${services.length === 1 ? 'service' : 'services'} of ${namespaces.map(text).join(', ')}.${day === undefined ? '' : ` ${text(dayInWords(day))}`} ${topologyInWords[topology]} ${formInWords[form]}</p>
<ul class="services">${services.map((service) => `<li><code>${text(service)}</code></li>`).join('')}</ul><figure>${pictureOf(diagram.drawing, diagram.description)}<figcaption>${text(diagram.description)}</figcaption></figure><details><summary>The picture as Mermaid text</summary><pre>${text(diagram.mermaid)}</pre></details>
${body.join('\n')}
</body></html>
`;
}
