import { Action, Decoder, HttpFilter, List, Slice, Value, clearRouteCache, make, requestHeaders } from 'proxy-wasm';


@unmanaged
class Settings {
  /** Tenants whose requests go to the new version. */
  tenants: List<Slice>;
}

/** Sets `x-version`, by which Envoy chooses the route. A value that the client sent is dropped. */
@filter
class HeaderRouting extends HttpFilter<Settings> {
  static configure(decoder: Decoder, value: Value | null): Settings {
    const settings = make<Settings>(decoder.arena);
    const object = decoder.object(value);
    const array = decoder.array(decoder.required(object, 'tenants'));
    settings.tenants = List.of<Slice>(decoder.arena, array ? array.count : 0);
    for (let item = array ? array.first : null; item; item = item!.next)
      settings.tenants.put(item.index, decoder.name(item));
    decoder.end(object);
    return settings;
  }

  onRequestHeaders(count: u32, endOfStream: bool): Action {
    requestHeaders.set('x-version', this.isNew() ? 'new' : 'old');
    clearRouteCache();
    return Action.CONTINUE;
  }

  private isNew(): bool {
    const tenant = requestHeaders.first('x-tenant');
    if (!tenant) return false;
    const tenants = this.configuration.tenants;
    for (let i = 0; i < tenants.length; i++) {
      if (tenants.at(i).equals(tenant)) return true;
    }
    return false;
  }
}
