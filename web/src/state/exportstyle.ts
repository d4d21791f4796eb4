/**
 * The style of an exported file, and its digest for the file's policy. The digest stands here
 * because a page over plain HTTP has no `crypto.subtle` to make it; a test compares the two.
 */
export const STYLE = `:root{color-scheme:light dark}
body{max-width:44rem;margin:0 auto;padding:1rem;font:1rem/1.5 system-ui,sans-serif;background:#fdfdfb;color:#1b211f}
header{border-bottom:1px solid #8887;margin-bottom:1rem}
h1{margin:0;font-size:1.5rem;overflow-wrap:anywhere}
h2{margin:1.5rem 0 .5rem;font-size:.9rem;text-align:center}
header p,h2,.by time,.to{color:#56605c}
ol{margin:0;padding:0;list-style:none}
li{padding:.3rem .5rem;border-radius:.5rem}
li:target{background:#dcefe8}
p{margin:0}
.by,.to{font-size:.85rem}
.by bdi{font-weight:600;overflow-wrap:anywhere}
.to{padding-inline-start:.5rem;border-inline-start:3px solid #1b6b58}
.text{white-space:pre-wrap;overflow-wrap:anywhere;unicode-bidi:isolate}
a{color:#1b6b58}
code,pre{font-family:ui-monospace,monospace;font-size:.9em;background:#8882;border-radius:.25rem}
code{padding:0 .2em}
pre{margin:.25rem 0;padding:.5rem;overflow-x:auto}
@media (prefers-color-scheme:dark){body{background:#151918;color:#e8ecea}header p,h2,.by time,.to{color:#a5b0ac}li:target{background:#1f3d35}a{color:#63c4a8}.to{border-color:#63c4a8}}
@media print{body{max-width:none}li{break-inside:avoid}}
`;

export const STYLE_HASH = 'sha256-5o3FpaMgbJfs8nPx/jK8aRHQmatokWPGq4X1csWZq+s=';
