import { partnerProfiles } from '#infra/local/simulators/payments/partners.ts';
import type { Posting } from '#infra/local/simulators/payments/payment-book.ts';
import type { Statement } from '#infra/local/simulators/payments/statement.ts';
import { wibTime } from '#infra/local/simulators/payments/wib-time.ts';

/*
 * ISO 20022 camt.053.001.08. An end-to-end id has 35 characters: a longer reference of the program stands in the remittance
 * information alone, and the id says NOTPROVIDED, the standard's own word.
 */

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const escaped = (text: string) => text.replaceAll(/[&<>"]/g, (character) => entities[character] ?? character);

const longestId = 35;
const endToEndId = (reference: string | undefined) =>
  reference !== undefined && reference.length <= longestId ? escaped(reference) : 'NOTPROVIDED';

/** Family and sub-family of the bank transaction codes of ISO 20022. */
const codes: Readonly<Record<Posting['kind'], readonly [string, string]>> = {
  payment: ['ICDT', 'DMCT'],
  fee: ['ICDT', 'CHRG'],
  return: ['ICDT', 'RRTN'],
  funding: ['RCDT', 'DMCT'],
};

const amountOf = (rupiah: number) => `<Amt Ccy="IDR">${Math.abs(rupiah)}.00</Amt>`;
const directionOf = (rupiah: number) => `<CdtDbtInd>${rupiah < 0 ? 'DBIT' : 'CRDT'}</CdtDbtInd>`;

function balanceOf(code: 'OPBD' | 'CLBD', day: string, rupiah: number): string {
  const type = `<Tp><CdOrPrtry><Cd>${code}</Cd></CdOrPrtry></Tp>`;
  return `      <Bal>${type}${amountOf(rupiah)}${directionOf(rupiah)}<Dt><Dt>${day}</Dt></Dt></Bal>`;
}

function entryOf(day: string, { kind, changeRupiah, bankReference, partnerReferenceNo, description }: Posting): string {
  const [family, subFamily] = codes[kind];
  const remittance = [partnerReferenceNo, description].filter((text) => text).join(' ');
  return `      <Ntry>
        ${amountOf(changeRupiah)}
        ${directionOf(changeRupiah)}${kind === 'return' ? '\n        <RvslInd>true</RvslInd>' : ''}
        <Sts><Cd>BOOK</Cd></Sts>
        <BookgDt><Dt>${day}</Dt></BookgDt>
        <ValDt><Dt>${day}</Dt></ValDt>
        <AcctSvcrRef>${bankReference}</AcctSvcrRef>
        <BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>${family}</Cd><SubFmlyCd>${subFamily}</SubFmlyCd></Fmly></Domn></BkTxCd>
        <NtryDtls>
          <TxDtls>
            <Refs><AcctSvcrRef>${bankReference}</AcctSvcrRef><EndToEndId>${endToEndId(partnerReferenceNo)}</EndToEndId></Refs>
            ${amountOf(changeRupiah)}
            ${directionOf(changeRupiah)}
            <RmtInf><Ustrd>${escaped(remittance.slice(0, 140))}</Ustrd></RmtInf>
          </TxDtls>
        </NtryDtls>
      </Ntry>`;
}

/** A statement as a camt.053 document. */
export function camtOf({
  partnerCode,
  accountNo,
  day,
  openingRupiah,
  closingRupiah,
  postings,
  writtenAt,
}: Statement): string {
  const id = `${partnerProfiles[partnerCode].referencePrefix}${day.replaceAll('-', '')}`;
  const created = `<CreDtTm>${wibTime(writtenAt)}</CreDtTm>`;
  const entries = postings.map((posting) => `${entryOf(day, posting)}\n`).join('');
  return `<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08">
  <BkToCstmrStmt>
    <GrpHdr><MsgId>${id}</MsgId>${created}</GrpHdr>
    <Stmt>
      <Id>${id}</Id>
      ${created}
      <FrToDt><FrDtTm>${day}T00:00:00+07:00</FrDtTm><ToDtTm>${day}T23:59:59+07:00</ToDtTm></FrToDt>
      <Acct><Id><Othr><Id>${accountNo}</Id></Othr></Id><Ccy>IDR</Ccy></Acct>
${balanceOf('OPBD', day, openingRupiah)}
${balanceOf('CLBD', day, closingRupiah)}
${entries}    </Stmt>
  </BkToCstmrStmt>
</Document>
`;
}
