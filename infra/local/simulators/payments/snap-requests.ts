import * as z from 'zod';
import type { Answer } from '#infra/local/simulators/exchange.ts';
import { snap } from '#infra/local/simulators/payments/snap-answers.ts';

/* The bodies that each service reads. Fields that the standard does not know are ignored, as banks do. */

const Reference = z.string().min(1).max(64);
const BankAccountNo = z.string().regex(/^\d{4,34}$/);
const CustomerNo = z.string().regex(/^\+?\d{6,19}$/);
const Name = z.string().min(1).max(100);
/** Rupiah: two decimals by the standard, and no cents. Zero is another refusal than a bad format. */
const Amount = z.object({ value: z.string().regex(/^(0|[1-9]\d{0,12})\.00$/), currency: z.literal('IDR') });
const PositiveAmount = Amount.refine(({ value }) => Number(value) > 0, { path: ['value'], params: { tooSmall: true } });
const Instant = z.string().regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+07:00$/);
const NikDigest = z.string().regex(/^[0-9a-f]{64}$/);
const Identity = z.object({ nikDigest: NikDigest.optional() }).optional();

export const AccessTokenRequest = z.object({ grantType: z.literal('client_credentials') });

export const BalanceRequest = z.object({ partnerReferenceNo: Reference, accountNo: BankAccountNo });

export const InternalInquiryRequest = z.object({
  partnerReferenceNo: Reference,
  beneficiaryAccountNo: BankAccountNo,
  additionalInfo: Identity,
});
export const ExternalInquiryRequest = InternalInquiryRequest.extend({ beneficiaryBankCode: z.string().min(1).max(8) });

export const WalletInquiryRequest = z.object({
  partnerReferenceNo: Reference,
  customerNumber: CustomerNo,
  additionalInfo: z.object({ beneficiaryProvider: z.string().min(1).max(32), nikDigest: NikDigest.optional() }),
});

export const IntrabankRequest = z.object({
  partnerReferenceNo: Reference,
  amount: PositiveAmount,
  beneficiaryAccountNo: BankAccountNo,
  sourceAccountNo: BankAccountNo,
  transactionDate: Instant,
  remark: z.string().max(100).optional(),
});
export const InterbankRequest = IntrabankRequest.extend({
  beneficiaryAccountName: Name,
  beneficiaryBankCode: z.string().min(1).max(8),
});

export const TopUpRequest = z.object({
  partnerReferenceNo: Reference,
  customerNumber: CustomerNo,
  customerName: Name,
  amount: PositiveAmount,
  feeAmount: Amount.optional(),
  transactionDate: Instant,
  notes: z
    .string()
    .regex(/^[A-Za-z0-9 _]{0,100}$/)
    .optional(),
  additionalInfo: z.object({ beneficiaryProvider: z.string().min(1).max(32) }),
});

const StatusRequest = z.object({
  originalPartnerReferenceNo: Reference,
  transactionDate: Instant.optional(),
  amount: Amount.optional(),
});
export const TransferStatusRequest = StatusRequest.extend({ serviceCode: z.enum(['17', '18']) });
export const TopUpStatusRequest = StatusRequest.extend({ serviceCode: z.literal('38') });

export const rupiahOf = ({ value }: z.infer<typeof Amount>): number => Number.parseInt(value, 10);

/** Reads a body, or gives the refusal of a bad one: it names the field, never its value. */
export function read<Body>(
  serviceCode: string,
  schema: z.ZodType<Body>,
  body: unknown,
): { request: Body } | { refusal: Answer } {
  const parsed = schema.safeParse(body, { reportInput: true });
  if (parsed.success) return { request: parsed.data };
  const [issue] = parsed.error.issues;
  if (!issue || issue.path.length === 0) return { refusal: snap(serviceCode, '400:00') };
  const isMissing = issue.input === undefined || (issue.code === 'custom' && issue.params?.['tooSmall'] === true);
  return { refusal: snap(serviceCode, isMissing ? '400:02' : '400:01', {}, `{${issue.path.join('.')}}`) };
}
