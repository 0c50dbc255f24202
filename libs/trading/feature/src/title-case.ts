/** `str.title()` of Python: each run of letters begins with a capital and goes on in small letters. */
export function titleCase(text: string): string {
  return text.toLowerCase().replace(/\p{L}+/gu, (word) => word.charAt(0).toUpperCase() + word.slice(1));
}
