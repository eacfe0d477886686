/** The style sheet of a process's page. */
export const pageStyle = `
:root {
  color-scheme: light dark;
  --page: #f4f6f8; --card: #ffffff; --ink: #15202b; --muted: #5c6975; --line: #dde3e9;
  --focus: #0f766e; --doubt: #c5341d; --blind: #9a6700;
  --network: #2563a8; --dns: #0f8a8a; --file: #a35a00; --registry: #7d3c98; --library: #8a8f00; --process: #23704c; --other: #6b7782;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #0e1318; --card: #161d24; --ink: #e4eaf0; --muted: #97a4b1; --line: #2a343e;
    --focus: #4fb8ad; --doubt: #ff8169; --blind: #e2b04a;
    --network: #6aa9ee; --dns: #4cc7c7; --file: #e59b44; --registry: #cf9be4; --library: #c9ce4d; --process: #6cc596; --other: #97a4b1;
  }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--ink); font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, Arial, sans-serif; }
main { max-width: 90rem; margin: 0 auto; padding: 1.5rem clamp(0.75rem, 3vw, 2.5rem) 3rem; }
h1 { font-size: 1.6rem; margin: 0 0 0.25rem; overflow-wrap: anywhere; }
h2 { font-size: 1.1rem; margin: 0 0 0.5rem; }
h2 small { font-weight: normal; color: var(--muted); }
section { background: var(--card); border: 1px solid var(--line); border-radius: 8px; padding: 1rem 1.25rem; margin-top: 1rem; }
.lead { color: var(--muted); margin: 0; }
.note { border-left: 4px solid var(--blind); }
.blind small { color: var(--blind); }
code, td, dd { font-family: ui-monospace, "SF Mono", "Cascadia Mono", Menlo, Consolas, monospace; font-size: 0.85rem; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 0.15rem 1.25rem; margin: 0; }
dt { color: var(--muted); }
dd { margin: 0; overflow-wrap: anywhere; white-space: pre-wrap; }
.doubt { color: var(--doubt); font-weight: 600; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; }
th { text-align: left; color: var(--muted); font-weight: 600; white-space: nowrap; position: sticky; top: 0; background: var(--card); }
th, td { padding: 0.25rem 0.9rem 0.25rem 0; border-bottom: 1px solid var(--line); vertical-align: top; }
td { overflow-wrap: break-word; max-width: 44rem; }
.number { text-align: right; white-space: nowrap; }
.tree, .tree ul { list-style: none; margin: 0; padding-left: 1.2rem; }
.tree { padding-left: 0; }
.tree ul { border-left: 1px solid var(--line); margin-left: 0.4rem; }
.tree li { padding: 0.2rem 0; }
.tree .name { font-weight: 600; }
.tree .focus > .name { color: var(--focus); text-decoration: underline; text-underline-offset: 3px; }
.tree .about { color: var(--muted); }
.tree code { display: block; color: var(--muted); overflow-wrap: anywhere; white-space: pre-wrap; }
svg { display: block; max-width: 100%; }
svg text { fill: var(--muted); font: 11px system-ui, sans-serif; }
.bar { fill: var(--network); }
.axis { stroke: var(--line); }
.network { fill: var(--network); } .dns { fill: var(--dns); } .file { fill: var(--file); } .registry { fill: var(--registry); }
.library { fill: var(--library); } .process { fill: var(--process); } .other { fill: var(--other); }
.legend { display: flex; flex-wrap: wrap; gap: 0.25rem 1.25rem; margin: 0.5rem 0 0; padding: 0; list-style: none; color: var(--muted); }
.legend svg { display: inline-block; margin-right: 0.4rem; }
@media print { section { break-inside: avoid; } .scroll { overflow: visible; } }
`;
