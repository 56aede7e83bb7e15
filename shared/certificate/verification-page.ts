import { dayInWords } from '#shared/certificate/day-in-words.ts';
import { type Html, html, masthead, page } from '#shared/platform/page.ts';

/** What anybody may see of a certificate number. Days and times are ISO; the name is masked by who answers. */
export type VerificationResult =
  | { readonly found: false; readonly number: string }
  | {
      readonly found: true;
      readonly number: string;
      readonly maskedName: string | null;
      readonly courseTitle: string;
      readonly institutionName: string;
      readonly completedOn: string;
      readonly issuedAt: string;
      readonly status: 'valid' | 'revoked';
      /** SHA-256 of the certificate's file, hex. */
      readonly fileDigest?: string;
    };

const verdicts = {
  valid: {
    look: 'good',
    sign: 'M12 2l8 3.5v6c0 5-3.4 8.6-8 10.5-4.6-1.9-8-5.5-8-10.5v-6zM8 12l3 3 5.5-6',
    id: 'Sertifikat ini sah',
    en: 'This certificate is valid',
  },
  revoked: {
    look: 'bad',
    sign: 'M12 2a10 10 0 1 0 0 20 10 10 0 1 0 0-20M8 8l8 8M16 8l-8 8',
    id: 'Sertifikat ini telah dicabut',
    en: 'This certificate has been revoked',
  },
  unknown: {
    look: 'warn',
    sign: 'M12 3L1.8 21h20.4zM12 10v4.5M12 17.8v.1',
    id: 'Nomor ini tidak dikenal',
    en: 'There is no certificate with this number',
  },
} as const;

/** The page behind a certificate's QR code: the verdict first, then what can be compared with the paper. */
export function verificationPage(result: VerificationResult): string {
  const verdict = verdicts[result.found ? result.status : 'unknown'];
  const body = html`${masthead(html`Pemeriksaan sertifikat · <span lang="en">Certificate check</span>`)}
<main class="narrow">
<div class="verdict ${verdict.look}" role="status">
<svg viewBox="0 0 24 24" aria-hidden="true"><path d="${verdict.sign}"/></svg>
<div><h1>${verdict.id}</h1><p lang="en">${verdict.en}</p></div>
</div>
${result.found ? statedFacts(result) : unknownNumber(result.number)}
</main>`;
  return page({ title: `${verdict.id} – ${result.number}`, lang: 'id', body });
}

function statedFacts(result: VerificationResult & { found: true }): Html {
  const { number, maskedName, courseTitle, institutionName, completedOn, issuedAt, fileDigest } = result;
  return html`<dl class="facts sheet">
${fact('Nomor sertifikat', 'Certificate number', number)}
${fact('Nama peserta', 'Participant', maskedName ?? 'dihapus atas permintaan · erased on request')}
${fact('Pelatihan', 'Course', courseTitle)}
${fact('Lembaga pelatihan', 'Training institution', institutionName)}
${fact('Selesai pada', 'Completed on', day(completedOn))}
${fact('Diterbitkan pada', 'Issued on', day(issuedAt))}
${fileDigest && fact('Sidik berkas PDF (SHA-256)', 'Fingerprint of the PDF file', html`<code>${fileDigest}</code>`)}
</dl>
<p class="quiet">Sebagian nama disembunyikan untuk melindungi data pribadi. Cocokkan semua keterangan di atas dengan
sertifikat yang Anda terima; bila ada yang berbeda, dokumen itu telah diubah.
<span class="second" lang="en">Parts of the name are hidden to protect personal data. Compare all of the above with the
certificate you received; if anything differs, the document has been altered.</span></p>`;
}

function unknownNumber(number: string): Html {
  return html`<dl class="facts sheet">${fact('Nomor yang diperiksa', 'Number checked', number)}</dl>
<p>Periksa apakah nomor diketik persis seperti pada sertifikat, atau pindai kode QR-nya. Bila tetap tidak dikenal,
sertifikat itu tidak diterbitkan oleh program ini.
<span class="second" lang="en">Check that the number is typed exactly as on the certificate, or scan its QR code. If it
stays unknown, this program did not issue that certificate.</span></p>`;
}

function fact(id: string, en: string, value: Html | string): Html {
  return html`<div><dt>${id} · <span lang="en">${en}</span></dt><dd>${value}</dd></div>`;
}

function day(at: string): Html {
  const { id, en } = dayInWords(new Date(at));
  return html`${id}${en !== id && html`<span class="second" lang="en">${en}</span>`}`;
}
