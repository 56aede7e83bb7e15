/**
 * Runs in the citizen's browser. The ticket stays there; of the person nothing is kept, and the NIK goes to the program alone, when the turn
 * has come. The states and their words stand in the page: the script shows one of them, and fills in numbers as text.
 */
export const script = `
(() => {
'use strict';
const element = (id) => document.getElementById(id);
const states = ['loading', 'waiting', 'paused', 'turn', 'ready', 'closed'];
const whole = new Intl.NumberFormat('id-ID');
const clock = new Intl.DateTimeFormat('id-ID', { hour: '2-digit', minute: '2-digit', timeZone: 'Asia/Jakarta' });
const title = document.title;

/** Private windows may refuse to keep anything: then the ticket lives as long as the page. */
const memory = new Map();
const kept = (name) => {
  try { return localStorage.getItem('prakerja-' + name); } catch { return memory.get(name) ?? null; }
};
const keep = (name, value) => {
  memory.set(name, value);
  try { value === null ? localStorage.removeItem('prakerja-' + name) : localStorage.setItem('prakerja-' + name, value); } catch { memory.set(name, value); }
};

let shown = '';
const show = (state) => {
  for (const id of states) element(id).hidden = id !== state;
  if (shown === state) return;
  shown = state;
  element('spoken').textContent = element(state + '-title').textContent;
};
const trouble = (code) => {
  for (const id of ['unreachable', 'service', 'nik', 'used']) element('trouble-' + id).hidden = id !== code;
  element('trouble').hidden = code === '';
};

/** Minutes and seconds in words: nobody needs the second of an hour. */
const duration = (seconds) => {
  const minutes = Math.round(seconds / 60);
  const [hours, rest] = [Math.floor(minutes / 60), minutes % 60];
  if (seconds < 90) { const s = Math.max(5, Math.ceil(seconds / 5) * 5); return [s + ' detik', s + ' seconds']; }
  if (hours === 0) return [minutes + ' menit', minutes + ' minutes'];
  const more = rest === 0 ? ['', ''] : [' ' + rest + ' menit', ' ' + rest + ' min'];
  return [hours + ' jam' + more[0], hours + (hours === 1 ? ' hour' : ' hours') + more[1]];
};

class Refused extends Error {
  constructor(code, status) { super(code); this.code = code; this.status = status; }
}
const ask = async (method, path, body) => {
  const asked = { method, credentials: 'omit', referrerPolicy: 'no-referrer', cache: 'no-store' };
  if (body) Object.assign(asked, { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
  const answer = await fetch('/v1/waiting-room' + path, asked);
  const told = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Refused(told.code || '', answer.status);
  return told;
};

let heard = null;
let firstPosition = 0;
let timer = 0;
let failures = 0;
/** Nobody asks in step with the others. */
const again = (seconds) => {
  clearTimeout(timer);
  timer = setTimeout(look, seconds * 1000 * (0.8 + Math.random() * 0.4));
};

const count = () => {
  if (!heard || shown !== 'waiting') return;
  const gone = (Date.now() - heard.at) / 1000;
  const left = Math.max(1, heard.estimateSeconds - gone);
  const position = Math.max(1, Math.round(heard.position * left / heard.estimateSeconds));
  firstPosition = Math.max(firstPosition, position);
  const [indonesian, english] = duration(left);
  element('position').textContent = whole.format(position);
  element('estimate').textContent = indonesian;
  element('estimate-en').textContent = 'about ' + english;
  element('done').style.width = Math.round(100 * (1 - position / firstPosition)) + '%';
  document.title = indonesian + ' · ' + title;
};

const stand = (told) => {
  heard = { ...told, at: Date.now() };
  if (told.admitted) {
    element('use-until').textContent = clock.format(new Date(told.useUntil));
    show('turn');
    document.title = '● ' + element('turn-title').firstChild.textContent.trim();
    return again(60);
  }
  show(told.estimateSeconds === null ? 'paused' : 'waiting');
  count();
  again(told.askAgainSeconds);
};
const ready = (pass, until) => {
  element('pass').value = pass;
  element('pass-until').textContent = clock.format(new Date(until));
  show('ready');
  document.title = title;
  again(300);
};

/** A pass that is still good; otherwise nothing of it is left here. */
const ownPass = () => {
  const [pass, until] = [kept('pass'), kept('pass-until')];
  if (pass && Date.parse(until) > Date.now()) return ready(pass, until) || true;
  keep('pass', null);
  return false;
};

const take = async () => {
  const { ticket, ...told } = await ask('POST', '/tickets');
  keep('ticket', ticket);
  firstPosition = told.position;
  stand(told);
};
const closed = () => {
  keep('ticket', null);
  show('closed');
  document.title = title;
  again(120);
};
/** What is to be done when the program says no: a ticket that is over is replaced, and that is said. */
const refused = async (code) => {
  if (code === 'waiting_room_closed') return closed();
  if (code !== 'waiting_ticket_invalid') return false;
  keep('ticket', null);
  element('replaced').hidden = false;
  await take();
};

let looking = false;
async function look() {
  if (looking) return;
  looking = true;
  try {
    if (!ownPass()) {
      const ticket = kept('ticket');
      await (ticket ? ask('GET', '/tickets/' + encodeURIComponent(ticket)).then(stand) : take())
        .catch(async (error) => { if (!(error instanceof Refused) || (await refused(error.code)) === false) throw error; });
    }
    failures = 0;
    trouble('');
  } catch (error) {
    failures += 1;
    trouble(error instanceof Refused ? 'service' : 'unreachable');
    again(Math.min(120, 5 * 2 ** failures));
  } finally {
    looking = false;
  }
}

element('enter').addEventListener('submit', async (event) => {
  event.preventDefault();
  const nik = element('nik').value.replace(/[ .-]/g, '');
  if (!/^[0-9]{16}$/.test(nik)) return trouble('nik');
  const button = element('enter').querySelector('button');
  button.disabled = true;
  try {
    const { pass, validUntil } = await ask('POST', '/passes', { waitingTicket: kept('ticket'), nik });
    keep('pass', pass);
    keep('pass-until', validUntil);
    keep('ticket', null);
    element('nik').value = '';
    trouble('');
    ready(pass, validUntil);
  } catch (error) {
    if (!(error instanceof Refused)) trouble('unreachable');
    else if (error.code === 'nik_invalid') trouble('nik');
    else if (error.code === 'waiting_ticket_used') {
      keep('ticket', null);
      trouble('used');
      again(5);
    } else if (error.code === 'waiting_room_closed') closed();
    else if (error.code === 'waiting_ticket_invalid' || error.code === 'waiting_ticket_early') await look();
    else trouble('service');
  } finally {
    button.disabled = false;
  }
});
addEventListener('online', look);
setInterval(count, 1000);
return look();
})();
`;
