/** What was made of some objects, by them, for as long as they live: what did not change is not made again. */
export class Kept<Made> {
  private readonly first: Step<Made> = {};

  /** `make` must look at nothing that changes but these objects. */
  of(objects: readonly object[], make: () => Made): Made {
    let step = this.first;
    for (const object of objects) {
      step.next ??= new WeakMap();
      let next = step.next.get(object);
      if (!next) {
        next = {};
        step.next.set(object, next);
      }
      step = next;
    }
    step.made ??= { value: make() };
    return step.made.value;
  }
}

interface Step<Made> {
  made?: { value: Made };
  next?: WeakMap<object, Step<Made>>;
}
