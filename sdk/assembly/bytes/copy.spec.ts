import { clearBytes, copyBytes } from './copy';

const FROM: usize = memory.data(512, 8);
const TO: usize = memory.data(512, 8);

describe('copyBytes', () => {
  it('copies as many bytes as it is told, and touches none beside them', () => {
    for (let i = 0; i < 512; i++) store<u8>(FROM + i, i * 7 + 1);
    for (let length = 0; length <= 300; length++) {
      memory.fill(TO, 0, 512);
      copyBytes(TO + 9, FROM + 3, length);
      let wrong = 0;
      for (let i = 0; i < length; i++) if (load<u8>(TO + 9 + i) != load<u8>(FROM + 3 + i)) wrong++;
      if (load<u8>(TO + 8) || load<u8>(TO + 9 + length)) wrong++;
      expect(wrong).toBe(0, length.toString());
    }
  });
});

describe('clearBytes', () => {
  it('clears so many and no more', () => {
    memory.fill(TO, 0xff, 512);
    clearBytes(TO + 8, 24);
    expect(load<u64>(TO, 8) | load<u64>(TO, 16) | load<u64>(TO, 24)).toBe(0);
    expect(load<u8>(TO, 7)).toBe(0xff);
    expect(load<u8>(TO, 32)).toBe(0xff);
  });
});
