/** What only the waiting room needs of style, beside the style of all pages. */
export const waitingRoomStyle = `
h2{font-size:1.35rem;margin-bottom:.75rem}
h2 [lang=en].second{font-weight:400;font-size:.9rem;margin-top:.15rem}
.state h2:focus{outline:0}
.figures{display:flex;flex-wrap:wrap;gap:1rem 2.5rem;margin:1rem 0 0}
.figures dt{color:var(--quiet);font-size:.88rem}
.figures dd{margin:.1rem 0 0;font-size:1.9rem;font-weight:600;line-height:1.15;font-variant-numeric:tabular-nums}
.figures dd span{display:block}
.figures dd [lang=en]{font-size:.9rem;font-weight:400;color:var(--quiet)}
.track{height:.5rem;border-radius:1rem;background:var(--code);margin:1.25rem 0 1rem;overflow:hidden}
.track i{display:block;height:100%;width:0;background:var(--gold)}
.state p:last-child{margin-bottom:0}
.state form{margin:0 0 .75rem}
#pass{font-size:.8rem;margin:0}
.turn,.ready{border:2px solid var(--good)}
.turn h2,.ready h2{color:var(--good)}
label{display:block;font-weight:600;margin:1rem 0 .3rem}
input{font:1.1rem ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;width:100%;padding:.65rem .75rem;margin:0 0 1rem;border:1px solid var(--quiet);border-radius:.4rem;background:var(--ground);color:var(--ink)}
button{font:inherit;font-weight:600;width:100%;min-height:2.9rem;padding:.6rem 1rem;border:1px solid transparent;border-radius:.4rem;background:#1a2b4f;color:#fdfaf3;cursor:pointer}
@media (prefers-color-scheme:dark){button{background:#c99b52;color:#12161f}}
button[disabled]{opacity:.6;cursor:progress}
.fair{border-left:.35rem solid var(--gold)}
.fair p{margin:0}
.unseen{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
`;
