/** Put in when the command is bundled (tools/bundle-cli.mjs): it runs where no other package of ours is. */
declare const TOLLGATE_RELEASE: Release;

interface Release {
  /** Of this command and of all our packages, which are released together. */
  version: string;
  /** The compiler that the SDK is made for: another one may not understand its transform. */
  assemblyscript: string;
}

export const release: Release = TOLLGATE_RELEASE;
