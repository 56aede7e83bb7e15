import { createHash } from 'node:crypto';

/** What the sandbox knows of an account or a wallet. What is absent is the default of any unknown number. */
export type Holder = {
  /** Absent: the inquiry answers no name, as some providers do. */
  readonly name?: string;
  /** How the name is shown; by default it follows from the number. */
  readonly shown?: 'whole' | 'masked' | 'cut';
  readonly status?: 'active' | 'dormant' | 'closed' | 'absent';
  readonly kyc?: 'full' | 'basic';
  /** The holder's own: compared with the digest of the inquiry. 'other' is nobody we ask about. */
  readonly nik?: string;
  /** Whether the provider compares NIK at all; it does unless said. */
  readonly comparesNik?: boolean;
  /** Of a wallet, before anything arrives. Of a wallet told here or fixed below, what arrives is added. */
  readonly balanceRupiah?: number;
};

export type FixedCase = { readonly ending: string; readonly what: string; readonly holder: Holder };

/** Endings of account and wallet numbers that always behave the same, for people who try the program by hand. */
export const fixedCases: readonly FixedCase[] = [
  { ending: '0000', what: 'does not exist (404XX11)', holder: { status: 'absent' } },
  { ending: '0001', what: 'is dormant (403XX09)', holder: { status: 'dormant' } },
  { ending: '0002', what: 'is closed (403XX18)', holder: { status: 'closed' } },
  {
    ending: '0003',
    what: 'belongs to somebody with another name, and the provider compares no NIK',
    holder: { name: 'Orang Lain Sekali', comparesNik: false },
  },
  { ending: '0004', what: 'belongs to another NIK (nikMatch N)', holder: { nik: 'other' } },
  {
    ending: '0005',
    what: 'has basic KYC: at most Rp 2,000,000 in a wallet',
    holder: { kyc: 'basic', balanceRupiah: 0 },
  },
  { ending: '0006', what: 'is a wallet with Rp 19,900,000 of Rp 20,000,000', holder: { balanceRupiah: 19_900_000 } },
];

const walletLimitsRupiah = { full: 20_000_000, basic: 2_000_000 } as const;

/** One wallet has one number, however it is written: 08…, 628… and +628… are the same. */
const plain = (number: string) => number.replace(/^\+?62/, '0');

/** As a provider shows the name of a holder to others. */
export function shownName(name: string, manner: NonNullable<Holder['shown']>): string {
  const whole = name.toUpperCase();
  if (manner === 'whole') return whole;
  if (manner === 'cut') return whole.slice(0, 20).trimEnd();
  return whole
    .split(' ')
    .map((word) => word.slice(0, 3) + '*'.repeat(Math.max(0, word.length - 3)))
    .join(' ');
}

function mannerOf(number: string): NonNullable<Holder['shown']> {
  const manners = ['whole', 'masked', 'cut'] as const;
  const sum = [...number].reduce((total, digit) => total + (Number.parseInt(digit, 10) || 0), 0);
  return manners[sum % 3] ?? 'whole';
}

export type Account = Required<Pick<Holder, 'status' | 'kyc'>> & {
  readonly shownName: string | undefined;
  /** The answer to the digest of an inquiry; undefined where the provider compares none. */
  nikMatch(nikDigest: string | undefined, partnerReferenceNo: string): 'Y' | 'N' | undefined;
  /** Whether a wallet would hold more than it may. */
  exceeds(amountRupiah: number): boolean;
};

/** Accounts and wallets of everybody, on both partners. `holders` is what tests and demonstrations tell. */
export function accountBook(holders: ReadonlyMap<string, Holder>) {
  const arrivedRupiah = new Map<string, number>();

  function toldOf(number: string): Holder | undefined {
    const told = holders.get(number) ?? holders.get(plain(number));
    return told ?? fixedCases.find(({ ending }) => number.endsWith(ending))?.holder;
  }

  return {
    /** Any number that nobody told of exists: without a name, of the NIK that is asked about, with full KYC. */
    of(number: string): Account {
      const told = toldOf(number);
      const { name, shown = mannerOf(number), status = 'active', kyc = 'full', nik, comparesNik = true } = told ?? {};
      return {
        shownName: name === undefined ? undefined : shownName(name, shown),
        status,
        kyc,
        nikMatch(nikDigest, partnerReferenceNo) {
          if (nikDigest === undefined || !comparesNik) return undefined;
          if (nik === undefined) return 'Y';
          return createHash('sha256').update(`${nik}|${partnerReferenceNo}`).digest('hex') === nikDigest ? 'Y' : 'N';
        },
        exceeds(amountRupiah) {
          // Of wallets that nobody told of no balance is known: their owners spend what they get.
          const before =
            told?.balanceRupiah === undefined ? 0 : told.balanceRupiah + (arrivedRupiah.get(plain(number)) ?? 0);
          return before + amountRupiah > walletLimitsRupiah[kyc];
        },
      };
    },

    /** What a payment brought to a wallet; negative when it went back. */
    arrived(number: string, amountRupiah: number): void {
      arrivedRupiah.set(plain(number), (arrivedRupiah.get(plain(number)) ?? 0) + amountRupiah);
    },
  };
}

export type AccountBook = ReturnType<typeof accountBook>;
