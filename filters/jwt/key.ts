import {
  ED25519_SIGNATURE_BYTES,
  Ed25519Key,
  HmacKey,
  HmacSha512Key,
  RsaKey,
  Signature,
  Slice,
  checkSignature,
  ecdsaSignature,
  request,
  sameInConstantTime,
  verifyPss,
} from 'proxy-wasm';
import { Algorithm } from './algorithm';

const DIGEST: usize = memory.data(64, 8);

/** A key of a key set. What it may verify stands in it, whatever a token says of itself. */
@unmanaged
export class Key {
  id: Slice | null;
  /** A bit for each algorithm. */
  allows: u32;
  hs256: HmacKey | null;
  hs384: HmacSha512Key | null;
  hs512: HmacSha512Key | null;
  /** SubjectPublicKeyInfo of an RSA or EC key. */
  spki: Slice;
  /** An RSA key that may verify PSS, which the host does not. */
  rsa: RsaKey | null;
  ed25519: Ed25519Key | null;
  /** Bytes of an RSA key's modulus, and so of a signature. */
  modulus: i32;
  /** Bytes of an EC key's coordinate, half a signature. */
  coordinate: i32;

  /** Whether a token could mean the other key as well. */
  isLike(other: Key): bool {
    const id = this.id;
    const otherId = other.id;
    return id != null && otherId != null && id.equals(otherId) && (this.allows & other.allows) != 0;
  }

  mayVerify(algorithm: Algorithm): bool {
    return ((this.allows >> algorithm) & 1) != 0;
  }

  /** How long each of its signatures is. */
  signatureBytes(algorithm: Algorithm): i32 {
    if (algorithm <= Algorithm.HS512) return digestBytes(algorithm);
    if (algorithm == Algorithm.EDDSA) return ED25519_SIGNATURE_BYTES;
    return this.coordinate ? this.coordinate << 1 : this.modulus;
  }

  /** What it takes to verify a text of this length, in µs: about what was measured, for the filter's own work and the host's. */
  costUs(algorithm: Algorithm, length: i32): i32 {
    if (algorithm <= Algorithm.RS512 && algorithm >= Algorithm.RS256) return (this.modulus * this.modulus) >> 11;
    if (algorithm == Algorithm.ES384 || algorithm == Algorithm.ES512) return 400;
    if (algorithm == Algorithm.ES256) return 100;
    const hashUs = 3 + (length >> 7);
    if (algorithm <= Algorithm.HS512) return hashUs;
    return hashUs + (algorithm == Algorithm.EDDSA ? 125 : (this.modulus * this.modulus * 5) >> 12);
  }

  /** Of an algorithm that the key may verify, and a signature of the right length. */
  verify(algorithm: Algorithm, text: Slice, signature: Slice): Signature {
    if (algorithm <= Algorithm.HS512) return told(this.tags(algorithm, text, signature));
    if (algorithm == Algorithm.EDDSA) return told(this.ed25519!.verifies(signature, text));
    if (algorithm >= Algorithm.PS256) {
      return told(verifyPss(request, this.rsa!, digestBytes(algorithm), signature, text));
    }
    const hash = hashOf(algorithm);
    if (algorithm <= Algorithm.RS512) return checkSignature(hash, this.spki, signature, text);
    return checkSignature(hash, this.spki, ecdsaSignature(request, signature), text);
  }

  private tags(algorithm: Algorithm, text: Slice, signature: Slice): bool {
    if (algorithm == Algorithm.HS256) this.hs256!.digest(text.at, text.length, DIGEST);
    else if (algorithm == Algorithm.HS384) this.hs384!.digest(text.at, text.length, DIGEST);
    else this.hs512!.digest(text.at, text.length, DIGEST);
    return sameInConstantTime(DIGEST, signature.at, digestBytes(algorithm));
  }
}

function digestBytes(algorithm: Algorithm): i32 {
  return 32 + 16 * (algorithm % 3);
}

function told(right: bool): Signature {
  return right ? Signature.RIGHT : Signature.WRONG;
}

/** As Envoy names them. */
function hashOf(algorithm: Algorithm): Slice {
  const size = algorithm % 3;
  return size == 0 ? 'sha256' : size == 1 ? 'sha384' : 'sha512';
}
