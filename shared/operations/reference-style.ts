/** What only the reference page needs of style, beside the style of all pages. */
export const referenceStyle = `
.reference{padding:1.25rem;max-width:90rem;margin:0 auto}
.reference nav ul{list-style:none;margin:0;padding:0}
.reference nav a{display:block;padding:.2rem 0;text-decoration:none}
.reference nav>ul{display:flex;flex-wrap:wrap;gap:.1rem 1rem;margin-bottom:1.5rem}
.reference nav li ul{display:none}
.reference h2::first-letter,.reference nav a::first-letter{text-transform:uppercase}
.reference section{margin:0 0 3rem}
.reference h2{font-size:1.35rem;border-bottom:3px solid var(--gold);padding-bottom:.3rem;margin-bottom:1rem}
.operation{background:var(--sheet);border:1px solid var(--line);border-radius:.6rem;padding:1.1rem;margin:0 0 1.25rem}
.operation:target{border-color:var(--gold);box-shadow:0 0 0 2px var(--gold)}
.operation h3{font-size:1rem;margin:0 0 .5rem;display:flex;flex-wrap:wrap;gap:.4rem .6rem;align-items:center}
.operation h3 a{color:inherit;text-decoration:none;min-width:0}
.operation h3 a:hover{text-decoration:underline}
.operation h4{font-size:.8rem;text-transform:uppercase;letter-spacing:.06em;color:var(--quiet);margin:1.1rem 0 .4rem}
.method,.access{font:600 .75rem/1 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;padding:.3rem .45rem;border-radius:.3rem;border:1px solid}
.get{background:var(--goodground);color:var(--good)}
.post,.put,.patch{background:var(--warnground);color:var(--warn)}
.delete{background:var(--badground);color:var(--bad)}
.access{font-family:inherit;color:var(--quiet);border-color:var(--line);border-radius:1rem}
table{border-collapse:collapse;width:100%;font-size:.92rem}
caption{text-align:left;color:var(--quiet);padding:0 0 .3rem}
th,td{text-align:left;vertical-align:top;padding:.4rem .75rem .4rem 0;border-top:1px solid var(--line)}
thead th{border-top:0;color:var(--quiet);font-weight:600;font-size:.85rem}
tbody th{font-weight:400}
td code,.variant code,.body code{background:var(--code);border-radius:.2rem;padding:.05rem .25rem}
.fields td:first-child,.fields th:first-child{width:55%}
.fields .parent{color:var(--quiet)}
.fields .type{color:var(--quiet);display:block;font-size:.88rem}
.fields .must{color:var(--bad);font-size:.8rem;white-space:nowrap}
.variant th{font-weight:600;background:var(--ground);padding-left:.5rem}
.refusals code{overflow-wrap:normal;-webkit-box-decoration-break:clone;box-decoration-break:clone}
summary{cursor:pointer;color:var(--link);padding:.3rem 0}
.reference li{margin:.2rem 0}
@media (min-width:62rem){
.reference{display:grid;grid-template-columns:17rem minmax(0,1fr);gap:2.5rem}
.reference nav{position:sticky;top:1rem;align-self:start;max-height:calc(100vh - 2rem);overflow:auto;font-size:.9rem}
.reference nav>ul{display:block}
.reference nav li ul{display:block;margin:0 0 .8rem;padding-left:.7rem;border-left:2px solid var(--line)}
.reference nav>ul>li>a{font-weight:600}
.fields td:first-child,.fields th:first-child{width:45%}
.fields .type{display:inline;margin-left:.4rem}
.refusals td:first-child,.refusals th:first-child{width:5rem}
}
@media print{.operation{break-inside:avoid}}
`;
