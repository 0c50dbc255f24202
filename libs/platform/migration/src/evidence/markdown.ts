/** Nothing in a value becomes markup: neither of Markdown nor of the HTML that Markdown lets through. */
export const escapeText = (text: string): string =>
  text.replace(/[\r\n]+/g, ' ').replace(/[&<>]/g, (char) => `&#${char.charCodeAt(0)};`).replace(/[\\|*_`[\]]/g, '\\$&'); // prettier-ignore
