/** What only the page with a form needs of style, beside the style of all pages. */
export const attendanceStyle = `
label{display:block;font-weight:600;margin:0 0 .3rem}
input{font:inherit;width:100%;padding:.65rem .75rem;margin:0 0 1rem;border:1px solid var(--quiet);border-radius:.4rem;background:var(--sheet);color:var(--ink)}
button{font:inherit;font-weight:600;width:100%;min-height:2.9rem;padding:.6rem 1rem;border:1px solid transparent;border-radius:.4rem;background:#1a2b4f;color:#fdfaf3;cursor:pointer}
@media (prefers-color-scheme:dark){button{background:#c99b52;color:#12161f}}
button[disabled]{opacity:.6;cursor:progress}
button.plain{background:transparent;color:var(--link);border-color:var(--line);margin-top:.6rem}
`;
