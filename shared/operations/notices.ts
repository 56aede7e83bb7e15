import type { Participant } from '#shared/journal/participant.ts';
import type { NoticeMessage } from '#shared/operations/messages.ts';
import { wibDay } from '#shared/platform/wib.ts';

type Facts = Pick<Participant, 'membership' | 'purchases'> & { readonly oneTimeCode: string | null };

/** The Indonesian text of a notice, or null when there is nothing left to say. */
export function noticeText(notice: NoticeMessage, { membership, purchases, oneTimeCode }: Facts): string | null {
  switch (notice.notice) {
    case 'one_time_code':
      return (
        oneTimeCode && `Kode OTP Kartu Prakerja: ${oneTimeCode}. Berlaku 10 menit. Jangan berikan kepada siapa pun.`
      );
    case 'redeem_code': {
      const purchase = purchases.paid.find(({ purchaseId }) => purchaseId === notice.purchaseId);
      return purchase ? `Pelatihan berhasil dibeli. Kode redeem: ${purchase.redeemCode}.` : null;
    }
    case 'decreed': {
      if (!membership.decreed) return null;
      const lastDay = wibDay(new Date(membership.decreed.purchaseUntil));
      return `Selamat! Anda penerima Kartu Prakerja. Beli pelatihan pertama paling lambat ${lastDay} pukul 23.59 WIB.`;
    }
    case 'certificate_issued':
      return `Sertifikat ${notice.number} sudah terbit. Beri rating dan ulasan untuk menerima insentif.`;
    case 'incentive_paid':
      return `Insentif ke-${notice.number} sudah dikirim ke rekening atau e-wallet Anda.`;
  }
}
