import { ok } from 'node:assert/strict';

/**
 * Shares `places` out by weight, largest remainder first; equal remainders by code. Every code gets its exact share
 * rounded down or up. Codes without a place are left out.
 */
export function apportion(places: number, weights: ReadonlyMap<string, number>): Record<string, number> {
  const total = [...weights.values()].reduce((sum, weight) => sum + weight, 0);
  ok(total > 0, 'Somebody has weight');
  // Remainders are whole numbers of `total`: no fraction is rounded.
  const shares = [...weights].map(([code, weight]) => ({
    code,
    whole: Math.floor((places * weight) / total),
    remainder: (places * weight) % total,
  }));
  const left = places - shares.reduce((sum, { whole }) => sum + whole, 0);
  const byRemainder = shares.toSorted((a, b) => b.remainder - a.remainder || (a.code < b.code ? -1 : 1));
  const raised = new Set(byRemainder.slice(0, left).map(({ code }) => code));
  return Object.fromEntries(
    shares
      .map(({ code, whole }): [string, number] => [code, whole + (raised.has(code) ? 1 : 0)])
      .filter(([, count]) => count > 0),
  );
}
