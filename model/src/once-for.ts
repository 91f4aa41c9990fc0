/** `make`, which is asked once for each key as long as that lives. It must look at nothing that changes but the key. */
export function onceFor<Key extends object, Made>(make: (key: Key) => Made): (key: Key) => Made {
  const known = new WeakMap<Key, { made: Made }>();
  return (key) => {
    let found = known.get(key);
    if (!found) {
      found = { made: make(key) };
      known.set(key, found);
    }
    return found.made;
  };
}
