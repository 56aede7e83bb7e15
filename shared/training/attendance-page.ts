import { html, masthead, page } from '#shared/platform/page.ts';
import { script } from '#shared/training/attendance-script.ts';
import { attendanceStyle } from '#shared/training/attendance-style.ts';

type Visit = {
  readonly courseTitle: string;
  readonly institutionName: string;
  /** Signed by us when the institution asked for this address; the script sends it back unread. */
  readonly ticket: string;
  /** Where the API lives; empty when it is where this page comes from. */
  readonly apiOrigin: string;
};

/** The page a participant reaches from the training institution: sign in, confirm presence, go back to the class. */
export function attendancePage({ courseTitle, institutionName, ticket, apiOrigin }: Visit): string {
  const body = html`${masthead(html`Kehadiran pelatihan · <span lang="en">Attendance</span>`)}
<main class="narrow" id="attendance" data-ticket="${ticket}" data-api-origin="${apiOrigin}">
<h1>Konfirmasi kehadiran <span class="second" lang="en">Confirm your presence</span></h1>
<dl class="facts sheet">
<div><dt>Pelatihan · <span lang="en">Course</span></dt><dd>${courseTitle}</dd></div>
<div><dt>Lembaga pelatihan · <span lang="en">Training institution</span></dt><dd>${institutionName}</dd></div>
</dl>
<noscript><p class="notice warn">Halaman ini memerlukan JavaScript. Aktifkan JavaScript di peramban Anda, lalu muat ulang.
<span class="second" lang="en">This page needs JavaScript.</span></p></noscript>
<p class="notice bad" id="trouble" role="alert" hidden></p>
<form class="sheet" id="sign-in" method="post" hidden>
<p>Masuk dengan akun Kartu Prakerja Anda. Kata sandi Anda tidak dibagikan kepada lembaga pelatihan.
<span class="second" lang="en">Sign in with your Kartu Prakerja account. The institution does not receive your password.</span></p>
<label for="email">Alamat e-mail</label>
<input id="email" name="email" type="email" autocomplete="username" required maxlength="254">
<label for="password">Kata sandi · <span lang="en">Password</span></label>
<input id="password" name="password" type="password" autocomplete="current-password" required maxlength="256">
<button type="submit">Masuk · <span lang="en">Sign in</span></button>
</form>
<form class="sheet" id="confirm" method="post" hidden>
<p>Anda sudah masuk. Tekan tombol di bawah untuk mencatat kehadiran Anda, lalu Anda kembali ke kelas.
<span class="second" lang="en">You are signed in. Press the button to record your presence; you then return to the class.</span></p>
<button type="submit">Saya hadir · <span lang="en">I am present</span></button>
<button type="button" class="plain" id="sign-out">Gunakan akun lain · <span lang="en">Use another account</span></button>
</form>
</main>`;
  return page({
    title: `Konfirmasi kehadiran – ${courseTitle}`,
    lang: 'id',
    body,
    script,
    apiOrigin,
    ownStyle: attendanceStyle,
  });
}
