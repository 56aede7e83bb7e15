/** The services of SNAP BI that are called: where, and the number that each has in response codes. */
export const snapServices = {
  token: { path: '/v1.0/access-token/b2b', code: '73' },
  balance: { path: '/v1.0/balance-inquiry', code: '11' },
  account_internal: { path: '/v1.0/account-inquiry-internal', code: '15' },
  account_external: { path: '/v1.0/account-inquiry-external', code: '16' },
  intrabank: { path: '/v1.0/transfer-intrabank', code: '17' },
  interbank: { path: '/v1.0/transfer-interbank', code: '18' },
  transfer_status: { path: '/v1.0/transfer/status', code: '36' },
  account_e_money: { path: '/v1.0/emoney/account-inquiry', code: '37' },
  e_money: { path: '/v1.0/emoney/topup', code: '38' },
  top_up_status: { path: '/v1.0/emoney/topup-status', code: '39' },
} as const;

export type SnapService = keyof typeof snapServices;
export type AccountService = Extract<SnapService, `account_${string}`>;
export type StatusService = Extract<SnapService, `${string}_status`>;
