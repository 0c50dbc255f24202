import { BackupProgress } from './progress';

it('never goes back or beyond its end, also where an item has more bytes than was foreseen', () => {
  const said: number[] = [];
  const progress = new BackupProgress('save', [10, 20], ({ doneBytes }) => void said.push(doneBytes));
  progress.next('a', 10);
  progress.onBytes(4);
  progress.onBytes(9);
  progress.next('b', 20);
  progress.onBytes(25);
  expect(said).toEqual([0, 4, 10, 10, 30]);
});
