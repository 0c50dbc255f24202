import { readdirSync, readlinkSync, realpathSync } from 'node:fs';
import path from 'node:path';
import {
  familyNames,
  foldName,
  isDamage,
  LegacyDatabase,
  LegacyFileError,
  openSalvagedAtOnce,
  STAGED_FILES,
  translated,
  type FileFamily,
  type Zone,
} from '@sluice/legacy';
import { quoteName } from '../exact/legacy-value';
import type { LegacyTable } from '../mapping/legacy-table';
import { isClosedFolder } from './closed-folder';
import { findDrift } from './drift';
import {
  AmbiguousSourceError,
  DanglingSourceError,
  LegacyRootError,
  MissingSourceError,
  NamedSourceError,
  OutsideRootError,
  UnknownOverrideError,
} from './inspect.errors';
import { deadLink, isDeadLink } from './links';
import { searchedPlaces } from './searched-places';
import { statPlace } from './stat-place';
import { unmappedFiles, unmappedRemark } from './unmapped-files';

export interface SourceSearch {
  readonly root: string;
  /** Other folders in which the legacy process ran; relative to this process's working directory. */
  readonly workingDirs?: readonly string[];
  readonly tables: readonly LegacyTable[];
  /** The file of a table where it is not to be searched for. */
  readonly files?: Readonly<Record<string, string>>;
  /** True: a table without a file is an error. */
  readonly required?: boolean;
  /** Every mapping there is, where `tables` is a choice of them: the others are then no strangers in a file. */
  readonly known?: readonly LegacyTable[];
  /** Of the legacy server's clock, for times in files that say none; `DEFAULT_ZONE` where it is not told. */
  readonly zone?: Zone | undefined;
  /** True: a damaged file is a file too, with the tables of its schema, and what can be read of it counts. */
  readonly salvage?: boolean;
}

/**
 * What is read in it by mistake was written later than it is taken for, so that a cache entry lives too short, never too
 * long.
 */
export const DEFAULT_ZONE: Zone = 'Asia/Kolkata';

export interface FoundFile {
  /** Absolute, symbolic links resolved. */
  readonly file: string;
  /**
   * What is read from it, in the order of the mappings. None of a file that lies where a mapped one can and holds what no
   * mapping knows: it is for the drift check alone, which refuses it.
   */
  readonly tables: readonly LegacyTable[];
  /** Mapped tables that this file may hold too and that are not read from it: empty twins, and what was not chosen. */
  readonly ignored: readonly string[];
  /** Where `file` is the folder of a family of files. */
  readonly family?: { readonly files: FileFamily; readonly zone: Zone };
}

export interface FoundSources {
  /** What the drift check will refuse comes first; the others are in the order of the mappings. */
  readonly files: readonly FoundFile[];
  readonly missing: readonly { readonly table: LegacyTable; readonly reason: string }[];
  /** A sentence that says where what is missing was looked for. */
  readonly searched: string;
  /** What a reader should know: empty twins, files at the second place, databases that are not in the mapping. */
  readonly notes: readonly string[];
}

/** One existing file that may hold a table. */
interface Candidate {
  readonly file: string;
  readonly shown: string;
  /** By table name, folded: whether it has rows. Null for a file of 0 bytes. */
  readonly tables: ReadonlyMap<string, boolean> | null;
  /** It holds what no mapping knows. */
  readonly strange: boolean;
}

/**
 * Finds the file of each table: below the root, below each working directory, and below each folder directly in the root,
 * because the legacy names are relative to wherever the process happened to run. Changes nothing. Refuses a table whose
 * rows are in two files, links that leave the given folders or lead nowhere, and files and folders that cannot be read
 * (`LegacyFileError`). A folder directly in the root that is closed to this user (`lost+found`) holds none of them.
 */
export function findSources(search: SourceSearch): FoundSources {
  try {
    return new SourceFinder(search).find();
  } catch (error) {
    throw translated(error, search.root);
  }
}

class SourceFinder {
  private readonly root: string;
  private readonly folders: readonly string[];
  private readonly trees: readonly string[];
  private readonly candidates = new Map<string, readonly Candidate[]>();
  private readonly notes: string[] = [];
  private readonly ambiguous: string[] = [];
  private readonly missing: { table: LegacyTable; reason: string }[] = [];
  private readonly staged: FoundFile[] = [];

  constructor(private readonly search: SourceSearch) {
    this.root = realFolder(search.root);
    const workingDirs = (search.workingDirs ?? []).map(realFolder);
    this.trees = [this.root, ...workingDirs];
    const inside = readdirSync(this.root)
      .sort()
      .map((name) => path.join(this.root, name));
    const dead = inside.filter(isDeadLink);
    for (const link of dead) {
      const nowhere = `leads nowhere (${readlinkSync(link)})`;
      this.notes.push(`${this.show(link)} is a link that ${nowhere}, so nothing is searched for below it.`);
    }
    const folders = inside.filter((folder) => statPlace(folder)?.isDirectory());
    const closed = folders.filter(isClosedFolder);
    for (const folder of closed) {
      this.notes.push(`${this.show(folder)} may not be read by this user, so nothing is searched for below it.`);
    }
    this.folders = [...this.trees, ...folders.filter((folder) => !closed.includes(folder))];
  }

  find(): FoundSources {
    const { tables, files = {}, known = tables, required = false } = this.search;
    const strangers = Object.keys(files).filter((name) => !known.some((table) => table.name === name));
    if (strangers.length > 0) throw new UnknownOverrideError(strangers);
    const chosen = new Map<string, LegacyTable[]>();
    for (const table of tables) {
      if (table.source.family) {
        this.chooseFolder(table, table.source.family, files[table.name]);
        continue;
      }
      const file = files[table.name] === undefined ? this.choose(table) : this.named(table, files[table.name] ?? '');
      if (file !== null) chosen.set(file, [...(chosen.get(file) ?? []), table]);
    }
    if (this.ambiguous.length > 0) throw new AmbiguousSourceError(this.ambiguous);
    const searched = `What is missing was searched for in ${searchedPlaces(this.trees, this.folders)}.`;
    if (required && this.missing.length > 0) {
      throw new MissingSourceError([...this.missing.map(({ table, reason }) => `${table.name}: ${reason}`), searched]);
    }
    const found = [...chosen].map(([file, read]) => ({
      file,
      tables: read,
      ignored: known.filter((table) => !read.includes(table)).map(({ source }) => source.table),
    }));
    this.noteUnmapped(known, new Set(chosen.keys()));
    return {
      files: [...this.strays(known, new Set(chosen.keys())), ...found, ...this.staged],
      missing: this.missing,
      searched,
      notes: this.notes,
    };
  }

  /** A table that was renamed is no missing one: its file is refused like one that is read. */
  private strays(known: readonly LegacyTable[], chosen: ReadonlySet<string>): FoundFile[] {
    const unread = [...this.candidates.values()].flat().filter(({ file, strange }) => strange && !chosen.has(file));
    const ignored = known.map(({ source }) => source.table);
    return [...new Set(unread.map(({ file }) => file))].map((file) => ({ file, tables: [], ignored }));
  }

  private noteUnmapped(known: readonly LegacyTable[], chosen: ReadonlySet<string>): void {
    for (const place of unmappedFiles(this.folders, known, chosen)) {
      const remark = unmappedRemark(place, (file) => this.isInside(file));
      this.notes.push(`not in the mapping: ${this.show(place)}${remark}`);
    }
  }

  /** The folder that holds files of the family. Folders without any do not count. */
  private chooseFolder(table: LegacyTable, family: FileFamily, named: string | undefined): void {
    if (named === undefined) this.refuseDeadLinks(family.folder);
    const places = this.folders.map((folder) => path.join(folder, family.folder));
    const found = (named === undefined ? places : [path.resolve(named)]).filter((place) => hasFiles(place, family));
    const outside = named === undefined ? found.filter((place) => !this.isInside(place)) : [];
    if (outside.length > 0) throw new OutsideRootError(outside.map((place) => this.show(place)));
    const folders = [...new Set(found.map((place) => realpathSync(place)))];
    const [folder] = folders;
    if (folder === undefined) {
      if (named !== undefined) throw new NamedSourceError(table.name, `no ${family.pattern} in ${this.show(named)}`);
      this.missing.push({ table, reason: `no ${table.source.file}` });
    } else if (folders.length > 1) {
      this.ambiguous.push(`${table.name}: ${folders.map((place) => this.show(place)).join(' and ')}`);
    } else {
      if (this.show(folder) !== family.folder) this.notes.push(`${table.name} is in ${this.show(folder)}.`);
      const zone = this.search.zone ?? DEFAULT_ZONE;
      this.staged.push({ file: folder, tables: [table], ignored: [STAGED_FILES], family: { files: family, zone } });
    }
  }

  /** The file that holds the table's rows, or else the table; null, and noted as missing, where none does. */
  private choose(table: LegacyTable): string | null {
    const { source, name } = table;
    const candidates = this.candidatesFor(source.file);
    const holders = candidates.filter((candidate) => candidate.tables?.has(foldName(source.table)));
    const filled = holders.filter((candidate) => candidate.tables?.get(foldName(source.table)));
    if (filled.length > 1) {
      this.ambiguous.push(`${name}: ${filled.map(({ shown }) => shown).join(' and ')}`);
      return null;
    }
    const [chosen] = filled.length === 1 ? filled : holders;
    if (!chosen) {
      this.missing.push({ table, reason: missingReason(source, candidates) });
      return null;
    }
    if (chosen.shown !== source.file) this.notes.push(`${name} is in ${chosen.shown}.`);
    for (const twin of holders)
      if (twin !== chosen) this.notes.push(`${name} is empty in ${twin.shown}, which is ignored.`);
    return chosen.file;
  }

  private named(table: LegacyTable, file: string): string {
    const place = path.resolve(file);
    if (!exists(place)) throw new NamedSourceError(table.name, `${this.show(place)} does not exist`);
    const candidate = this.read(place);
    if (!candidate.tables?.has(foldName(table.source.table))) {
      throw new NamedSourceError(table.name, `${candidate.shown} has no table ${table.source.table}`);
    }
    return candidate.file;
  }

  private candidatesFor(file: string): readonly Candidate[] {
    const known = this.candidates.get(file);
    if (known) return known;
    this.refuseDeadLinks(file);
    const paths = this.folders.map((folder) => path.join(folder, file)).filter((place) => exists(place));
    const outside = paths.filter((place) => !this.isInside(place));
    if (outside.length > 0) throw new OutsideRootError(outside.map((place) => this.show(place)));
    const unique = [...new Map(paths.map((place) => [realpathSync(place), place])).values()];
    const candidates = unique.map((place) => this.read(place, unique.length > 1));
    for (const empty of candidates.filter(({ tables }) => tables === null)) {
      this.notes.push(`${empty.shown} is a file of 0 bytes, which is ignored.`);
    }
    this.candidates.set(file, candidates);
    return candidates;
  }

  private refuseDeadLinks(file: string): void {
    const links = this.folders.flatMap((folder) => deadLink(folder, file) ?? []);
    if (links.length === 0) return;
    throw new DanglingSourceError([...new Set(links)].map((link) => `${this.show(link)} -> ${readlinkSync(link)}`));
  }

  private isInside(place: string): boolean {
    const real = realpathSync(place);
    return this.trees.some((tree) => real.startsWith(tree + path.sep));
  }

  /** Which tables the file holds, and which of them have rows. With `lenient` a file of 0 bytes is none, not an error. */
  private read(place: string, lenient = false): Candidate {
    const shown = this.show(place);
    let database: LegacyDatabase;
    try {
      database = LegacyDatabase.open(place, { snapshot: 'in-place' });
    } catch (error) {
      if (lenient && error instanceof LegacyFileError && error.code === 'LEGACY_EMPTY')
        return { file: place, shown, tables: null, strange: false };
      if (this.search.salvage && isDamage(error)) return this.readDamaged(place, shown);
      throw error;
    }
    try {
      return this.look(database, shown);
    } catch (error) {
      if (!this.search.salvage || !isDamage(error)) throw error;
      return this.readDamaged(place, shown);
    } finally {
      database.close();
    }
  }

  private readDamaged(place: string, shown: string): Candidate {
    const database = openSalvagedAtOnce(place);
    try {
      return this.look(database, shown);
    } finally {
      database.close();
    }
  }

  private look(database: LegacyDatabase, shown: string): Candidate {
    const names = database
      .tables()
      .filter(({ columns }) => columns.length > 0)
      .map(({ name }) => name);
    // A table that lost pages may have lost all its rows, and is no empty twin of another for that.
    const damaged = new Set(database.damage?.pages.map(({ table }) => table));
    const hasRows = (name: string): boolean =>
      damaged.has(name) || database.rows(`SELECT 1 FROM ${quoteName(name)} LIMIT 1`).length > 0;
    const mapped = (this.search.known ?? this.search.tables).map(({ source }) => source.table);
    const wanted = new Set(mapped.map(foldName));
    const tables = new Map(names.map((name) => [foldName(name), wanted.has(foldName(name)) && hasRows(name)]));
    return { file: database.path, shown, tables, strange: findDrift(database, [], mapped).length > 0 };
  }

  private show(place: string): string {
    const relative = path.relative(this.root, place);
    return relative.startsWith('..') ? place : relative;
  }
}

function missingReason({ file, table }: LegacyTable['source'], candidates: readonly Candidate[]): string {
  const empty = candidates.filter(({ tables }) => tables === null).map(({ shown }) => `${shown} is a file of 0 bytes`);
  const others = candidates.filter(({ tables }) => tables !== null);
  const without = others.map(({ shown }) => `${shown} is there, but has no table ${table}`);
  return candidates.length === 0 ? `no ${file}` : [...without, ...empty].join('; ');
}

/** The folder's real path; throws where it is none. */
function realFolder(folder: string): string {
  const absolute = path.resolve(folder);
  if (!statPlace(absolute)?.isDirectory()) throw new LegacyRootError(absolute);
  return realpathSync(absolute);
}

/** Also where only the index is left: what it says of files that are gone is worth a report. */
const hasFiles = (folder: string, family: FileFamily): boolean =>
  Boolean(statPlace(folder)?.isDirectory()) &&
  (familyNames(folder, family).length > 0 || (family.index !== undefined && exists(path.join(folder, family.index))));

/** A folder of that name, or a FIFO, counts too and is refused when it is opened. */
const exists = (place: string): boolean => statPlace(place) !== undefined;
