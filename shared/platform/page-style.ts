/** The one style of all pages: system fonts, small screens first, light and dark. */
export const style = `
:root{color-scheme:light dark;--ground:#fdfaf3;--sheet:#fff;--ink:#1b2436;--quiet:#5b5546;--line:#ddd3bd;--brand:#1a2b4f;--onbrand:#fdfaf3;--gold:#b88a40;--link:#1d4e9e;--good:#16633a;--goodground:#e4f3e9;--bad:#9b1c1c;--badground:#fbe7e5;--warn:#7a4b00;--warnground:#fbf0d9;--code:#f4eee0}
@media (prefers-color-scheme:dark){:root{--ground:#12161f;--sheet:#1a202c;--ink:#e9e6de;--quiet:#b3ac9c;--line:#363d4b;--brand:#0e1a33;--onbrand:#f6efdf;--gold:#c99b52;--link:#9cc0ff;--good:#8edbab;--goodground:#15301f;--bad:#ffaea6;--badground:#3c1a1a;--warn:#f2cb83;--warnground:#38290f;--code:#252c3a}}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%;scroll-padding-top:1rem}
body{margin:0;background:var(--ground);color:var(--ink);font:1rem/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif;overflow-wrap:break-word}
a{color:var(--link)}
:focus-visible{outline:3px solid var(--gold);outline-offset:2px;border-radius:2px}
h1,h2,h3,h4{line-height:1.2;margin:0 0 .5rem}
h1{font-size:1.6rem;margin-bottom:1rem}
h1 [lang=en].second{font-size:1rem;font-weight:400;margin-top:.2rem}
p{margin:0 0 1rem}
code{font:.9em ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;overflow-wrap:anywhere}
[lang=en].second{display:block;color:var(--quiet);font-size:.92em}
[hidden]{display:none!important}
.masthead{background:var(--brand);color:var(--onbrand)}
.masthead p{margin:0;padding:.7rem 1.25rem;display:flex;flex-wrap:wrap;gap:0 .75rem;align-items:baseline}
.masthead strong{letter-spacing:.02em;font-size:1.05rem}
.masthead p>span{opacity:.85;font-size:.92rem}
.kawung{display:block;fill:var(--gold)}
.narrow{max-width:38rem;margin:0 auto;padding:1.5rem 1.25rem 3rem}
.sheet{background:var(--sheet);border:1px solid var(--line);border-radius:.6rem;padding:1.25rem;margin:0 0 1.25rem}
.verdict{border-radius:.6rem;padding:1.25rem;margin:0 0 1.25rem;display:flex;gap:1rem;align-items:center;border:2px solid}
.verdict svg{flex:none;width:3.5rem;height:3.5rem;fill:none;stroke:currentColor;stroke-width:2.2;stroke-linecap:round;stroke-linejoin:round}
.verdict h1{margin:0;font-size:1.5rem}
.verdict p{margin:0}
.good{background:var(--goodground);color:var(--good)}
.bad{background:var(--badground);color:var(--bad)}
.warn{background:var(--warnground);color:var(--warn)}
.facts{margin:0 0 1.25rem}
.facts div{padding:.65rem 0;border-top:1px solid var(--line)}
.facts div:first-child{border-top:0;padding-top:0}
.facts div:last-child{padding-bottom:0}
.facts dt{color:var(--quiet);font-size:.88rem}
.facts dd{margin:0;font-weight:600}
.facts dd .second,.facts dd code{font-weight:400}
.notice{border-radius:.4rem;padding:.75rem 1rem;margin:0 0 1rem;border:1px solid}
.quiet{color:var(--quiet);font-size:.92rem}
@media print{.masthead{display:none}.sheet{break-inside:avoid}}
`;
