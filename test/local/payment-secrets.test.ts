import { generateKeyPairSync } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { describe, expect, it, onTestFinished } from 'vitest';
import { readAssembly, Unsupported } from '#infra/local/assembly.ts';
import { startLocalCloud } from '#infra/local/cloud.ts';
import { givenSecrets } from '#infra/local/secrets.ts';
import { startSimulators } from '#infra/local/simulators/simulators.ts';
import { assemblyOf } from '#test/local/templates.ts';

const secret = { Type: 'AWS::SecretsManager::Secret', Properties: { GenerateSecretString: { PasswordLength: 24 } } };

/** A cloud of two stacks with secrets. */
async function start(secrets: Record<string, string>) {
  const { assembly, remove } = assemblyOf({
    Data: { Resources: { Keys: secret, PaymentPartners: secret, Both: secret } },
    Service: { Resources: { Both: secret, Work: { Type: 'AWS::SQS::Queue' } } },
  });
  onTestFinished(remove);
  const cloud = await startLocalCloud({ assembly, secrets, seed: 'secrets' });
  onTestFinished(() => cloud.stop());
  return cloud;
}

describe('a secret that is given to the local cloud', () => {
  it('is read as given, through the service too, and all others are as the template says', async () => {
    const value = JSON.stringify({ any: 'thing' });
    const cloud = await start({ PaymentPartners: value });
    expect(cloud.secret('PaymentPartners')).toBe(value);
    expect(cloud.secret('Keys')).toHaveLength(24);
    const client = new SecretsManagerClient({
      region: cloud.region,
      endpoint: cloud.endpoints.secrets,
      credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    });
    const SecretId = await cloud.physicalId('Data', 'PaymentPartners');
    expect((await client.send(new GetSecretValueCommand({ SecretId }))).SecretString).toBe(value);

    const without = await start({});
    expect(without.secret('Keys')).toBe(cloud.secret('Keys'));
    expect(without.secret('PaymentPartners')).toHaveLength(24);
  });

  it.each([
    ['Nobodys', 'No stack has a secret Nobodys'],
    ['Work', 'No stack has a secret Work'],
    ['Partners', 'No stack has a secret Partners'],
    ['Both', 'Several secrets are named Both'],
  ])('must be one of the templates’: %s is refused in a line', async (name, line) => {
    await expect(start({ [name]: 'x' })).rejects.toThrow(line);
  });
});

describe('the name of a secret', () => {
  const { assembly, remove } = assemblyOf({
    Data: { Resources: { Partners0A1B: secret, PaymentPartners2C3D: secret } },
    Service: { Resources: { Partners9Z: secret } },
  });
  const paths = (stack: string, ids: Record<string, string>) => {
    const metadata = Object.entries(ids).map(([path, data]) => [path, [{ type: 'aws:cdk:logicalId', data }]]);
    writeFileSync(join(assembly, `${stack}.metadata.json`), JSON.stringify(Object.fromEntries(metadata)));
  };
  paths('Data', {
    '/Some-Data/Partners/Resource': 'Partners0A1B',
    '/Some-Data/PaymentPartners/Resource': 'PaymentPartners2C3D',
  });
  paths('Service', { '/Some-Service/Partners/Resource': 'Partners9Z' });
  const stacks = readAssembly(assembly);
  remove();

  it.each([
    ['PaymentPartners', 'Data/PaymentPartners2C3D'],
    ['PaymentPartners2C3D', 'Data/PaymentPartners2C3D'],
    ['Some-Data/PaymentPartners', 'Data/PaymentPartners2C3D'],
    ['Some-Data/PaymentPartners/Resource', 'Data/PaymentPartners2C3D'],
    ['Some-Service/Partners', 'Service/Partners9Z'],
  ])('may be %s: its logical id, its construct path, or whole parts of its end', (name, label) => {
    expect([...givenSecrets(stacks, { [name]: 'x' })]).toEqual([[label, 'x']]);
  });

  it.each(['Partners', 'mentPartners', 'Data/PaymentPartners', ''])(
    'is not %j: nobody’s, or several secrets’',
    (name) => {
      expect(() => givenSecrets(stacks, { [name]: 'x' })).toThrow(Unsupported);
    },
  );
});

describe('the credentials of the payment partners', () => {
  it('are complete, of each partner its own, and new at each start', async () => {
    const [one, other] = await Promise.all([startSimulators(), startSimulators()]);
    onTestFinished(async () => {
      await one.stop();
      await other.stop();
    });
    const { 'bank-induk': bank, switching } = one.paymentPartners;
    for (const credentials of [bank, switching]) {
      expect(Object.keys(credentials).sort()).toEqual([
        'baseUrl',
        'channelId',
        'clientId',
        'clientSecret',
        'partnerId',
        'partnerPublicKey',
        'privateKey',
        'sourceAccountNo',
      ]);
      expect(credentials.privateKey).toMatch(/^-----BEGIN PRIVATE KEY-----/);
      expect(credentials.partnerPublicKey).toMatch(/^-----BEGIN PUBLIC KEY-----/);
    }
    expect(bank.baseUrl).toBe(`${one.url}/payment-partner/bank-induk`);
    expect(switching.baseUrl).toBe(`${one.url}/payment-partner/switching`);
    for (const name of ['clientId', 'clientSecret', 'partnerId', 'sourceAccountNo'] as const)
      expect(bank[name]).not.toBe(switching[name]);
    expect(other.paymentPartners.switching.clientSecret).not.toBe(switching.clientSecret);
  });

  it('hold the program’s private key and not the partner’s', async () => {
    const simulators = await startSimulators();
    onTestFinished(() => simulators.stop());
    const text = JSON.stringify(simulators.paymentPartners);
    expect(text.match(/BEGIN PRIVATE KEY/g)).toHaveLength(2);
    const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const length = publicKey.export({ type: 'spki', format: 'pem' }).length;
    expect(simulators.paymentPartners.switching.partnerPublicKey).toHaveLength(length);
  });
});
