import { describe, expect, it } from 'vitest';
import { credentialsReader, parseCredentials } from '#shared/incentive/snap/credentials.ts';
import { credentialsWith, partnerSecret } from '#test/incentive/snap/orders.ts';

const secretOf = (changes: Readonly<Record<string, unknown>> = {}) =>
  JSON.stringify({ switching: { ...partnerSecret, ...changes } });

describe('the secret of the payment partners', () => {
  it('gives each partner its keys', () => {
    const { privateKey, partnerPublicKey, clientId } = credentialsWith();
    expect([privateKey.type, partnerPublicKey.type, clientId]).toEqual(['private', 'public', 'prakerja-test']);
    expect(parseCredentials('{}')).toEqual({});
  });

  it.each([
    ['https://bank.example', 'https://bank.example'],
    ['https://bank.example/snap//', 'https://bank.example/snap'],
    ['http://127.0.0.1:8081/bank-induk', 'http://127.0.0.1:8081/bank-induk'],
    ['http://localhost/', 'http://localhost'],
  ])('may have %s as its address', (baseUrl, kept) => {
    expect(credentialsWith({ baseUrl }).baseUrl).toBe(kept);
  });

  it.each([
    ['is no JSON', 'a generated password'],
    ['is a list', '[]'],
    ['has a partner that nobody knows', JSON.stringify({ 'bank-lain': partnerSecret })],
    ['lacks a field', secretOf({ clientSecret: undefined })],
    ['has an empty field', secretOf({ partnerId: '' })],
    ['has a channel of six digits', secretOf({ channelId: '952210' })],
    ['has an address in clear', secretOf({ baseUrl: 'http://bank.example' })],
    ['has an address that only looks local', secretOf({ baseUrl: 'http://localhost.bank.example' })],
    ['has a user in its local address', secretOf({ baseUrl: 'http://127.0.0.1:80@bank.example' })],
    [
      'has a key that is none',
      secretOf({ privateKey: '-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----' }),
    ],
    ['has no public key of the partner', secretOf({ partnerPublicKey: 'none' })],
  ])('that %s is malformed, and the error says no more', (_, secret) => {
    expect(() => parseCredentials(secret)).toThrowError(/^payment_partners\.malformed$/);
    expect(() => parseCredentials(secret)).toThrowError(expect.objectContaining({ name: 'CredentialsUnusable' }));
  });
});

describe('the reader of the secret', () => {
  it('parses it once as long as it stays the same', async () => {
    let secret = secretOf();
    const reader = credentialsReader(async () => secret);
    const first = await reader.of('switching');
    expect(await reader.of('switching')).toBe(first);
    secret = secretOf({ clientSecret: 'rotated' });
    expect((await reader.of('switching')).clientSecret).toBe('rotated');
  });

  it('says which partner is not in it', async () => {
    const reader = credentialsReader(async () => secretOf());
    await expect(reader.of('bank-induk')).rejects.toThrowError('payment_partners.unset bank-induk');
    expect(Object.keys(await reader.all())).toEqual(['switching']);
  });

  it('reads again after it could not', async () => {
    const secrets = ['not yet', secretOf()];
    const reader = credentialsReader(async () => secrets.shift() ?? '');
    await expect(reader.of('switching')).rejects.toThrowError('payment_partners.malformed');
    expect((await reader.of('switching')).partnerId).toBe('PRAKERJA01');
  });
});
