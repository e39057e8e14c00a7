"""How the report looks: on a screen, on a phone, and on paper."""

from __future__ import annotations

STYLE = """
:root { --ink: #14201b; --quiet: #47534d; --line: #cdd5d0; --mark: #00543d; --ground: #f5f6f3; }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 52rem; padding: 2rem 1.25rem 3rem; background: #fff;
  color: var(--ink); font: 1rem/1.5 system-ui, "Noto Sans", "DejaVu Sans", sans-serif; }
header { border-bottom: 3px solid var(--mark); padding-bottom: 1rem; }
header p { margin: 0; color: var(--quiet); }
.kind { font-weight: 600; }
h1 { margin: 0 0 .25rem; font-size: 1.75rem; line-height: 1.25; text-wrap: balance; }
h2 { margin: 0 0 .75rem; font-size: 1.2rem; line-height: 1.3; }
section { margin-top: 2rem; break-inside: avoid; }
dl { display: grid; grid-template-columns: repeat(auto-fill, minmax(10rem, 1fr)); gap: .75rem;
  margin: 0; }
dl div { display: flex; flex-direction: column; padding: .85rem 1rem; background: var(--ground);
  border-radius: .5rem; }
@media (min-width: 40rem) { dl { grid-template-columns: repeat(3, 1fr); } }
dd { margin: 0; }
dd.figure { font-size: 1.9rem; font-weight: 700; line-height: 1.2; color: var(--mark);
  font-variant-numeric: tabular-nums; }
dd.before { color: var(--quiet); font-size: .9rem; }
img { display: block; width: 100%; min-width: 32rem; height: auto; }
.wide { overflow-x: auto; margin-bottom: 1.5rem; }
table { width: 100%; min-width: 44rem; table-layout: fixed; border-collapse: collapse;
  font-variant-numeric: tabular-nums; }
th, td { padding: .4rem .5rem; border-bottom: 1px solid var(--line); text-align: right;
  white-space: nowrap; }
thead th { vertical-align: bottom; color: var(--quiet); font-size: .85rem; font-weight: 600;
  line-height: 1.25; white-space: normal; }
tbody th { font-weight: 600; }
th:first-child { padding-left: 0; text-align: left; width: 8rem; }
.notes { border-top: 1px solid var(--line); padding-top: 1rem; color: var(--quiet);
  font-size: .95rem; break-inside: auto; }
.notes h2 { margin-top: 1.25rem; color: var(--ink); }
.notes p { margin: 0 0 .6rem; max-width: 44rem; }
@media print { body { padding: 0; max-width: none; font-size: 10pt; } .wide { overflow: visible; }
  table, img { min-width: 0; } }
"""
