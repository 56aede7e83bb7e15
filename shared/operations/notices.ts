import type { Payout } from '#shared/incentive/incentive.ts';
import { owedRupiah } from '#shared/incentive/incentive.ts';
import { refusedBecause } from '#shared/incentive/incentive-view.ts';
import { reasonOf, rupiahText } from '#shared/incentive/reason-texts.ts';
import type { Participant } from '#shared/journal/participant.ts';
import type { NoticeMessage } from '#shared/operations/messages.ts';
import { wibDay } from '#shared/platform/wib.ts';
import { stands } from '#shared/registration/privacy/privacy.ts';
import { hoursAfter, reflectionHours } from '#shared/registration/privacy/privacy-requests.ts';
import { surveyState, windowOf } from '#shared/survey/survey-window.ts';

type Facts = Pick<Participant, 'privacy' | 'membership' | 'purchases' | 'incentives' | 'surveys'> & {
  /** The code that a notice brings, while it still works. */
  readonly oneTimeCode: string | null;
  /** The number that took the place of another one; null where none did. */
  readonly maskedPhone: string | null;
  /** The linked account with the last four digits of its number; null where there is none. */
  readonly maskedAccount: string | null;
  readonly now: Date;
};

/** The Indonesian text of a notice, or null when there is nothing left to say. */
export function noticeText(notice: NoticeMessage, facts: Facts): string | null {
  const { membership, purchases, incentives, oneTimeCode, maskedPhone } = facts;
  switch (notice.notice) {
    case 'privacy_requested':
    case 'privacy_refused':
    case 'privacy_lifted':
      return privacyText(facts, notice.notice, notice.requestId);
    case 'phone_code':
      return oneTimeCode && `Kode verifikasi nomor ponsel Anda: ${oneTimeCode}. ${codeAdvice}`;
    case 'phone_changed':
      return (
        maskedPhone &&
        `Nomor ponsel akun Kartu Prakerja Anda sudah diganti menjadi ${maskedPhone}. Bila bukan Anda, segera ganti kata sandi dan hubungi layanan.`
      );
    case 'one_time_code':
      return oneTimeCode && `Kode OTP Kartu Prakerja: ${oneTimeCode}. ${codeAdvice}`;
    case 'redeem_code': {
      const purchase = purchases.paid.find(({ purchaseId }) => purchaseId === notice.purchaseId);
      return purchase ? `Pelatihan berhasil dibeli. Kode redeem: ${purchase.redeemCode}.` : null;
    }
    case 'decreed': {
      if (!membership.decreed) return null;
      const lastDay = wibDay(new Date(membership.decreed.purchaseUntil));
      return `Selamat! Anda penerima Kartu Prakerja. Beli pelatihan pertama paling lambat ${lastDay} pukul 23.59 WIB.`;
    }
    case 'objection_answered': {
      const answer = membership.objections.get(notice.batchId)?.answered?.answer;
      if (!answer) return null;
      const outcome = answer === 'upheld' ? 'diterima' : 'tidak dapat diterima';
      return `Keberatan Anda atas hasil undian gelombang ${notice.batchId} ${outcome}. Lihat dasbor Anda.`;
    }
    case 'certificate_issued':
      return `Sertifikat ${notice.number} sudah terbit. Beri rating dan ulasan untuk menerima insentif.`;
    case 'incentive_paid':
      return paidText(facts, notice.reference);
    case 'incentive_failed':
      return failedText(facts, notice.reference);
    case 'account_refused': {
      const isCurrent = incentives.account?.accountTag === notice.accountTag && incentives.accountRefused;
      return isCurrent ? `${linkedName(facts)} tidak dapat dipakai. ${whys(facts)} ${linkAnother}` : null;
    }
    case 'survey_open':
      return surveyText(facts, notice.number);
    case 'entitlement_forfeited':
      return 'Hak Anda atas insentif yang belum dibayarkan sudah dicabut. Hubungi layanan Kartu Prakerja bila Anda keberatan.';
    case 'receivable_raised':
    case 'receivable_reminded':
    case 'receivable_handed_over':
      return receivableText(facts, notice.notice);
  }
}

const codeAdvice = 'Berlaku 10 menit. Jangan berikan kepada siapa pun.';
const linkAnother = 'Hubungkan rekening bank atau e-wallet lain atas nama dan NIK Anda sendiri.';

const linkedName = ({ maskedAccount }: Facts): string => maskedAccount ?? 'Rekening atau e-wallet Anda';
const whys = ({ incentives }: Facts): string =>
  refusedBecause(incentives)
    .map(({ text }) => text)
    .join(' ');

/** `Insentif pelatihan ke-1 sebesar Rp600.000` */
function payoutName({ kind, number, amountRupiah }: Payout): string {
  const what = kind === 'training' ? 'Insentif pelatihan' : 'Insentif survei';
  return `${what} ke-${number} sebesar ${rupiahText(amountRupiah)}`;
}

/** A receipt. The account is named while it is still the one that is linked: of no other one is the number at hand. */
function paidText({ incentives, maskedAccount }: Facts, reference: string): string | null {
  const payout = incentives.payouts.get(reference);
  if (payout?.state !== 'paid' || !payout.paid) return null;
  const isLinked = payout.accountTag === incentives.account?.accountTag;
  const where = isLinked && maskedAccount ? maskedAccount : 'rekening atau e-wallet Anda';
  return `${payoutName(payout)} sudah dikirim ke ${where}. Nomor referensi bank: ${payout.paid.partnerReference}.`;
}

/** Nothing once the next attempt is made or the right to it is lost. */
function failedText(facts: Facts, reference: string): string | null {
  const { incentives } = facts;
  const payout = incentives.payouts.get(reference);
  const isOver = payout?.state !== 'refused' && payout?.state !== 'returned';
  if (!payout?.failed || isOver || incentives.forfeited) return null;
  const what = `${payoutName(payout)} belum dapat dibayarkan. ${reasonOf(payout.failed.reason).text}`;
  const isAtFault = incentives.accountRefused && payout.accountTag === incentives.account?.accountTag;
  return isAtFault ? `${what} ${linkAnother} Insentif dikirim lagi setelah itu.` : what;
}

function surveyText(facts: Facts, number: number): string | null {
  const window = windowOf(facts, number);
  if (!window || surveyState(facts, number, facts.now) !== 'open') return null;
  const lastDay = wibDay(window.closesAt);
  return `Survei Kartu Prakerja ke-${number} sudah dibuka. Isi paling lambat ${lastDay} pukul 23.59 WIB untuk menerima insentif survei.`;
}

type PrivacyNotice = Extract<NoticeMessage['notice'], `privacy_${string}`>;

const asked = {
  withdrawal: 'penarikan persetujuan data pribadi',
  restriction: 'pembatasan pemrosesan data pribadi',
  erasure: 'penghapusan data pribadi',
} as const;

/** A receipt: what was asked for, and until when it can be taken back. Nothing that is true no more. */
function privacyText({ privacy }: Facts, notice: PrivacyNotice, requestId: string): string | null {
  const request = privacy.requests.get(requestId);
  if (!request) return null;
  const what = `Permintaan ${asked[request.kind]} Anda`;
  if (notice === 'privacy_refused')
    return request.refused && `${what} belum dapat dijalankan: masih ada proses yang terbuka. Lihat dasbor Anda.`;
  if (notice === 'privacy_lifted') return request.lifted && `${what} sudah berakhir. Pemrosesan data Anda dilanjutkan.`;
  if (!stands(request)) return null;
  if (request.kind !== 'erasure')
    return `${what} sudah berlaku. Bila bukan Anda yang meminta, hubungi layanan Kartu Prakerja.`;
  const lastDay = wibDay(hoursAfter(request.requestedAt, reflectionHours));
  return `${what} diterima dan dapat dibatalkan sampai ${lastDay}. Bila bukan Anda yang meminta, segera batalkan di dasbor Anda.`;
}

type ReceivableNotice = Extract<NoticeMessage['notice'], `receivable_${string}`>;

/** Nothing once all is paid back, and no reminder after the debt was handed over. */
function receivableText({ incentives: { receivable } }: Facts, notice: ReceivableNotice): string | null {
  const owed = receivable ? owedRupiah(receivable) : 0;
  if (!receivable || owed === 0) return null;
  const rest = rupiahText(owed);
  if (notice === 'receivable_handed_over')
    return `Batas pengembalian dana Kartu Prakerja sudah lewat. Sisa ${rest} diserahkan untuk ditagih melalui jalur hukum.`;
  if (receivable.handedOver) return null;
  const lastDay = wibDay(receivable.dueUntil);
  if (notice === 'receivable_reminded')
    return `Pengingat: kembalikan dana Kartu Prakerja sebesar ${rest} paling lambat ${lastDay} pukul 23.59 WIB.`;
  const why = reasonOf(receivable.reason).text;
  return `Dana Kartu Prakerja sebesar ${rest} harus Anda kembalikan paling lambat ${lastDay} pukul 23.59 WIB. ${why}`;
}
