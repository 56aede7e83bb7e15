import * as z from 'zod';
import { type Answer, type Call, json } from '#infra/local/simulators/exchange.ts';
import type { PaymentControl } from '#infra/local/simulators/payment-partner.ts';
import { fixedCases } from '#infra/local/simulators/payments/accounts.ts';
import { inquiryFaults, paymentFaults } from '#infra/local/simulators/payments/partner-faults.ts';
import { partnerCodes } from '#infra/local/simulators/payments/partners.ts';
import { maximumBalanceRupiah } from '#infra/local/simulators/payments/payment-book.ts';
import { statementFiles } from '#infra/local/simulators/payments/statement.ts';

/*
 * For people:
 *
 *   GET  /payments.json                                the books
 *   GET  /payments/control                             what can be told, and how things are
 *   POST /payments/control                             one order, such as {"fault":"pay_then_cut","times":2,"partner":"switching"}
 *   GET  /payments/statements/<partner>/<day>.csv      the statement of a day of WIB; .sta is MT940, .xml is camt.053
 */

const times = z.int().min(1).max(1000).default(1);
const partner = z.enum(partnerCodes).optional();
const milliseconds = z.int().min(0).max(600_000);

type Done = 'done' | 'nothing_to_do' | 'bad_request';
type Order = (control: PaymentControl, body: unknown) => Done;

/** Reads one order and carries it out; false when there was nothing to do. */
function order<Body>(schema: z.ZodType<Body>, carryOut: (control: PaymentControl, body: Body) => boolean): Order {
  return (control, body) => {
    const parsed = schema.safeParse(body);
    if (!parsed.success) return 'bad_request';
    return carryOut(control, parsed.data) ? 'done' : 'nothing_to_do';
  };
}

/** As `order`, for what can always be done. */
function setting<Body>(schema: z.ZodType<Body>, carryOut: (control: PaymentControl, body: Body) => void): Order {
  return order(schema, (control, body) => {
    carryOut(control, body);
    return true;
  });
}

/** What can be told over HTTP, by the field that says it: one order a request. */
const orders: Readonly<Record<string, Order>> = {
  fault: setting(z.strictObject({ fault: z.enum(paymentFaults), times, partner }), (control, told) =>
    control.faults.next(told.fault, told.times, told.partner),
  ),
  inquiryFault: setting(z.strictObject({ inquiryFault: z.enum(inquiryFaults), times, partner }), (control, told) =>
    control.inquiryFaults.next(told.inquiryFault, told.times, told.partner),
  ),
  latencyMilliseconds: setting(z.strictObject({ latencyMilliseconds: milliseconds }), (control, told) => {
    control.faults.setLatency(told.latencyMilliseconds);
    control.inquiryFaults.setLatency(told.latencyMilliseconds);
  }),
  slownessMilliseconds: setting(z.strictObject({ slownessMilliseconds: milliseconds }), (control, told) =>
    control.setSlowness(told.slownessMilliseconds),
  ),
  down: setting(z.strictObject({ down: z.boolean(), partner }), (control, told) =>
    control.setDown(told.down, told.partner),
  ),
  callsPerSecond: setting(
    z.strictObject({ callsPerSecond: z.int().min(1).max(100_000).nullable(), partner }),
    (control, told) => control.setRateLimit(told.callsPerSecond ?? Number.POSITIVE_INFINITY, told.partner),
  ),
  memoryDays: setting(z.strictObject({ memoryDays: z.int().min(0).max(10_000).nullable() }), (control, told) =>
    control.setMemoryDays(told.memoryDays ?? Number.POSITIVE_INFINITY),
  ),
  balanceRupiah: setting(
    z.strictObject({ balanceRupiah: z.int().min(0).max(maximumBalanceRupiah), partner: z.enum(partnerCodes) }),
    (control, told) => control.setBalance(told.partner, told.balanceRupiah),
  ),
  returnFunds: order(z.strictObject({ returnFunds: z.string().min(1).max(64) }), (control, told) =>
    control.returnFunds(told.returnFunds),
  ),
  loseCallbacks: setting(z.strictObject({ loseCallbacks: times }), (control, told) =>
    control.loseCallbacks(told.loseCallbacks),
  ),
  callbacksTwice: setting(z.strictObject({ callbacksTwice: times }), (control, told) =>
    control.callbacksTwice(told.callbacksTwice),
  ),
  delayCallbacksMilliseconds: setting(z.strictObject({ delayCallbacksMilliseconds: milliseconds }), (control, told) =>
    control.delayCallbacks(told.delayCallbacksMilliseconds),
  ),
  clear: setting(z.strictObject({ clear: z.literal(true) }), (control) => control.clear()),
};

const statuses: Readonly<Record<Done, number>> = { done: 200, nothing_to_do: 404, bad_request: 400 };

function told(control: PaymentControl, body: unknown): Answer {
  const names = Object.keys(orders);
  const given = typeof body === 'object' && body !== null ? Object.keys(body) : [];
  const named = names.find((name) => given.includes(name));
  const outcome = (named && orders[named]?.(control, body)) || 'bad_request';
  return json(statuses[outcome], outcome === 'bad_request' ? { error: outcome, orders: names } : { outcome });
}

function overview(control: PaymentControl): Answer {
  const balances = Object.fromEntries(partnerCodes.map((code) => [code, control.balanceRupiah(code)]));
  return json(200, {
    balancesRupiah: balances,
    waitingFaults: control.faults.waiting(),
    waitingInquiryFaults: control.inquiryFaults.waiting(),
    faults: paymentFaults,
    inquiryFaults,
    orders: Object.keys(orders),
    numbers: Object.fromEntries(fixedCases.map(({ ending, what }) => [ending, what])),
  });
}

function statementPage(control: PaymentControl, path: string): Answer {
  const [, asked, day = '', ending = ''] =
    /^\/payments\/statements\/([a-z-]+)\/(\d{4}-\d\d-\d\d)\.(csv|sta|xml)$/.exec(path) ?? [];
  const code = partnerCodes.find((one) => one === asked);
  const file = statementFiles[ending];
  if (!code || !file || Number.isNaN(Date.parse(day))) return json(404, { error: 'no_such_statement' });
  return { status: 200, type: file.type, content: control.statement(code, day, file.format) };
}

/** The payment partners' pages for people. */
export function paymentPages(control: PaymentControl) {
  return async ({ path, method, body }: Call): Promise<Answer> => {
    if (path === '/payments/control' && method === 'POST') return told(control, body);
    if (method !== 'GET') return json(405, { error: 'method_not_allowed' });
    if (path === '/payments/control') return overview(control);
    if (path === '/payments.json') return json(200, control.book());
    return path.startsWith('/payments/statements/')
      ? statementPage(control, path)
      : json(404, { error: 'no_such_page' });
  };
}
