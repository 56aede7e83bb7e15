import * as z from 'zod/mini';

const banks = ['BNI', 'BCA', 'BRI', 'MANDIRI'] as const;
const wallets = ['OVO', 'DANA', 'GOPAY', 'LINKAJA'] as const;

/** Who keeps an account that incentives go to. */
export const Provider = z.enum([...banks, ...wallets]);
export type Provider = z.infer<typeof Provider>;

/** Where incentives go: a bank account, or an e-wallet known by its phone number. */
export const PayoutAccount = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('bank'), provider: z.enum(banks), number: z.string().check(z.regex(/^\d{8,20}$/)) }),
  z.strictObject({
    kind: z.literal('e_wallet'),
    provider: z.enum(wallets),
    number: z.string().check(z.regex(/^08\d{8,11}$/)),
  }),
]);
export type PayoutAccount = z.infer<typeof PayoutAccount>;
