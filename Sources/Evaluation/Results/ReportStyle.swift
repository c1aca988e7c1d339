/// The look of the report: one style sheet, light and dark, with nothing fetched.
enum ReportStyle {
  /// The colours there are for runs; a seventh run has the first one's again.
  static let seriesCount = 6

  /// The colour of a run, counted from 1.
  static func series(_ index: Int) -> Int { index % seriesCount + 1 }

  static let sheet = """
    :root {
      color-scheme: light dark;
      --paper: #fdfdfb; --ink: #1f2321; --muted: #626a66; --line: #e3e5e0; --faint: #f3f4f0;
      --c1: #2f7a55; --c2: #b4531f; --c3: #3a5fb0; --c4: #8d3f82; --c5: #8a6d0b; --c6: #237e8a;
    }
    @media (prefers-color-scheme: dark) {
      :root {
        --paper: #151816; --ink: #e4e7e3; --muted: #98a19b; --line: #2a2f2c; --faint: #1c201d;
        --c1: #62bd8e; --c2: #e58e58; --c3: #85a5ee; --c4: #d18ac6; --c5: #d0b04a; --c6: #5fbecb;
      }
    }
    * { box-sizing: border-box; }
    body {
      margin: 0; background: var(--paper); color: var(--ink);
      font: 16px/1.55 system-ui, -apple-system, "Segoe UI", "Helvetica Neue", sans-serif;
    }
    main { max-width: 76rem; margin: 0 auto; padding: 4rem 1.5rem 5rem; }
    h1 { margin: 0 0 1.5rem; font-size: 1.75rem; font-weight: 600; letter-spacing: -0.015em; }
    h2 { margin: 3.5rem 0 1rem; font-size: 1.125rem; font-weight: 600; }
    h3 { margin: 0 0 0.25rem; font-size: 0.875rem; font-weight: 600; }
    p, .notes li { max-width: 44rem; }
    ul.runs, ul.notes, ul.legend { list-style: none; margin: 0; padding: 0; }
    ul.runs li { display: flex; flex-wrap: wrap; gap: 0 0.75rem; align-items: baseline; }
    ul.notes { margin-top: 3.5rem; padding-top: 1.25rem; border-top: 1px solid var(--line); }
    ul.notes li, .detail { color: var(--muted); font-size: 0.875rem; }
    ul.legend {
      display: flex; flex-wrap: wrap; gap: 0.25rem 1.5rem; margin-bottom: 0.75rem;
      color: var(--muted); font-size: 0.875rem;
    }
    ul.legend svg { width: 18px; height: 18px; vertical-align: -4px; margin-right: 0.35rem; }
    .swatch {
      display: inline-block; width: 0.625rem; height: 0.625rem; border-radius: 50%;
      background: var(--c, var(--muted));
    }
    .scroll { overflow-x: auto; }
    .scroll:focus-visible { outline: 2px solid var(--c1); outline-offset: 4px; }
    table { border-collapse: collapse; width: 100%; font-size: 0.875rem; }
    caption { text-align: left; color: var(--muted); padding-bottom: 0.75rem; }
    th, td {
      padding: 0.3rem 0.625rem; text-align: right; white-space: nowrap;
      font-variant-numeric: tabular-nums; font-weight: 400;
    }
    th.name { padding-left: 0; position: sticky; left: 0; background: var(--paper); }
    th:last-child, td:last-child { padding-right: 0; }
    thead th { color: var(--muted); vertical-align: bottom; }
    thead tr:last-child th { border-bottom: 1px solid var(--ink); padding-bottom: 0.5rem; }
    thead th.own { color: var(--ink); white-space: normal; overflow-wrap: anywhere; min-width: 7rem; }
    th.word, td.word { text-align: left; }
    tbody tr.first > * { border-top: 1px solid var(--line); }
    tbody tr:first-child > * { border-top: 0; }
    tbody tr:hover { background: var(--faint); }
    tbody th { font-weight: 500; vertical-align: top; }
    tr.kinds th { text-align: center; font-size: 0.8125rem; padding-bottom: 0; }
    td.quiet, .error-figure { color: var(--muted); }
    .error-figure { font-size: 0.8125rem; }
    td strong { font-weight: 650; box-shadow: 0 2px 0 var(--c1); }
    .charts { display: grid; grid-template-columns: repeat(auto-fill, minmax(18.5rem, 1fr)); gap: 2rem 1.5rem; }
    figure { margin: 0; }
    figure.wide svg { min-width: 48rem; }
    svg { display: block; width: 100%; height: auto; overflow: visible; }
    ul.legend svg { display: inline-block; }
    svg text { font-family: inherit; font-size: 13px; fill: var(--ink); }
    svg text { paint-order: stroke; stroke: var(--paper); stroke-width: 3px; stroke-linejoin: round; }
    svg text.tick { font-size: 11px; fill: var(--muted); font-variant-numeric: tabular-nums; }
    svg .grid { stroke: var(--line); }
    svg .track { stroke: var(--line); }
    svg .chance { stroke: var(--muted); stroke-dasharray: 3 3; }
    svg .reference { stroke: var(--muted); }
    svg .published { fill: var(--paper); stroke: var(--muted); stroke-width: 1.25; }
    svg circle { fill: var(--c); stroke: var(--paper); stroke-width: 1.25; }
    svg .error { stroke: var(--c); stroke-width: 2; stroke-linecap: round; }
    svg .curve { fill: none; stroke: var(--c); stroke-width: 2; stroke-linejoin: round; }
    svg .band { fill: var(--c); opacity: 0.16; }
    .series-1 { --c: var(--c1); } .series-2 { --c: var(--c2); } .series-3 { --c: var(--c3); }
    .series-4 { --c: var(--c4); } .series-5 { --c: var(--c5); } .series-6 { --c: var(--c6); }
    @media print { main { padding: 0; } .scroll { overflow: visible; } }
    """
}
