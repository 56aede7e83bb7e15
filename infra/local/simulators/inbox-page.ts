import type { Message, MessageFilter } from '#infra/local/simulators/message-gateway.ts';

const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
const escaped = (text: string) => text.replaceAll(/[&<>"']/g, (character) => entities[character] ?? character);

const wib = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'medium', timeZone: 'Asia/Jakarta' });

// Addresses end before a quote or an angle bracket, which are entities by now.
const linked = (text: string) =>
  escaped(text).replaceAll(/https?:\/\/[^\s&]+(?:&amp;[^\s&]+)*/g, (address) => `<a href="${address}">${address}</a>`);

const item = ({ channel, to, template, text, at }: Message) => `
      <li>
        <p><b class="${channel}">${channel === 'sms' ? 'SMS' : 'E-mail'}</b> <span>${escaped(to)}</span>
          <code>${escaped(template)}</code> <time datetime="${at}">${wib.format(new Date(at))} WIB</time></p>
        <div>${linked(text)}</div>
      </li>`;

const option = (value: string, label: string, chosen: string) =>
  `<option value="${value}"${value === chosen ? ' selected' : ''}>${label}</option>`;

const style = `
  :root { color-scheme: light dark; font: 16px/1.45 system-ui, sans-serif }
  body { margin: 0 auto; max-width: 46rem; padding: 1.5rem 1rem }
  h1 { font-size: 1.4rem; margin: 0 }
  form { display: flex; flex-wrap: wrap; gap: .75rem; align-items: end; margin: 1rem 0 }
  label { display: grid; gap: .2rem; font-size: .85rem }
  input, select, button { font: inherit; font-size: 1rem; line-height: 1.45; padding: .4rem .6rem }
  input { width: 16rem; max-width: 100% }
  ol { list-style: none; margin: 0; padding: 0; display: grid; grid-template-columns: minmax(0, 1fr); gap: .75rem }
  li { border: 1px solid #8885; border-radius: .5rem; padding: .7rem .9rem }
  li p { display: flex; flex-wrap: wrap; gap: .25rem .75rem; align-items: baseline; margin: 0 0 .4rem; font-size: .85rem }
  li { overflow-wrap: anywhere }
  li div { white-space: pre-wrap }
  b { border-radius: .25rem; padding: 0 .4rem; color: #fff }
  .sms { background: #166534 } .email { background: #1e40af }
  time { margin-left: auto } code, time, .note { opacity: .75 }`;

// Replaces only the list, so that a filter being typed is left alone.
const refresh = `
  const list = document.getElementById('messages');
  setInterval(async () => {
    try {
      const page = new DOMParser().parseFromString(await (await fetch(location.href)).text(), 'text/html');
      const fresh = page.getElementById('messages').innerHTML;
      if (fresh !== list.innerHTML) list.innerHTML = fresh;
    } catch {}
  }, 2000);`;

type Inbox = {
  readonly messages: readonly Message[];
  readonly total: number;
  readonly filter: Required<MessageFilter>;
};

/** The inbox as a page: `messages` is the newest part of the `total` found by the filter. Refreshes itself. */
export function inboxPage({ messages, total, filter }: Inbox): string {
  const count = total > messages.length ? `The newest ${messages.length} of ${total} messages.` : `${total} messages.`;
  const list = messages.length > 0 ? `<ol>${messages.map(item).join('')}\n    </ol>` : '<p>No message here yet.</p>';
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>Inbox of the simulated messages</title>
    <link rel="icon" href="data:,">
    <style>${style}</style>
  </head>
  <body>
    <h1>Inbox</h1>
    <p class="note">Every SMS and e-mail the program sent on this machine, newest first. Nothing left it.</p>
    <form>
      <label>Channel <select name="channel">${option('', 'All', filter.channel)}${option('sms', 'SMS', filter.channel)}${option('email', 'E-mail', filter.channel)}</select></label>
      <label>Number or address contains <input name="to" type="search" value="${escaped(filter.to)}"></label>
      <button>Show</button>
    </form>
    <main id="messages" aria-live="polite">
    <p class="note">${count}</p>
    ${list}
    </main>
    <script>${refresh}</script>
  </body>
</html>
`;
}
