import { policyHash } from './assets.ts';
import { html, trusted, type Html } from './template.ts';

/** One HTML file that needs nothing else: it may load nothing from anywhere, and run no script but `scripts`, which stand in its body as they are. */
export function documentOf({ title, style, scripts, body }: { title: string; style: string; scripts: readonly string[]; body: Html }): string {
  const scriptSource = scripts.length === 0 ? '' : ` script-src ${scripts.map(policyHash).join(' ')};`;
  return `${html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${trusted(`default-src 'none'; style-src 'unsafe-inline';${scriptSource} base-uri 'none'; form-action 'none'`)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${title}</title>
<style>${trusted(style)}</style>
</head>
<body>
${body}
</body>
</html>`.text}\n`;
}
