/** The style sheet of the report. Light and dark, wide and narrow, and on paper; colour is never the only sign. */

const LIGHT = `
--bg:#f5f6f8;--card:#fff;--ink:#14181d;--soft:#57606c;--faint:#8b95a1;--line:#e4e7ec;--round:#f4f6f9;--code:#f3f5f8;
--good:#0a7355;--good-bg:#e5f3ee;--bad:#bb2f0e;--bad-bg:#fdece6;--warn:#835900;--warn-bg:#fbf1db;--muted:#57606c;--muted-bg:#eef0f3;
--accent:#1f5fbf;--limit:#c8390f;
--p50:#8db8e8;--p95:#2a6fce;--p99:#0d2f66;--offered:#8b95a1;--sent:#c98a00;--completed:#2a6fce;--failed:#c8390f;--lag:#2a6fce;--delay:#c98a00;
--c1:#2a6fce;--c2:#c77700;--c3:#0a8f68;--c4:#b4578f;--c5:#57606c;`;

const DARK = `
--bg:#0f1216;--card:#171b21;--ink:#e8ebef;--soft:#a3adb9;--faint:#75808d;--line:#2a313a;--round:#1c2128;--code:#11151a;
--good:#4cc79f;--good-bg:#12302a;--bad:#ff8a66;--bad-bg:#3a1c14;--warn:#e6b450;--warn-bg:#332813;--muted:#a3adb9;--muted-bg:#232931;
--accent:#7fb2ff;--limit:#ff8a66;
--p50:#3f6ea8;--p95:#7fb2ff;--p99:#e3eeff;--offered:#75808d;--sent:#e6b450;--completed:#7fb2ff;--failed:#ff8a66;--lag:#7fb2ff;--delay:#e6b450;
--c1:#7fb2ff;--c2:#e6a04a;--c3:#4cc79f;--c4:#e091c0;--c5:#a3adb9;`;

export const STYLE = `
:root{color-scheme:light dark;${LIGHT}}
@media (prefers-color-scheme:dark){:root:not(.printing){${DARK}}}
*{box-sizing:border-box}
html{scroll-behavior:smooth;scroll-padding-top:16px;-webkit-text-size-adjust:100%}
@media (prefers-reduced-motion:reduce){html{scroll-behavior:auto}}
body{margin:0;background:var(--bg);color:var(--ink);font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;font-variant-numeric:tabular-nums;overflow-wrap:anywhere}
code,pre{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;font-size:.88em}
h1,h2,h3,p,ul,dl,figure{margin:0}
ul{padding:0;list-style:none}
a{color:inherit}
:focus-visible{outline:2px solid var(--accent);outline-offset:2px;border-radius:3px}
.sprite{position:absolute;width:0;height:0}
.page{max-width:1320px;margin:0 auto;padding:24px 20px 64px}
nav{display:none}
@media (min-width:1280px){
.page{display:grid;grid-template-columns:196px minmax(0,1fr);gap:0 32px;padding-top:32px}
nav{display:block;position:sticky;top:32px;align-self:start;max-height:calc(100vh - 64px);overflow-y:auto;font-size:13.5px}
nav a{display:flex;gap:8px;align-items:baseline;justify-content:space-between;padding:5px 10px;border-left:2px solid var(--line);color:var(--soft);text-decoration:none}
nav a:hover{color:var(--ink);border-color:var(--accent)}
nav .sym{width:11px;height:11px;flex:none}
}
main>*{margin-bottom:20px}
.banner,main>section{background:var(--card);border:1px solid var(--line);border-radius:10px;padding:22px 26px}
.banner{border-top:5px solid var(--muted)}
.banner.good{border-top-color:var(--good)}.banner.bad{border-top-color:var(--bad)}.banner.warn{border-top-color:var(--warn)}
.brand{font-size:12.5px;font-weight:650;letter-spacing:.02em;margin-bottom:16px}
.brand span{color:var(--faint);font-weight:450;margin-left:6px}
.verdict{display:flex;gap:16px;align-items:flex-start}
.verdict .sym{width:46px;height:46px;flex:none;margin-top:1px}
.word{font-size:12.5px;font-weight:700;letter-spacing:.09em;line-height:1.4}
.good>.verdict .word,.good>.verdict .sym{color:var(--good)}.bad>.verdict .word,.bad>.verdict .sym{color:var(--bad)}.warn>.verdict .word,.warn>.verdict .sym{color:var(--warn)}
h1{font-size:23px;line-height:1.3;font-weight:640;letter-spacing:-.012em;max-width:46em;text-wrap:pretty}
.reasons{margin:12px 0 0 62px;color:var(--soft)}
.reasons li{position:relative;padding-left:16px}
.reasons li::before{content:"";position:absolute;left:2px;top:.68em;width:6px;height:1.5px;background:var(--faint)}
.reasons+.facts{margin-top:16px}
.tally{display:flex;flex-wrap:wrap;gap:8px;margin:20px 0 18px}
.tally li{background:var(--muted-bg);border-radius:6px;padding:3px 11px;font-size:13.5px;color:var(--soft)}
.tally b{color:var(--ink);font-weight:640}
.tally .bad,.tally .bad b{background:var(--bad-bg);color:var(--bad)}.tally .warn,.tally .warn b{background:var(--warn-bg);color:var(--warn)}.tally .good,.tally .good b{background:var(--good-bg);color:var(--good)}
h2{font-size:18px;line-height:1.35;font-weight:640;letter-spacing:-.008em;margin-bottom:14px}
h3{font-size:14px;font-weight:640;margin:22px 0 8px}
.note{color:var(--soft);font-size:13.5px;margin-top:10px;max-width:70em}
h3+.note{margin:-4px 0 8px}
.strip{margin:14px 0 0;padding:9px 13px;border-radius:7px;background:var(--muted-bg);font-size:14px}
section>.strip{margin:0 0 16px}
.strip.warn{background:var(--warn-bg);color:var(--warn)}.strip.bad{background:var(--bad-bg);color:var(--bad)}
.facts{display:grid;grid-template-columns:repeat(auto-fill,minmax(168px,1fr));gap:12px 22px;padding-top:14px;border-top:1px solid var(--line)}
section>.facts{border:0;padding-top:2px;margin-bottom:14px}
.facts dt{font-size:12.5px;color:var(--soft)}
.facts dd{margin:0;font-size:14px}
.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(128px,1fr));gap:1px;background:var(--line);border:1px solid var(--line);border-radius:8px;overflow:hidden;margin-bottom:20px}
.tiles li{background:var(--card);padding:11px 15px}
.tiles span{display:block;font-size:12.5px;color:var(--soft)}
.tiles b{display:block;font-size:21px;font-weight:620;letter-spacing:-.015em;line-height:1.3}
.tiles small{font-size:12px;color:var(--faint)}
.sym{width:14px;height:14px;vertical-align:-2px}
.mark{display:inline-flex;align-items:center;gap:6px;white-space:nowrap;font-weight:600;font-size:13.5px}
.mark.good,nav .good{color:var(--good)}.mark.bad,nav .bad{color:var(--bad)}.mark.warn,nav .warn{color:var(--warn)}.mark.muted,nav .muted{color:var(--muted)}
.mark.muted{font-weight:500}
.wraps{display:inline-block;white-space:normal;max-width:150px}
table{border-collapse:collapse;width:100%;font-size:14px}
th{font-weight:520;font-size:12.5px;color:var(--soft);text-align:left;padding:0 14px 7px 0;border-bottom:1px solid var(--line);vertical-align:bottom;overflow-wrap:normal}
td{padding:8px 14px 8px 0;border-bottom:1px solid var(--line);vertical-align:top}
tr:last-child td{border-bottom:0}
th:last-child,td:last-child{padding-right:0}
.num{text-align:right}
td.num{white-space:nowrap}
td .mark{white-space:normal;overflow-wrap:normal}td .mark svg,td .mark .sym{flex:none}
td b{font-weight:640}
td small{color:var(--soft)}
td.prose{min-width:180px}
.num+:not(.num){padding-left:14px}
td:first-child{min-width:116px;position:relative}
td.title{min-width:130px}
tr.bad td:first-child::after{content:"";position:absolute;left:-14px;top:4px;bottom:4px;width:4px;border-radius:2px;background:var(--bad)}
td.outcome small{display:block;margin-left:20px}
h2 small{font-size:13px;font-weight:450;color:var(--soft);letter-spacing:0;margin-left:8px}
.meter{display:block;height:3px;margin-top:4px;border-radius:2px;background:var(--muted-bg);min-width:64px;overflow:hidden}
.meter i{display:block;height:100%;background:var(--accent);border-radius:2px}
.meter.good i{background:var(--good)}.meter.bad i{background:var(--bad)}.meter.warn i{background:var(--warn)}.meter.muted i{background:var(--faint)}
.forest{position:relative;display:block;height:20px;min-width:120px;background:linear-gradient(var(--line),var(--line)) center/1.5px 100% no-repeat}
.forest .range{position:absolute;top:8px;height:4px;border-radius:2px;background:var(--faint);min-width:2px;opacity:.75}
.forest .dot{position:absolute;top:5.5px;width:9px;height:9px;margin-left:-4.5px;border-radius:50%;background:var(--faint)}
.forest.bad i{background:var(--bad)}.forest.good i{background:var(--good)}.forest.warn i{background:var(--warn)}
.charts{display:grid;grid-template-columns:repeat(2,minmax(0,1fr));gap:22px 28px;margin:6px 0 20px}
@media (max-width:900px){.charts{grid-template-columns:minmax(0,1fr)}}
figcaption{font-size:13.5px;color:var(--soft);margin-bottom:6px;line-height:1.4}
figcaption b{color:var(--ink);font-weight:640;display:block}
.chart .fine{color:var(--soft);font-size:13.5px}
.chart.empty p{color:var(--soft);font-size:13.5px;background:var(--round);border:1px dashed var(--line);border-radius:7px;padding:18px 16px}
.charts>:only-child{grid-column:1/-1}
.plot{min-width:0;overflow:hidden}
.uplot{font:inherit;width:100%!important}
.u-legend{font-size:12.5px;text-align:left;margin:2px 0 0 4px;color:var(--soft)}
.u-legend th{font-weight:500;color:var(--ink);border:0;padding:0}
.u-inline.u-live th::after{content:""!important}
.u-legend td{border:0;padding:0}
.u-legend .u-series>*{padding:1px 3px}
.u-legend .u-series.edge,.u-legend .u-series:first-child{display:none}
.u-legend .u-value{min-width:5.2em;display:inline-block!important;color:var(--soft)}
.u-legend .u-marker{width:14px;height:0;border-top-width:2px;margin-right:5px}
.u-cursor-x,.u-cursor-y{border-color:var(--faint)!important}
.u-select{background:color-mix(in srgb,var(--accent) 14%,transparent)}
.bars{margin-top:8px}
.bars p,.lanes p{font-size:13px;font-weight:560}
.bars small,.lanes small{font-weight:400;color:var(--soft);font-size:12.5px}
.columns{display:flex;align-items:flex-end;gap:2px;height:64px;border-bottom:1px solid var(--line)}
.columns i{flex:1 1 0;min-width:1px;max-width:34px;background:var(--p95);border-radius:2px 2px 0 0}
.columns .odd{background:var(--p50)}
.columns.few i{max-width:64px}
.values{display:flex;gap:2px;font-size:12px;color:var(--soft)}
.values span{flex:1 1 0;max-width:64px;text-align:center}
.columns .failed,.lane .failed{background:repeating-linear-gradient(45deg,var(--bad) 0 4px,var(--bad-bg) 4px 7px)!important}
.gantt{margin:6px 0 30px}
.lanes{margin-top:10px}
.lane{display:grid;grid-template-columns:24px minmax(0,1fr);align-items:center;margin-top:3px}
.lane>span{font-size:12px;color:var(--faint)}
.lane>div{position:relative;height:20px;background:var(--round);border-radius:3px;overflow:hidden}
.lane i .waited{position:absolute;left:0;top:0;bottom:0;background:var(--card);opacity:.45}
.lane i{position:absolute;top:0;bottom:0;background:var(--p95);border-right:2px solid var(--card);color:#fff;font:600 11px/20px inherit;font-style:normal;font-size:11px;line-height:20px;text-align:center;overflow:hidden;white-space:nowrap}
.scale{position:relative;height:20px;margin:4px 0 0 24px;border-top:1px solid var(--line);font-size:12px;color:var(--soft)}
.scale span{position:absolute;top:3px;transform:translateX(-50%);white-space:nowrap}
.scale span:first-child{transform:none}.scale span:last-child{transform:translateX(-100%)}
details{margin-top:14px;border-top:1px solid var(--line);padding-top:11px}
section>details:first-of-type:last-child{border-top:0;padding-top:0;margin-top:0}
summary{cursor:pointer;font-size:14px;font-weight:560}
summary small{font-weight:400;color:var(--soft);margin-left:6px}
details>:not(summary){margin-top:12px}
pre{background:var(--code);border:1px solid var(--line);border-radius:7px;padding:12px 14px;margin:0;white-space:pre-wrap;line-height:1.55}
footer{color:var(--faint);font-size:12.5px}
@media screen and (max-width:1000px){
.cards{display:block}
.cards tbody{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,296px),1fr));gap:10px}
.cards thead{display:none}
.cards tr{display:grid;grid-template-columns:repeat(6,minmax(0,1fr));gap:7px 12px;border:1px solid var(--line);border-radius:8px;padding:11px 13px;align-content:start}
.cards tr.bad{border-color:var(--bad);border-left-width:4px}
.cards td,.cards td.num{display:block;grid-column:span 2;border:0;padding:0!important;text-align:left;white-space:normal;min-width:0!important}
.cards td::before{content:attr(data-label);display:block;color:var(--soft);font-size:12px;line-height:1.4}
.cards td:first-child{grid-column:1/-1;font-weight:640}
.cards td:first-child::before,.cards td.title::before,.cards td.outcome::before,.cards tr.bad td:first-child::after{display:none}
.cards td.title,.cards td.prose{grid-column:1/-1}
.cards td.title{margin-top:-6px!important}
.cards td.outcome{grid-row:1;grid-column:4/-1;justify-self:end;text-align:right}
.cards tr:has(.outcome) td:first-child{grid-row:1;grid-column:1/4}
.cards td:has(>span:empty){display:none}
.cards .mark{white-space:normal}
}
@media (max-width:760px){
.page{padding:12px 10px 40px}
.banner,main>section{padding:18px 16px}
h1{font-size:19px}
.verdict{gap:12px}.verdict .sym{width:32px;height:32px}
.reasons{margin-left:0}
.facts{grid-template-columns:repeat(auto-fill,minmax(132px,1fr));gap:10px 16px}
.tiles{grid-template-columns:repeat(2,1fr)}
.tiles li:last-child:nth-child(odd){grid-column:1/-1}
}
@media print{
:root:root{${LIGHT}}
body{background:#fff;font-size:11px}
nav{display:none}
.page{display:block;max-width:none;padding:0}
.banner,main>section{border:0;border-top:2px solid var(--line);border-radius:0;padding:12px 0}
.chart,tr,.tiles,.strip{break-inside:avoid}
h2,h3{break-after:avoid}
table{font-size:10.5px}td:first-child,td.title{min-width:70px}
.charts{gap:14px}
}
`.replaceAll(/\n+/g, '\n');
