import { html, masthead, page } from '#shared/platform/page.ts';
import { programProvinces, regencies } from '#shared/registration/region-names.ts';
import { script } from '#shared/selection/check-page-script.ts';
import { checkStyle } from '#shared/selection/check-page-style.ts';
import { regencyNumber } from '#shared/selection/draw/record.ts';

/** The names of all regions by the numbers of a record: `32=Jawa Barat|3273=Kota Bandung`. */
const regions = [
  ...programProvinces(),
  ...regencies().map(({ code, name }) => ({ code: String(regencyNumber(code)), name })),
]
  .map(({ code, name }) => `${code}=${name}`)
  .join('|');

/**
 * The page on which a citizen checks the lottery in their own browser. It is the same for everybody, and the draw number never
 * leaves it: it stands in the address behind `#`, which no browser sends, or in the field.
 */
export function checkPage({ batchId }: { readonly batchId: string }): string {
  const body = html`${masthead(html`Periksa undian · <span lang="en">Check the draw</span>`)}
<main class="narrow" id="check" data-batch-id="${batchId}" data-regions="${regions}">
<h1>Periksa sendiri undian gelombang ${batchId} <span class="second" lang="en">Check the draw of batch ${batchId} yourself</span></h1>
<p>Peramban Anda mengunduh berkas undian yang terbuka untuk umum dan menghitung ulang hasil Anda di sini. Nomor undian Anda tidak dikirim ke
mana pun: yang diminta hanya berkas bersama untuk semua orang yang nomornya berawalan sama.
<span class="second" lang="en">Your browser computes your result again from the public files. Your draw number is sent to nobody: only a file is
asked for that is the same for all whose numbers begin alike.</span></p>
<noscript><p class="notice warn">Halaman ini memerlukan JavaScript. Aktifkan JavaScript di peramban Anda, lalu muat ulang.
<span class="second" lang="en">This page needs JavaScript.</span></p></noscript>
<form class="sheet" id="ask" method="post">
<label for="number">Nomor undian · <span lang="en">Draw number</span></label>
<span class="quiet" id="hint">32 angka dan huruf a sampai f, seperti tertulis di akun Anda.</span>
<input id="number" type="text" autocomplete="off" autocapitalize="off" spellcheck="false" required maxlength="64" aria-describedby="hint">
<button type="submit">Periksa · <span lang="en">Check</span></button>
</form>
<p class="quiet" id="progress" role="status"></p>
<p class="notice bad" id="trouble" role="alert" hidden></p>
<div id="result"></div>
<p class="quiet">Urutan dan jam Anda bergabung tidak berpengaruh pada undian, begitu pula angka-angka NIK Anda.
<span class="second" lang="en">The order and the hour of joining have no effect on the draw, nor have the digits of your NIK.</span></p>
<p class="quiet">Halaman ini memeriksa hasil satu orang. Seluruh undian dapat diperiksa siapa pun dengan program terbuka
<code>npm run verify-draw</code> dan berkas yang sama.
<span class="second" lang="en">This page checks the result of one person. Anybody can check the whole draw with the open program and the same files.</span></p>
</main>`;
  return page({ title: `Periksa undian gelombang ${batchId}`, lang: 'id', body, script, ownStyle: checkStyle });
}
