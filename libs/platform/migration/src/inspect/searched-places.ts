import path from 'node:path';

const SHOWN_FOLDERS = 8;

/** Where a missing file was looked for: the trees' roots, then the folders in the first, as many as a line holds. */
export function searchedPlaces(trees: readonly string[], folders: readonly string[]): string {
  const inside = folders.filter((folder) => !trees.includes(folder)).map((folder) => path.basename(folder));
  const more = inside.length - SHOWN_FOLDERS;
  const names = [...inside.slice(0, SHOWN_FOLDERS), ...(more > 0 ? [`${more} more`] : [])].join(', ');
  const [root = '', ...others] = trees;
  return [inside.length > 0 ? `${root} and in its folders (${names})` : root, ...others].join(', ');
}
