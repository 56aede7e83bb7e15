import { type Html, html, masthead, page } from '#shared/platform/page.ts';
import { script } from '#shared/registration/admission/waiting-room-script.ts';
import { waitingRoomStyle } from '#shared/registration/admission/waiting-room-style.ts';

/** Indonesian, and English in small letters below it. */
const both = (indonesian: string, english: string) =>
  html`${indonesian} <span class="second" lang="en">${english}</span>`;

/** What the page shows at a time; the others are hidden. */
function state(id: string, title: Html, content: Html, isShown = false): Html {
  const attributes = isShown ? html`` : html` hidden`;
  return html`<section class="sheet state ${id}" id="${id}" aria-labelledby="${id}-title"${attributes}>
<h2 id="${id}-title">${title}</h2>
${content}
</section>`;
}

const states = [
  state('loading', both('Sebentar …', 'One moment …'), html``, true),
  state(
    'waiting',
    both('Anda sedang menunggu giliran', 'You are waiting for your turn'),
    html`<p class="quiet" id="replaced" hidden>${both('Tiket lama Anda tidak berlaku lagi. Ini tiket yang baru.', 'Your old ticket was not valid any more. This is a new one.')}</p>
<dl class="figures">
<div><dt>Perkiraan waktu · <span lang="en">Estimate</span></dt><dd><span id="estimate"></span><span lang="en" id="estimate-en"></span></dd></div>
<div><dt>Paling banyak di depan Anda · <span lang="en">At most before you</span></dt><dd><span id="position"></span></dd></div>
</dl>
<div class="track" aria-hidden="true"><i id="done"></i></div>
<p class="quiet">${both('Halaman ini memperbarui diri sendiri. Biarkan terbuka, atau kembali lagi nanti dengan peramban yang sama: tempat Anda tersimpan di sini.', 'This page refreshes itself. Leave it open, or come back with the same browser: your place is kept here.')}</p>`,
  ),
  state(
    'paused',
    both('Antrean berhenti sejenak', 'The queue stands still for a moment'),
    html`<p>${both('Saat ini belum ada yang dipersilakan masuk. Tempat Anda tetap.', 'Nobody is let in just now. You keep your place.')}</p>`,
  ),
  state(
    'turn',
    both('Giliran Anda', 'It is your turn'),
    html`<p>${both('Masukkan NIK orang yang akan mendaftar. Izin masuk berlaku untuk orang itu saja.', 'Enter the NIK of the person who registers. The pass is for that person alone.')}</p>
<form id="enter" method="post">
<label for="nik">NIK</label>
<input id="nik" inputmode="numeric" autocomplete="off" maxlength="24" required aria-describedby="nik-hint">
<button type="submit">Ambil izin masuk · <span lang="en">Get the pass</span></button>
</form>
<p class="quiet" id="nik-hint">Gunakan sebelum pukul <strong id="use-until"></strong> WIB. Lewat dari itu, ambil tiket baru.
<span class="second" lang="en">Use it before that time; after it you need a new ticket.</span></p>`,
  ),
  state(
    'ready',
    both('Izin masuk Anda siap', 'Your pass is ready'),
    html`<p>Berlaku sampai pukul <strong id="pass-until"></strong> WIB, dan tersimpan di peramban ini. Lanjutkan membuat akun, mendaftar, atau bergabung ke gelombang.
<span class="second" lang="en">It is kept in this browser. Go on: open your account, register, or join a batch.</span></p>
<label for="pass">Kode izin · <span lang="en">Code of the pass</span></label>
<input id="pass" readonly>`,
  ),
  state(
    'closed',
    both('Tidak ada antrean', 'There is no queue'),
    html`<p>${both('Anda tidak memerlukan tiket. Silakan langsung melanjutkan pendaftaran.', 'You need no ticket. Go on with your registration.')}</p>`,
  ),
];

const troubles = [
  [
    'unreachable',
    'Tidak dapat terhubung. Halaman ini mencoba lagi sendiri; tiket yang sudah Anda dapat tetap berlaku.',
    'The service cannot be reached. This page tries again; a ticket that you have keeps its place.',
  ],
  [
    'service',
    'Layanan sedang sibuk. Halaman ini mencoba lagi sendiri; tiket yang sudah Anda dapat tetap berlaku.',
    'The service is busy. This page tries again; a ticket that you have keeps its place.',
  ],
  [
    'nik',
    'Periksa NIK: enam belas angka, seperti tertulis di KTP.',
    'Check the NIK: sixteen digits, as on the identity card.',
  ],
  [
    'used',
    'Tiket ini sudah dipakai untuk orang lain. Anda mendapat tiket baru.',
    'This ticket has let somebody else in. You get a new one.',
  ],
] as const;

/** The page on which citizens wait on an opening night. It is the same for everybody: who waits, and where, only their browser knows. */
export function waitingRoomPage(): string {
  const body = html`${masthead(html`Ruang tunggu · <span lang="en">Waiting room</span>`)}
<main class="narrow">
<h1>Ruang tunggu pendaftaran <span class="second" lang="en">Waiting room of the registration</span></h1>
<noscript><p class="notice warn">Halaman ini memerlukan JavaScript. Aktifkan JavaScript di peramban Anda, lalu muat ulang.
<span class="second" lang="en">This page needs JavaScript.</span></p></noscript>
<p class="unseen" id="spoken" role="status"></p>
<div class="notice bad" id="trouble" role="alert" hidden>${troubles.map(([id, indonesian, english]) => html`<span id="trouble-${id}" hidden>${both(indonesian, english)}</span>`)}</div>
${states}
<div class="sheet fair"><p><strong>Tidak perlu berebut.</strong> Urutan datang ke sini dan urutan bergabung ke gelombang tidak berpengaruh sama sekali pada undian: yang pertama dan yang terakhir punya peluang yang sama selama gelombang dibuka.
<span class="second" lang="en">There is no need to hurry. The order of arrival and of joining has no effect on the draw: the first and the last have the same chance while the batch is open.</span></p></div>
<p class="quiet">${both('Tiket tidak memuat data pribadi Anda, dan tidak diperjualbelikan. Jangan berikan kode izin kepada siapa pun.', 'A ticket holds nothing about you, and is never sold. Give the code of your pass to nobody.')}</p>
</main>`;
  return page({ title: 'Ruang tunggu Kartu Prakerja', lang: 'id', body, script, ownStyle: waitingRoomStyle });
}
