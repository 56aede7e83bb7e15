/** What only the check page needs of style, beside the style of all pages. */
export const checkStyle = `
h2{font-size:1.2rem;margin:1.75rem 0 .75rem}
h2 [lang=en].second,h3 [lang=en].second{font-weight:400;font-size:.85rem}
label{display:block;font-weight:600;margin:0 0 .3rem}
input{font:1rem ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;width:100%;padding:.65rem .75rem;margin:.3rem 0 1rem;border:1px solid var(--quiet);border-radius:.4rem;background:var(--sheet);color:var(--ink)}
button{font:inherit;font-weight:600;width:100%;min-height:2.9rem;padding:.6rem 1rem;border:1px solid transparent;border-radius:.4rem;background:#1a2b4f;color:#fdfaf3;cursor:pointer}
@media (prefers-color-scheme:dark){button{background:#c99b52;color:#12161f}}
button[disabled]{opacity:.6;cursor:progress}
.verdict{align-items:flex-start}
.verdict h2{margin:0;font-size:1.6rem}
.verdict h2 [lang=en].second{color:inherit;font-size:1rem;margin-top:.15rem}
.verdict p{margin:.6rem 0 0;color:var(--ink)}
.verdict p+p,.verdict p .second{color:var(--ink)}
.verdict ul{margin:.6rem 0 0;padding-left:1.2rem;color:var(--ink)}
.verdict h2:focus{outline:0}
.verdict .reason{font-weight:600}
.verdict .reason .second{font-weight:400}
.verdict .number{font-size:.88rem;color:var(--quiet)}
.calm{background:var(--sheet);border-color:var(--gold)}
.calm svg{color:var(--gold)}
@media (max-width:26rem){.verdict{display:block}.verdict svg{width:2.6rem;height:2.6rem;margin-bottom:.5rem}}
.pools,.steps{list-style:none;margin:0;padding:0}
.pools>li{background:var(--sheet);border:1px solid var(--line);border-radius:.6rem;padding:1rem 1.25rem;margin:0 0 .75rem}
.pools h3,.steps h3{font-size:1rem;margin:0}
.pools p,.steps p{margin:.4rem 0 0}
.odds{font-size:1.05rem}
.scale{display:block;width:100%;height:1.4rem;margin:.75rem 0 .2rem}
.scale .all{fill:var(--code)}
.scale .given{fill:var(--good)}
.scale .yours{fill:var(--ink)}
.legend{display:flex;justify-content:space-between;color:var(--quiet);font-size:.82rem}
.steps>li{background:var(--sheet);border:1px solid var(--line);border-left-width:.35rem;border-radius:.6rem;padding:1rem 1.25rem;margin:0 0 .75rem}
.steps>.agrees{border-left-color:var(--good)}
.steps>.partly{border-left-color:var(--warn)}
.steps>.computed{border-left-color:var(--quiet)}
.steps>.differs{border-color:var(--bad)}
.top{display:flex;gap:.75rem;align-items:flex-start;justify-content:space-between}
.mark{flex:none;border-radius:1rem;padding:.1rem .65rem;font-size:.85rem;font-weight:600;background:var(--code)}
.agrees .mark{background:var(--goodground);color:var(--good)}
.partly .mark{background:var(--warnground);color:var(--warn)}
.differs .mark{background:var(--badground);color:var(--bad)}
.steps .notice{margin:.75rem 0 0}
.notice ul{margin:0;padding-left:1.1rem}
.notice .second{color:inherit}
details{margin-top:.6rem}
summary{cursor:pointer;color:var(--link);padding:.3rem 0}
details dl{margin:.4rem 0 0}
details dt{color:var(--quiet);font-size:.85rem;margin-top:.5rem}
details dd{margin:0}
details dd .unlike{color:var(--bad)}
@media print{form,button{display:none}}
`;
