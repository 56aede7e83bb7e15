/** The rules of a password, for the pool and for us. */
export const passwordRules = {
  minLength: 10,
  requireDigits: true,
  requireLowercase: true,
  requireUppercase: true,
  requireSymbols: false,
} as const;

/** Whether the pool would take a password. */
export function isStrongPassword(password: string): boolean {
  const { minLength } = passwordRules;
  return password.length >= minLength && /[0-9]/.test(password) && /[a-z]/.test(password) && /[A-Z]/.test(password);
}
