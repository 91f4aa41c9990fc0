import { heapArena, textSlice } from 'proxy-wasm';
import { isFresh, splitToken } from './parts';

const arena = heapArena();
const DAY: i64 = 86400000;
const MIDNIGHT: i64 = 1795219200000;
const HEX = '0f7a613289c9a3e76df1d4d00e53aa872e3b83c71afc7314366b183d773e0c09';

describe('the parts of a token', () => {
  it('are three or four', () => {
    const three = splitToken(arena, textSlice(arena, 'orders.20261121.' + HEX), false, false)!;
    expect(three.system.equals('orders')).toBe(true);
    expect(three.date.equals('20261121')).toBe(true);
    expect(three.nonce == null).toBe(true);
    expect(three.dateMs).toBe(MIDNIGHT);
    const four = splitToken(arena, textSlice(arena, 'orders.20261121.7f3a9c.' + HEX), false, false)!;
    expect(four.nonce!.equals('7f3a9c')).toBe(true);
    expect(splitToken(arena, textSlice(arena, 'orders.20261121.7f3a9c.x.' + HEX), false, false) == null).toBe(true);
  });
});

describe('freshness', () => {
  it('of a day reaches from its midnight to the next, and the skew around both', () => {
    expect(isFresh(MIDNIGHT, false, 0, MIDNIGHT)).toBe(true);
    expect(isFresh(MIDNIGHT, false, 0, MIDNIGHT - 1)).toBe(false);
    expect(isFresh(MIDNIGHT, false, 0, MIDNIGHT + DAY)).toBe(true);
    expect(isFresh(MIDNIGHT, false, 0, MIDNIGHT + DAY + 1)).toBe(false);
    expect(isFresh(MIDNIGHT, false, 300000, MIDNIGHT - 300000)).toBe(true);
    expect(isFresh(MIDNIGHT, false, 300000, MIDNIGHT - 300001)).toBe(false);
    expect(isFresh(MIDNIGHT, false, 300000, MIDNIGHT + DAY + 300000)).toBe(true);
    expect(isFresh(MIDNIGHT, false, 300000, MIDNIGHT + DAY + 300001)).toBe(false);
  });
  it('of a second is the skew around it', () => {
    expect(isFresh(MIDNIGHT, true, 1000, MIDNIGHT + 1000)).toBe(true);
    expect(isFresh(MIDNIGHT, true, 1000, MIDNIGHT + 1001)).toBe(false);
    expect(isFresh(MIDNIGHT, true, 1000, MIDNIGHT - 1001)).toBe(false);
  });
});
