/** Lanczos' approximation (g = 7, nine terms) of ln Γ(x) for x > 0; relative error below 1e-13. */
export function lnGamma(x: number): number {
  if (x < 0.5) return Math.log(Math.PI / Math.abs(Math.sin(Math.PI * x))) - lnGamma(1 - x);
  let sum = LANCZOS[0];
  for (let term = 1; term < LANCZOS.length; term += 1) sum += (LANCZOS[term] ?? 0) / (x - 1 + term);
  const t = x + 6.5;
  return 0.9189385332046727 + (x - 0.5) * Math.log(t) - t + Math.log(sum);
}

const LANCZOS = [
  0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059,
  12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
] as const;

/**
 * ln P(K >= k) for K of a beta-binomial distribution: `n` draws, mean share `mean`, and any two draws correlated by `rho` (0: binomial, all
 * independent; 1: all draws are one). Everything in logarithms: 1e-400 is a figure, not a zero.
 */
export function lnTail(k: number, n: number, mean: number, rho: number): number {
  if (k <= 0 || mean >= 1) return 0;
  if (k > n || mean <= 0) return -Infinity;
  if (rho >= 1 - 1e-9) return Math.log(mean);
  // At a correlation of less than this the two distributions are one, and the beta function's terms cancel to noise.
  const binomial = rho * (n - 1) < 1e-6;
  const alpha = binomial ? 0 : (mean * (1 - rho)) / rho;
  const beta = binomial ? 0 : ((1 - mean) * (1 - rho)) / rho;
  const choose = lnGamma(n + 1) - lnGamma(k + 1) - lnGamma(n - k + 1);
  const first = binomial
    ? choose + k * Math.log(mean) + (n - k) * Math.log1p(-mean)
    : choose + lnBeta(k + alpha, n - k + beta) - lnBeta(alpha, beta);
  // Each term by the ratio to the one before; the sum is kept relative to the first.
  let sum = 1;
  let term = 1;
  for (let j = k; j < n; j += 1) {
    term *= ((n - j) / (j + 1)) * (binomial ? mean / (1 - mean) : (j + alpha) / (n - j - 1 + beta));
    sum += term;
    if (term < sum * 1e-16 && j > n * mean) break;
    if (!Number.isFinite(sum)) return 0;
  }
  return Math.min(0, first + Math.log(sum));
}

function lnBeta(a: number, b: number): number {
  return lnGamma(a) + lnGamma(b) - lnGamma(a + b);
}
