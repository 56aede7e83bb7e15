import type { Stack } from '#infra/local/assembly.ts';

/** What a resource turned into: what `Ref` gives, and what `Fn::GetAtt` may ask for. */
export interface Physical {
  readonly ref: string;
  readonly attributes: Readonly<Record<string, string>>;
}

/** A resource about to be created, its properties resolved. */
export interface Declared {
  readonly stack: Stack;
  readonly logicalId: string;
  readonly type: string;
  readonly properties: Record<string, unknown>;
}

export interface Provider {
  /** Types that have no effect on this machine: their properties are not even resolved. */
  inert(type: string, stack: Stack, logicalId: string): Physical | undefined;
  create(resource: Declared): Promise<Physical>;
  /** Last word on a text built by an intrinsic: turns addresses of the real service into local ones. */
  localize(text: string): string;
}

export const accountId = '000000000000';
