import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  DEFAULT_SKEW_BOUND_MS,
  formatHlc,
  HLC_START,
  type HlcState,
  parseHlc,
  receive,
  tick,
} from './hlc.ts';

const NODE = '01912d68-783e-7a03-8467-5661c1243ad4';

test('[C1] however the wall clock jumps, each event sorts after the one before', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: 2_000_000_000_000 }), { minLength: 2, maxLength: 50 }),
      (times) => {
        let state: HlcState = HLC_START;
        const texts = times.map((now) => {
          state = tick(state, now);
          return formatHlc(state, NODE);
        });
        expect(texts.toSorted()).toEqual(texts);
        expect(new Set(texts).size).toBe(texts.length);
      },
    ),
  );
});

test('[C1] a hundred thousand events in a clock that stands still keep their order', () => {
  let state = tick(HLC_START, 1_000);
  let text = formatHlc(state, NODE);
  for (let event = 0; event < 100_001; event += 1) {
    state = tick(state, 1_000);
    const next = formatHlc(state, NODE);
    if (next <= text) throw new Error(`${next} after ${text}`);
    text = next;
  }
  expect(state.ms).toBe(1_001);
});

test('the text says the time, the count and the end of the box’s id, and reads back', () => {
  const state = { ms: 1_700_000_000_000, counter: 7 };
  expect(formatHlc(state, NODE)).toBe('001700000000000-00007-c1243ad4');
  expect(parseHlc(formatHlc(state, NODE))).toEqual(state);
  expect(parseHlc('yesterday')).toBeNull();
});

test('[C2] a clock within the bound is adopted: our next event sorts after it', () => {
  const remote = { ms: 1_000_000 + DEFAULT_SKEW_BOUND_MS, counter: 3 };
  expect(receive(HLC_START, remote, 1_000_000)).toEqual({
    kind: 'adopted',
    state: { ms: remote.ms, counter: 4 },
  });
  expect(receive({ ms: 2_000_000, counter: 1 }, remote, 2_000_000).state).toEqual({
    ms: 2_000_000,
    counter: 2,
  });
});

test('[C2] a clock further ahead is reported and leaves ours alone', () => {
  const remote = { ms: 1_000_001 + DEFAULT_SKEW_BOUND_MS, counter: 0 };
  expect(receive(HLC_START, remote, 1_000_000)).toEqual({
    kind: 'ahead',
    state: { ms: 1_000_000, counter: 0 },
    aheadMs: DEFAULT_SKEW_BOUND_MS + 1,
  });
});
