/** A page with a title and the line that says where it comes from. */
export const page = (title: string, ...parts: readonly string[]): string =>
  [`# ${title}`, 'Made from the code by `npm run docs:reference`; edit the code, not this file.', ...parts].join(
    '\n\n',
  ) + '\n';

/** A table; cells may hold any text. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.map(cell).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

export const code = (text: string): string => `\`${text}\``;

const cell = (text: string): string => text.replaceAll('|', '\\|').replace(/\s*\n\s*/g, ' ');
