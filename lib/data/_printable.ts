/** Text from a file in a form that fits into a message: short and without control characters. */
export function printable(text: string): string {
  const short = text.length > 60 ? `${text.slice(0, 60)}...` : text;
  return short.replace(/[\p{Cc}\p{Zl}\p{Zp}]/gu, "?");
}
