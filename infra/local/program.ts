import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Unsupported } from '#infra/local/assembly.ts';
import { type LocalCloud, type LocalCloudOptions, startLocalCloud } from '#infra/local/cloud.ts';
import type { PoolMessage } from '#infra/local/cognito.ts';
import { type Person, type PoolIds, people } from '#infra/local/people.ts';
import { type Simulators, startSimulators } from '#infra/local/simulators/simulators.ts';
import { synthesizeApp } from '#infra/local/synthesize.ts';
import { receiveNotification } from '#shared/incentive/notification-api.ts';
import { consentInForce } from '#shared/registration/privacy/consent.ts';

export interface ProgramOptions
  extends Pick<
    LocalCloudOptions,
    'seed' | 'port' | 'dataDir' | 'dynamoEndpoint' | 'meter' | 'maxThreads' | 'onDelivery' | 'onLog'
  > {
  /** An assembly that is already synthesized; otherwise the app is synthesized into a temporary folder. */
  readonly assembly?: string | undefined;
  /** Port of the simulated services; 0 takes any. */
  readonly simulatorsPort?: number | undefined;
}

/** A person who exists nowhere else, with what registering needs. */
interface SampleCitizen extends Person {
  readonly nik: string;
  readonly registration: Readonly<Record<string, string>>;
}

/** The whole program on this machine: cloud, outside services, and three accounts. */
export interface Program {
  readonly cloud: LocalCloud;
  readonly simulators: Simulators;
  readonly citizen: SampleCitizen;
  readonly operators: readonly [Person, Person];
  /** Opens an operator's account. */
  operator(name: string): Promise<Person>;
  /** The last code that was sent to an address. */
  codeOf(email: string): string | undefined;
  stop(): Promise<void>;
}

const password = 'Belajar2026';
const sample = {
  // No regency has a district 99, and no operator has numbers with 0840: nobody is named here.
  nik: '3273996503980001',
  familyCardNumber: '3273992503180001',
  name: 'Siti Contoh',
  birthDate: '1998-03-25',
  sex: 'female',
  phone: '+6284000000001',
  regencyCode: '32.73',
} as const;

/** The pool and the client of the program: there is one of each. */
async function poolIds(cloud: LocalCloud): Promise<PoolIds> {
  const [poolId] = await cloud.idsOfType('AWS::Cognito::UserPool');
  const [clientId] = await cloud.idsOfType('AWS::Cognito::UserPoolClient');
  if (!poolId || !clientId) throw new Unsupported('The app has no user pool with a client');
  return { poolId, clientId };
}

/** Starts everything. What fails ends all that was started, and throws one line. */
export async function startProgram(options: ProgramOptions = {}): Promise<Program> {
  const { assembly, simulatorsPort = 0, ...cloudOptions } = options;
  const endings: (() => Promise<void> | void)[] = [];
  const stop = async () => {
    for (const end of endings.splice(0).reverse()) await end();
  };

  async function begin(): Promise<Program> {
    const synthesized = assembly ?? mkdtempSync(join(tmpdir(), 'prakerja-'));
    if (!assembly) {
      const remove = () => rmSync(synthesized, { recursive: true, force: true });
      process.once('exit', remove);
      endings.push(() => {
        process.off('exit', remove);
        remove();
      });
      await synthesizeApp(synthesized);
    }
    let now = () => new Date();
    const simulators = await startSimulators({ port: simulatorsPort, now: () => now() });
    endings.push(() => simulators.stop());

    const codes = new Map<string, string>();
    async function onMessage({ channel, to, code, text }: PoolMessage): Promise<void> {
      if (code) codes.set(to, code);
      const headers = { 'content-type': 'application/json', 'idempotency-key': randomUUID() };
      const body = JSON.stringify({ channel, to, template: 'account-code', text });
      await fetch(`${simulators.messageGatewayUrl}/v1/messages`, { method: 'POST', headers, body }).catch(() => {}); // The code is kept here too.
    }
    const cloud = await startLocalCloud({
      ...cloudOptions,
      assembly: synthesized,
      onMessage,
      parameters: {
        CivilRegistryUrl: simulators.civilRegistryUrl,
        MessageGatewayUrl: simulators.messageGatewayUrl,
        BeaconUrl: simulators.beaconUrl,
        BeaconChain: JSON.stringify(simulators.beaconChain),
      },
      // Made anew at each start, also over kept data: the partners forget whom they knew.
      secrets: { PaymentPartners: JSON.stringify(simulators.paymentPartners) },
    });
    endings.push(() => cloud.stop());
    now = cloud.clock.now;
    simulators.payments.callbackTo(`${cloud.apiUrl}${receiveNotification.path}`);

    const codeOf = (email: string) => codes.get(email);
    const accounts = people(cloud, await poolIds(cloud), codeOf);
    const operator = (name: string) => accounts.operator(name, `${name}@operator.example`, password);
    const citizen = await accounts.citizen(sample.name, 'siti@warga.example', password, sample.nik);
    const operators = [await operator('operator-satu'), await operator('operator-dua')] as const;
    const registration = { ...sample, consentVersion: consentInForce(now()).version };
    return {
      cloud,
      simulators,
      citizen: { ...citizen, nik: sample.nik, registration },
      operators,
      operator,
      codeOf,
      stop,
    };
  }

  try {
    return await begin();
  } catch (error) {
    await stop();
    throw error;
  }
}
