/** Shares of calls as Envoy has them: to the ten-thousandth of a percent, which is a millionth. */
export function fraction(percent: number) {
  if (Number.isInteger(percent)) return { numerator: percent, denominator: 'HUNDRED' as const };
  return { numerator: Math.round(percent * 10_000), denominator: 'MILLION' as const };
}
