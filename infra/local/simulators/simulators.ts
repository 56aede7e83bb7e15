import type { AddressInfo } from 'node:net';
import { type CivilRegistryControl, civilRegistry } from '#infra/local/simulators/civil-registry.ts';
import { serve } from '#infra/local/simulators/exchange.ts';
import { type MessageControl, messageGateway } from '#infra/local/simulators/message-gateway.ts';
import { type PaymentControl, paymentPartner } from '#infra/local/simulators/payment-partner.ts';

/** The services of others that the program calls, on one address of this machine. Never deployed. */
export type Simulators = {
  /** http://127.0.0.1:<port>; below it /inbox, /inbox.json and /payments.json for people. */
  readonly url: string;
  readonly civilRegistryUrl: string;
  readonly messageGatewayUrl: string;
  readonly paymentPartnerUrl: string;
  readonly civilRegistry: CivilRegistryControl;
  readonly messages: MessageControl;
  readonly payments: PaymentControl;
  /** Ends open connections too. */
  stop(): Promise<void>;
};

/** Starts all three on `port` (any free one unless said). A taken port rejects with EADDRINUSE. */
export async function startSimulators({
  port = 0,
  now = () => new Date(),
}: {
  port?: number;
  now?: () => Date;
} = {}): Promise<Simulators> {
  const registry = civilRegistry();
  const gateway = messageGateway(now);
  const partner = paymentPartner(now);
  const server = await serve(
    new Map([
      ['/civil-registry', registry.service],
      ['/message-gateway', gateway.service],
      ['/payment-partner', partner.service],
      ['', async (call) => (call.path.startsWith('/payments') ? partner.pages(call) : gateway.pages(call))],
    ]),
    port,
  );
  const url = `http://127.0.0.1:${portOf(server.address())}`;

  return {
    url,
    civilRegistryUrl: `${url}/civil-registry`,
    messageGatewayUrl: `${url}/message-gateway`,
    paymentPartnerUrl: `${url}/payment-partner`,
    civilRegistry: registry.control,
    messages: gateway.control,
    payments: partner.control,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function portOf(address: AddressInfo | string | null): number {
  if (address === null || typeof address === 'string') throw new Error('A server on TCP has a port');
  return address.port;
}
