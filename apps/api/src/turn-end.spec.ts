import { TurnEnd } from './turn-end';

const nextTurn = () => new Promise(setImmediate);

it('hands over what came in one turn at its end, in order and once', async () => {
  const handed: (readonly number[])[] = [];
  const end = new TurnEnd<number>((all) => handed.push(all));
  for (const one of [1, 2, 3]) end.add(one);
  await Promise.resolve();
  expect(handed).toEqual([]);
  await nextTurn();
  end.add(4);
  await nextTurn();
  await nextTurn();
  expect(handed).toEqual([[1, 2, 3], [4]]);
});

it('hands over at once where it is told to, and then not again', async () => {
  const handed: (readonly number[])[] = [];
  const end = new TurnEnd<number>((all) => handed.push(all));
  end.add(1);
  end.now();
  expect(handed).toEqual([[1]]);
  end.now();
  await nextTurn();
  expect(handed).toEqual([[1]]);
});

it('keeps for the next turn what comes while it hands over', async () => {
  const handed: (readonly number[])[] = [];
  const end: TurnEnd<number> = new TurnEnd((all) => {
    handed.push(all);
    if (handed.length === 1) end.add(2);
  });
  end.add(1);
  await nextTurn();
  expect(handed).toEqual([[1]]);
  await nextTurn();
  expect(handed).toEqual([[1], [2]]);
});
