import { Slice } from 'proxy-wasm';
import { PathReading } from '../path/reading';

/** Whose calls are governed, as every step knows it. */
@unmanaged
export class Target {
  service: Slice;
  /** How it reads paths. */
  paths: PathReading;
}
