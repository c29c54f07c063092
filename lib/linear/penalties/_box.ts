/**
 * `argmin_θ Σ σ_i² / (shift + θ_i)` over `0 ≤ θ_i ≤ 1`, `Σ θ ≤ total`.
 *
 * The minimum has `θ_i = clip(α σ_i - shift, 0, 1)`; the sum is piecewise linear and rising in α,
 * so its break points bracket the α that gives `total`. Zero values get no share.
 */
export function boxShares(sigma: Float64Array, shift: number, total: number): Float64Array {
  const clip = (alpha: number) =>
    sigma.map((s) => s === 0 ? 0 : Math.min(1, Math.max(0, alpha * s - shift)));
  const sum = (alpha: number) => clip(alpha).reduce((all, share) => all + share, 0);
  const positive = sigma.filter((s) => s > 0);
  if (positive.length <= total) return sigma.map((s) => s > 0 ? 1 : 0);
  const breaks = Float64Array.from([
    ...positive.map((s) => shift / s),
    ...positive.map((s) => (shift + 1) / s),
  ]).sort();
  let low = 0, high = breaks.length - 1;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (sum(breaks[middle]) <= total) low = middle;
    else high = middle;
  }
  const below = sum(breaks[low]), above = sum(breaks[high]);
  const share = above > below ? (total - below) / (above - below) : 0;
  return clip(breaks[low] + share * (breaks[high] - breaks[low]));
}
