import type { AddressInfo } from 'node:net';
import { type BeaconControl, beacon } from '#infra/local/simulators/beacon.ts';
import { type CivilRegistryControl, civilRegistry } from '#infra/local/simulators/civil-registry.ts';
import { serve } from '#infra/local/simulators/exchange.ts';
import { type MessageControl, messageGateway } from '#infra/local/simulators/message-gateway.ts';
import { type PaymentControl, paymentPartners } from '#infra/local/simulators/payment-partner.ts';
import type { PartnerCode, PartnerCredentials } from '#infra/local/simulators/payments/partners.ts';
import type { BeaconChain } from '#shared/selection/beacon.ts';

/** The services of others that the program calls, on one address of this machine. Never deployed. */
export type Simulators = {
  /** http://127.0.0.1:<port>; below it /inbox, /inbox.json, /payments.json and /payments/control for people. */
  readonly url: string;
  readonly civilRegistryUrl: string;
  readonly messageGatewayUrl: string;
  readonly beaconUrl: string;
  /** The chain that this beacon signs for: of this machine, and worth nothing elsewhere. */
  readonly beaconChain: BeaconChain;
  /** What the program needs to call the payment partners: the secret `PaymentPartners`, by the partners' codes. */
  readonly paymentPartners: Readonly<Record<PartnerCode, PartnerCredentials>>;
  readonly civilRegistry: CivilRegistryControl;
  readonly messages: MessageControl;
  readonly payments: PaymentControl;
  readonly beacon: BeaconControl;
  /** Ends open connections too. */
  stop(): Promise<void>;
};

/** Starts all of them on `port` (any free one unless said). A taken port rejects with EADDRINUSE. */
export async function startSimulators({
  port = 0,
  now = () => new Date(),
}: {
  port?: number;
  now?: () => Date;
} = {}): Promise<Simulators> {
  const registry = civilRegistry();
  const gateway = messageGateway(now);
  const randomness = beacon(now);
  const partners = await paymentPartners(now);
  const server = await serve(
    new Map([
      ['/civil-registry', registry.service],
      ['/message-gateway', gateway.service],
      ['/payment-partner', partners.service],
      ['/beacon', randomness.service],
      ['', async (call) => (call.path.startsWith('/payments') ? partners.pages(call) : gateway.pages(call))],
    ]),
    port,
  ).catch((error: unknown) => {
    partners.stop();
    throw error;
  });
  const url = `http://127.0.0.1:${portOf(server.address())}`;

  return {
    url,
    civilRegistryUrl: `${url}/civil-registry`,
    messageGatewayUrl: `${url}/message-gateway`,
    beaconUrl: `${url}/beacon`,
    beaconChain: randomness.chain,
    paymentPartners: partners.credentialsAt(`${url}/payment-partner`),
    civilRegistry: registry.control,
    messages: gateway.control,
    payments: partners.control,
    beacon: randomness.control,
    stop: () =>
      new Promise((resolve) => {
        partners.stop();
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function portOf(address: AddressInfo | string | null): number {
  if (address === null || typeof address === 'string') throw new Error('A server on TCP has a port');
  return address.port;
}
