import { createBackupProgress } from './backup-progress';

it('says a line every two seconds at most, with what is under way', () => {
  const lines: string[] = [];
  let nowMs = 0;
  const { onEvent } = createBackupProgress('auto', false, (line) => void lines.push(line), () => nowMs); // prettier-ignore
  for (const doneBytes of [0, 512, 1_024, 1_536]) {
    onEvent({ verb: 'save', item: 'runs', doneBytes, totalBytes: 2_048 });
    nowMs += 1_000;
  }
  expect(lines).toEqual(['saving: 50% · 1.0 KiB of 2.0 KiB · runs']);
});

it('writes every event as JSON where a program asks for it, and nothing where nobody does', () => {
  const lines: string[] = [];
  const event = { verb: 'check', item: 'a', doneBytes: 1, totalBytes: 2 } as const;
  createBackupProgress('json', true, (line) => void lines.push(line)).onEvent(event);
  createBackupProgress('none', true, (line) => void lines.push(line)).onEvent(event);
  expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual([event]);
});
