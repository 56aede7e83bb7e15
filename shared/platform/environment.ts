/** Names of all environment variables of the functions: infra sets them, functions read them, nobody spells them again. */
export const variables = {
  tableName: 'TABLE_NAME',
  filesBucket: 'FILES_BUCKET',
  keysSecretArn: 'KEYS_SECRET_ARN',
  sealingKeysSecretArn: 'SEALING_KEYS_SECRET_ARN',
  partnersSecretArn: 'PARTNERS_SECRET_ARN',
  paymentPartnersSecretArn: 'PAYMENT_PARTNERS_SECRET_ARN',
  userPoolId: 'USER_POOL_ID',
  userPoolClientId: 'USER_POOL_CLIENT_ID',
  civilRegistryUrl: 'CIVIL_REGISTRY_URL',
  registryChecksPerSecond: 'REGISTRY_CHECKS_PER_SECOND',
  motherNameUse: 'MOTHER_NAME_USE',
  messageGatewayUrl: 'MESSAGE_GATEWAY_URL',
  beaconUrl: 'BEACON_URL',
  beaconChain: 'BEACON_CHAIN',
  paymentPartnerCode: 'PAYMENT_PARTNER_CODE',
  publicUrl: 'PUBLIC_URL',
  privacyQueueUrl: 'PRIVACY_QUEUE_URL',
  identityQueueUrl: 'IDENTITY_QUEUE_URL',
  aptitudeQueueUrl: 'APTITUDE_QUEUE_URL',
  messageQueueUrl: 'MESSAGE_QUEUE_URL',
  certificateQueueUrl: 'CERTIFICATE_QUEUE_URL',
  incentiveQueueUrl: 'INCENTIVE_QUEUE_URL',
  payoutListQueueUrl: 'PAYOUT_LIST_QUEUE_URL',
  releaseQueueUrl: 'RELEASE_QUEUE_URL',
  reconciliationQueueUrl: 'RECONCILIATION_QUEUE_URL',
  bankIndukQueueUrl: 'BANK_INDUK_QUEUE_URL',
  switchingQueueUrl: 'SWITCHING_QUEUE_URL',
  drawQueueUrl: 'DRAW_QUEUE_URL',
  screeningQueueUrl: 'SCREENING_QUEUE_URL',
  decreeQueueUrl: 'DECREE_QUEUE_URL',
  deadlineQueueUrl: 'DEADLINE_QUEUE_URL',
  feedQueueUrl: 'FEED_QUEUE_URL',
  listingQueueUrl: 'LISTING_QUEUE_URL',
  timestampToleranceSeconds: 'TIMESTAMP_TOLERANCE_SECONDS',
} as const;

export type Variable = keyof typeof variables;

/** The value of a variable. A function that lacks one must not start: that is our mistake, not the caller's. */
export function setting(name: Variable): string {
  const value = process.env[variables[name]];
  if (!value) throw new Error(`environment.missing ${variables[name]}`);
  return value;
}
