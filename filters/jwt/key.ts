import { sameInConstantTime } from 'proxy-wasm/assembly/bytes/constant-time';
import { Slice } from 'proxy-wasm/assembly/bytes/slice';
import { ecdsaSignature } from 'proxy-wasm/assembly/crypto/der';
import { Ed25519Key } from 'proxy-wasm/assembly/crypto/ed25519';
import { verifyPss } from 'proxy-wasm/assembly/crypto/pss';
import { RsaKey } from 'proxy-wasm/assembly/crypto/rsa';
import { verifySignature } from 'proxy-wasm/assembly/crypto/verify-signature';
import { HmacKey } from 'proxy-wasm/assembly/hash/hmac';
import { HmacSha512Key } from 'proxy-wasm/assembly/hash/hmac-sha512';
import { request } from 'proxy-wasm/assembly/memory/request';
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
  /** Bytes of an EC key's coordinate, half a signature. */
  coordinate: i32;

  mayVerify(algorithm: Algorithm): bool {
    return ((this.allows >> algorithm) & 1) != 0;
  }

  verifies(algorithm: Algorithm, text: Slice, signature: Slice): bool {
    if (!this.mayVerify(algorithm)) return false;
    if (algorithm <= Algorithm.HS512) return this.tags(algorithm, text, signature);
    if (algorithm == Algorithm.EDDSA) return this.ed25519!.verifies(signature, text);
    if (algorithm >= Algorithm.PS256) return verifyPss(request, this.rsa!, 32 + 16 * (algorithm % 3), signature, text);
    const hash = hashOf(algorithm);
    if (algorithm <= Algorithm.RS512) return verifySignature(hash, this.spki, signature, text);
    if (signature.length != this.coordinate << 1) return false;
    return verifySignature(hash, this.spki, ecdsaSignature(request, signature), text);
  }

  private tags(algorithm: Algorithm, text: Slice, signature: Slice): bool {
    let length = 32;
    if (algorithm == Algorithm.HS256) this.hs256!.digest(text.at, text.length, DIGEST);
    else if (algorithm == Algorithm.HS384) {
      length = 48;
      this.hs384!.digest(text.at, text.length, DIGEST);
    } else {
      length = 64;
      this.hs512!.digest(text.at, text.length, DIGEST);
    }
    return signature.length == length && sameInConstantTime(DIGEST, signature.at, length);
  }
}

/** As Envoy names them. */
function hashOf(algorithm: Algorithm): Slice {
  const size = algorithm % 3;
  return size == 0 ? 'sha256' : size == 1 ? 'sha384' : 'sha512';
}
