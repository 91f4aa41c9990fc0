// A filter that does what the x-do-* headers of the request say and logs each host call with its status.
@external("env", "proxy_log") declare function proxy_log(level: u32, p: usize, n: usize): u32;

@external("env", "proxy_get_log_level") declare function proxy_get_log_level(out: usize): u32;

@external("env", "proxy_get_property") declare function proxy_get_property(
  p: usize,
  n: usize,
  vp: usize,
  vn: usize,
): u32;

@external("env", "proxy_set_property") declare function proxy_set_property(
  p: usize,
  n: usize,
  v: usize,
  vn: usize,
): u32;

@external("env", "proxy_get_header_map_value") declare function proxy_get_header_map_value(
  t: u32,
  k: usize,
  kn: usize,
  vp: usize,
  vn: usize,
): u32;

@external("env", "proxy_add_header_map_value") declare function proxy_add_header_map_value(
  t: u32,
  k: usize,
  kn: usize,
  v: usize,
  vn: usize,
): u32;

@external("env", "proxy_replace_header_map_value") declare function proxy_replace_header_map_value(
  t: u32,
  k: usize,
  kn: usize,
  v: usize,
  vn: usize,
): u32;

@external("env", "proxy_remove_header_map_value") declare function proxy_remove_header_map_value(
  t: u32,
  k: usize,
  kn: usize,
): u32;

@external("env", "proxy_get_header_map_pairs") declare function proxy_get_header_map_pairs(
  t: u32,
  p: usize,
  n: usize,
): u32;

@external("env", "proxy_set_header_map_pairs") declare function proxy_set_header_map_pairs(
  t: u32,
  p: usize,
  n: usize,
): u32;

@external("env", "proxy_get_header_map_size") declare function proxy_get_header_map_size(t: u32, out: usize): u32;

@external("env", "proxy_get_buffer_bytes") declare function proxy_get_buffer_bytes(
  t: u32,
  s: u32,
  l: u32,
  p: usize,
  n: usize,
): u32;

@external("env", "proxy_set_buffer_bytes") declare function proxy_set_buffer_bytes(
  t: u32,
  s: u32,
  l: u32,
  p: usize,
  n: usize,
): u32;

@external("env", "proxy_get_buffer_status") declare function proxy_get_buffer_status(t: u32, l: usize, f: usize): u32;

@external("env", "proxy_send_local_response") declare function proxy_send_local_response(
  c: u32,
  d: usize,
  dn: usize,
  b: usize,
  bn: usize,
  h: usize,
  hn: usize,
  g: i32,
): u32;

@external("env", "proxy_continue_stream") declare function proxy_continue_stream(t: u32): u32;

@external("env", "proxy_close_stream") declare function proxy_close_stream(t: u32): u32;

@external("env", "proxy_get_status") declare function proxy_get_status(c: usize, mp: usize, mn: usize): u32;

@external("env", "proxy_get_shared_data") declare function proxy_get_shared_data(
  k: usize,
  kn: usize,
  vp: usize,
  vn: usize,
  cas: usize,
): u32;

@external("env", "proxy_set_shared_data") declare function proxy_set_shared_data(
  k: usize,
  kn: usize,
  v: usize,
  vn: usize,
  cas: u32,
): u32;

@external("env", "proxy_define_metric") declare function proxy_define_metric(
  t: u32,
  n: usize,
  nn: usize,
  id: usize,
): u32;

@external("env", "proxy_increment_metric") declare function proxy_increment_metric(id: u32, o: i64): u32;

@external("env", "proxy_record_metric") declare function proxy_record_metric(id: u32, v: u64): u32;

@external("env", "proxy_get_metric") declare function proxy_get_metric(id: u32, out: usize): u32;

@external("env", "proxy_set_effective_context") declare function proxy_set_effective_context(id: u32): u32;

@external("env", "proxy_done") declare function proxy_done(): u32;

@external("env", "proxy_get_current_time_nanoseconds") declare function proxy_now(out: usize): u32;

@external("wasi_snapshot_preview1", "clock_time_get") declare function clock_time_get(id: u32, p: u64, out: usize): u32;

@external("wasi_snapshot_preview1", "random_get") declare function random_get(p: usize, n: usize): u32;

@external("wasi_snapshot_preview1", "environ_sizes_get") declare function environ_sizes_get(a: usize, b: usize): u32;

@external("wasi_snapshot_preview1", "environ_get") declare function environ_get(a: usize, b: usize): u32;

@external("wasi_snapshot_preview1", "fd_write") declare function fd_write(fd: u32, iov: usize, n: u32, out: usize): u32;

@external("wasi_snapshot_preview1", "fd_fdstat_get") declare function fd_fdstat_get(fd: u32, out: usize): u32;

@external("env", "proxy_set_tick_period_milliseconds") declare function proxy_set_tick_period(ms: u32): u32;

@external("env", "proxy_http_call") declare function proxy_http_call(
  c: usize,
  cn: usize,
  h: usize,
  hn: usize,
  b: usize,
  bn: usize,
  t: usize,
  tn: usize,
  ms: u32,
  out: usize,
): u32;

@external("env", "proxy_register_shared_queue") declare function proxy_register_shared_queue(
  n: usize,
  nn: usize,
  out: usize,
): u32;

@external("env", "proxy_resolve_shared_queue") declare function proxy_resolve_shared_queue(
  vm: usize,
  vmn: usize,
  n: usize,
  nn: usize,
  out: usize,
): u32;

@external("env", "proxy_enqueue_shared_queue") declare function proxy_enqueue_shared_queue(
  t: u32,
  v: usize,
  vn: usize,
): u32;

@external("env", "proxy_dequeue_shared_queue") declare function proxy_dequeue_shared_queue(
  t: u32,
  p: usize,
  n: usize,
): u32;

@external("env", "proxy_call_foreign_function") declare function proxy_call_foreign_function(
  n: usize,
  nn: usize,
  a: usize,
  an: usize,
  rp: usize,
  rn: usize,
): u32;

@external("env", "proxy_grpc_call") declare function proxy_grpc_call(
  s: usize,
  sn: usize,
  v: usize,
  vn: usize,
  m: usize,
  mn: usize,
  h: usize,
  hn: usize,
  b: usize,
  bn: usize,
  ms: u32,
  out: usize,
): u32;

@external("env", "proxy_grpc_stream") declare function proxy_grpc_stream(
  s: usize,
  sn: usize,
  v: usize,
  vn: usize,
  m: usize,
  mn: usize,
  h: usize,
  hn: usize,
  out: usize,
): u32;

@external("env", "proxy_grpc_send") declare function proxy_grpc_send(t: u32, b: usize, bn: usize, end: u32): u32;

@external("env", "proxy_grpc_close") declare function proxy_grpc_close(t: u32): u32;

@external("env", "proxy_grpc_cancel") declare function proxy_grpc_cancel(t: u32): u32;

const OUT: usize = memory.data(64, 16);
export function proxy_abi_version_0_2_1(): void {}
export function proxy_on_memory_allocate(n: usize): usize {
  return heap.alloc(n);
}
export function abort(m: usize, f: usize, l: u32, c: u32): void {
  say('abort ' + l.toString());
  unreachable();
}

function u8s(s: string): ArrayBuffer {
  return String.UTF8.encode(s);
}
function p(b: ArrayBuffer): usize {
  return changetype<usize>(b);
}
function say(s: string): void {
  const b = u8s(s);
  proxy_log(2, p(b), b.byteLength);
}
function clear(): void {
  store<u32>(OUT, 0xfeedfeed);
  store<u32>(OUT, 0xfeedfeed, 4);
  store<u64>(OUT, 0xfeedfeed, 8);
}
function ascii(ptr: usize, n: u32): string {
  let s = '';
  for (let i: u32 = 0; i < n; i++) {
    const c = load<u8>(ptr + i);
    if (c >= 32 && c < 127) s += String.fromCharCode(c);
    else {
      let h = '0123456789abcdef';
      s += '\\x' + h.charAt(c >> 4) + h.charAt(c & 15);
    }
  }
  return s;
}
function bytesOut(): string {
  const ptr = load<u32>(OUT),
    n = load<u32>(OUT, 4);
  if (ptr == 0xfeedfeed) return 'untouched';
  if (ptr == 0) return 'null:' + n.toString();
  return '"' + ascii(ptr, n) + '"';
}
function pairsOut(): string {
  const ptr = load<u32>(OUT),
    n = load<u32>(OUT, 4);
  if (ptr == 0xfeedfeed) return 'untouched';
  if (ptr == 0) return 'null:' + n.toString();
  const count = load<u32>(ptr);
  let at = ptr + 4 + count * 8;
  let s = '[' + count.toString() + ']';
  for (let i: u32 = 0; i < count; i++) {
    const k = load<u32>(ptr + 4 + i * 8),
      v = load<u32>(ptr + 8 + i * 8);
    s += ' ' + ascii(at, k) + '=' + ascii(at + k + 1, v) + ';';
    at += k + v + 2;
  }
  return s;
}
function path(s: string): ArrayBuffer {
  const b = u8s(s);
  const a = p(b);
  for (let i = 0; i < b.byteLength; i++) if (load<u8>(a + i) == 126) store<u8>(a + i, 0);
  return b;
}
function pairs(s: string): ArrayBuffer {
  const list = s.length ? s.split(',') : [];
  let size = 4;
  for (let i = 0; i < list.length; i++) size += 8 + list[i].length + 1;
  const b = new ArrayBuffer(size);
  let at = p(b) + 4 + list.length * 8;
  store<u32>(p(b), list.length);
  for (let i = 0; i < list.length; i++) {
    const kv = list[i].split('=');
    const k = u8s(kv[0]),
      v = u8s(kv.length > 1 ? kv[1] : '');
    store<u32>(p(b) + 4 + i * 8, k.byteLength);
    store<u32>(p(b) + 8 + i * 8, v.byteLength);
    memory.copy(at, p(k), k.byteLength);
    at += k.byteLength + 1;
    memory.copy(at, p(v), v.byteLength);
    at += v.byteLength + 1;
  }
  return b;
}
let ret: i32 = 0;
function dec(s: string): string {
  return s.replaceAll('_', ' ');
}
/** The stream whose callback runs, or whose answer it is. */
let current: u32 = 0;
/** `.` in a script: the callout that was made or is being answered. */
let lastToken: u32 = 0;
const calls = new Map<u32, u32>();
const replies = new Map<u32, string>();
const queues = new Map<string, u32>();
const rootScripts = new Map<string, string>();
function unescape(s: string): ArrayBuffer {
  const b = new ArrayBuffer(s.length);
  let n = 0;
  for (let i = 0; i < s.length; i++) {
    if (s.charAt(i) == '%' && i + 2 < s.length) {
      store<u8>(p(b) + n, <u8>parseInt(s.substr(i + 1, 2), 16));
      i += 2;
    } else store<u8>(p(b) + n, <u8>s.charCodeAt(i));
    n++;
  }
  return b.slice(0, n);
}
function run(phase: string, script: string): i32 {
  ret = 0;
  if (script.length == 0) return 0;
  const cmds = script.split('|');
  for (let i = 0; i < cmds.length; i++) {
    const a = cmds[i].split(' ');
    const op = a[0];
    while (a.length < 7) a.push('');
    clear();
    let rc: u32 = 0;
    let val = '';
    const t = a[1] == '.' ? lastToken : a[1].length ? <u32>parseInt(a[1]) : 0;
    const k = u8s(a[2]),
      v = u8s(a[3]);
    if (op == 'get') {
      rc = proxy_get_header_map_value(t, p(k), k.byteLength, OUT, OUT + 4);
      val = bytesOut();
    } else if (op == 'add') rc = proxy_add_header_map_value(t, p(k), k.byteLength, p(v), v.byteLength);
    else if (op == 'rep') rc = proxy_replace_header_map_value(t, p(k), k.byteLength, p(v), v.byteLength);
    else if (op == 'rem') rc = proxy_remove_header_map_value(t, p(k), k.byteLength);
    else if (op == 'pairs') {
      rc = proxy_get_header_map_pairs(t, OUT, OUT + 4);
      val = pairsOut();
    } else if (op == 'setpairs') {
      const b = pairs(a[2]);
      rc = proxy_set_header_map_pairs(t, p(b), b.byteLength);
    } else if (op == 'setjunk') {
      rc = proxy_set_header_map_pairs(t, p(k), k.byteLength);
    } else if (op == 'size') {
      rc = proxy_get_header_map_size(t, OUT);
      val = load<u32>(OUT).toString();
    } else if (op == 'prop') {
      const b = path(a[1]);
      rc = proxy_get_property(p(b), b.byteLength, OUT, OUT + 4);
      val = bytesOut();
    } else if (op == 'propmap') {
      const b = path(a[1]);
      rc = proxy_get_property(p(b), b.byteLength, OUT, OUT + 4);
      val = pairsOut();
    } else if (op == 'setprop') {
      const b = path(a[1]);
      rc = proxy_set_property(p(b), b.byteLength, p(k), k.byteLength);
    } else if (op == 'buf') {
      rc = proxy_get_buffer_bytes(t, <u32>parseInt(a[2]), <u32>parseInt(a[3]), OUT, OUT + 4);
      val = bytesOut();
    } else if (op == 'setbuf') {
      const b = u8s(a[4]);
      rc = proxy_set_buffer_bytes(t, <u32>parseInt(a[2]), <u32>parseInt(a[3]), p(b), b.byteLength);
    } else if (op == 'bufstat') {
      rc = proxy_get_buffer_status(t, OUT, OUT + 4);
      val = load<u32>(OUT).toString(16) + ',' + load<u32>(OUT, 4).toString(16);
    } else if (op == 'reply') {
      const d = u8s(dec(a[2])),
        b = u8s(dec(a[3])),
        h = pairs(a[4]);
      rc = proxy_send_local_response(
        t,
        p(d),
        d.byteLength,
        p(b),
        b.byteLength,
        p(h),
        h.byteLength,
        a[5].length ? <i32>parseInt(a[5]) : -1,
      );
    } else if (op == 'replynull') {
      rc = proxy_send_local_response(t, 0, 0, 0, 0, 0, 0, -1);
    } else if (op == 'cont') rc = proxy_continue_stream(t);
    else if (op == 'close') rc = proxy_close_stream(t);
    else if (op == 'status') {
      rc = proxy_get_status(OUT, OUT + 4, OUT + 8);
      val = load<u32>(OUT).toString();
    } else if (op == 'sdget') {
      const key = u8s(a[1]);
      store<u32>(OUT, 7, 8);
      rc = proxy_get_shared_data(p(key), key.byteLength, OUT, OUT + 4, OUT + 8);
      val = bytesOut() + ' cas ' + load<u32>(OUT, 8).toString();
    } else if (op == 'sdset') {
      const key = u8s(a[1]);
      rc = proxy_set_shared_data(p(key), key.byteLength, p(k), k.byteLength, a[3].length ? <u32>parseInt(a[3]) : 0);
    } else if (op == 'def') {
      rc = proxy_define_metric(t, p(k), k.byteLength, OUT);
      val = load<u32>(OUT).toString();
    } else if (op == 'inc') rc = proxy_increment_metric(t, <i64>parseInt(a[2]));
    else if (op == 'rec') rc = proxy_record_metric(t, <u64>parseInt(a[2]));
    else if (op == 'getm') {
      rc = proxy_get_metric(t, OUT);
      val = load<u64>(OUT).toString();
    } else if (op == 'tick') rc = proxy_set_tick_period(t);
    else if (op == 'call') {
      // call CLUSTER HEADERS BODY TRAILERS MS
      const c = u8s(a[1]);
      const h = pairs(a[2]),
        b = u8s(dec(a[3])),
        tr = pairs(a[4]);
      rc = proxy_http_call(
        p(c),
        c.byteLength,
        p(h),
        h.byteLength,
        p(b),
        b.byteLength,
        p(tr),
        tr.byteLength,
        a[5].length ? <u32>parseInt(a[5]) : 1000,
        OUT,
      );
      val = load<u32>(OUT).toString();
      if (rc == 0) {
        lastToken = load<u32>(OUT);
        calls.set(lastToken, current);
      }
    } else if (op == 'qreg') {
      const n = u8s(a[1]);
      rc = proxy_register_shared_queue(p(n), n.byteLength, OUT);
      val = load<u32>(OUT).toString();
      if (rc == 0) queues.set(a[1], load<u32>(OUT));
    } else if (op == 'qres') {
      const m = u8s(a[1]);
      rc = proxy_resolve_shared_queue(p(m), m.byteLength, p(k), k.byteLength, OUT);
      val = load<u32>(OUT).toString();
    } else if (op == 'enq') rc = proxy_enqueue_shared_queue(t, p(k), k.byteLength);
    else if (op == 'deq') {
      rc = proxy_dequeue_shared_queue(t, OUT, OUT + 4);
      val = bytesOut();
    } else if (op == 'gcall') {
      // gcall SERVICE NAME METHOD METADATA MESSAGE MS
      const sv = unescape(a[1]),
        me = u8s(a[3]),
        md = pairs(a[4]),
        b = u8s(dec(a[5]));
      rc = proxy_grpc_call(
        p(sv),
        sv.byteLength,
        p(k),
        k.byteLength,
        p(me),
        me.byteLength,
        p(md),
        md.byteLength,
        p(b),
        b.byteLength,
        a[6].length ? <u32>parseInt(a[6]) : 1000,
        OUT,
      );
      val = load<u32>(OUT).toString();
      if (rc == 0) {
        lastToken = load<u32>(OUT);
        calls.set(lastToken, current);
      }
    } else if (op == 'gstream') {
      // gstream SERVICE NAME METHOD METADATA
      const sv = unescape(a[1]),
        me = u8s(a[3]),
        md = pairs(a[4]);
      rc = proxy_grpc_stream(
        p(sv),
        sv.byteLength,
        p(k),
        k.byteLength,
        p(me),
        me.byteLength,
        p(md),
        md.byteLength,
        OUT,
      );
      val = load<u32>(OUT).toString();
      if (rc == 0) {
        lastToken = load<u32>(OUT);
        calls.set(lastToken, current);
      }
    } else if (op == 'gsend') {
      const b = u8s(dec(a[2]));
      rc = proxy_grpc_send(t, p(b), b.byteLength, a[3].length ? <u32>parseInt(a[3]) : 0);
    } else if (op == 'gclose') rc = proxy_grpc_close(t);
    else if (op == 'gcancel') rc = proxy_grpc_cancel(t);
    else if (op == 'gstatus') {
      rc = proxy_get_status(OUT, OUT + 4, OUT + 8);
      val = load<u32>(OUT).toString() + ' "' + ascii(load<u32>(OUT, 4), load<u32>(OUT, 8)) + '"';
    } else if (op == 'ff') {
      // ff NAME ARGUMENT, with \\xHH for bytes
      const n = u8s(a[1]),
        arg = unescape(a[2]);
      rc = proxy_call_foreign_function(p(n), n.byteLength, p(arg), arg.byteLength, OUT, OUT + 4);
      val = bytesOut();
    } else if (op == 'cel') {
      // cel EXPRESSION: created, evaluated, deleted.
      const text = unescape(a[1]),
        create = u8s('expr_create'),
        evaluate = u8s('expr_evaluate'),
        remove = u8s('expr_delete');
      rc = proxy_call_foreign_function(p(create), create.byteLength, p(text), text.byteLength, OUT, OUT + 4);
      if (rc == 0) {
        const token = load<u32>(OUT);
        clear();
        rc = proxy_call_foreign_function(p(evaluate), evaluate.byteLength, token, 4, OUT, OUT + 4);
        val = 'evaluated ' + bytesOut();
        proxy_call_foreign_function(p(remove), remove.byteLength, token, 4, OUT, OUT + 4);
      }
    } else if (op == 'self') {
      proxy_set_effective_context(current);
      continue;
    } else if (op == 'keep') {
      // The rest of the line is what the next callout's answer does.
      replies.set(current, cmds.slice(i + 1).join('|'));
      return ret;
    } else if (op == 'on') {
      // on PHASE: the rest of the line is what that phase of the root does.
      rootScripts.set(a[1], cmds.slice(i + 1).join('|'));
      return ret;
    } else if (op == 'eff') rc = proxy_set_effective_context(t);
    else if (op == 'done') rc = proxy_done();
    else if (op == 'level') {
      rc = proxy_get_log_level(OUT);
      val = load<u32>(OUT).toString();
    } else if (op == 'log') {
      rc = proxy_log(t, p(k), k.byteLength);
    } else if (op == 'logbad') {
      rc = proxy_log(t, 0x7fffff00, 0x1000);
    } else if (op == 'getbad') {
      rc = proxy_get_header_map_value(t, 0x7fffff00, 5, OUT, OUT + 4);
      val = bytesOut();
    } else if (op == 'getbadout') {
      rc = proxy_get_header_map_value(t, p(k), k.byteLength, 0x7fffff00, 0x7fffff00);
    } else if (op == 'clock') {
      rc = clock_time_get(t, 0, OUT);
    } else if (op == 'random') {
      rc = random_get(heap.alloc(t), t);
    } else if (op == 'env') {
      rc = environ_sizes_get(OUT, OUT + 4);
      const n = load<u32>(OUT),
        m = load<u32>(OUT, 4);
      const vec = heap.alloc(n * 4 + 4),
        buf = heap.alloc(m + 1);
      environ_get(vec, buf);
      val = n.toString() + ' ' + ascii(buf, m);
    } else if (op == 'fdw') {
      store<u32>(OUT, <u32>p(k), 16);
      store<u32>(OUT, k.byteLength, 20);
      rc = fd_write(t, OUT + 16, 1, OUT + 24);
      val = load<u32>(OUT, 24).toString();
    } else if (op == 'fdstat') {
      rc = fd_fdstat_get(t, heap.alloc(32));
    } else if (op == 'ret') {
      ret = <i32>parseInt(a[1]);
      continue;
    } else if (op == 'trap') unreachable();
    else if (op == 'oob') store<u32>(0x7fffff00, 1);
    else if (op == 'loop') recurse(1);
    else {
      say('unknown command ' + op);
      continue;
    }
    say('P ' + phase + ' ' + cmds[i] + ' -> ' + rc.toString() + ' ' + val);
  }
  return ret;
}
function recurse(n: i32): i32 {
  return recurse(n + 1) + 1;
}
const scripts = new Map<string, string>();
function header(name: string): string {
  const k = u8s(name);
  store<u32>(OUT, 0);
  store<u32>(OUT, 0, 4);
  if (proxy_get_header_map_value(0, p(k), k.byteLength, OUT, OUT + 4) != 0) return '';
  return String.UTF8.decodeUnsafe(load<u32>(OUT), load<u32>(OUT, 4));
}
function remember(id: u32, phase: string): void {
  const s = header('x-do-' + phase);
  if (s.length) scripts.set(phase + id.toString(), s);
}
function play(id: u32, phase: string): i32 {
  const key = phase + id.toString();
  if (!scripts.has(key)) return 0;
  const s = scripts.get(key);
  scripts.delete(key);
  return run(phase, s);
}
function configScript(phase: string, size: u32, type: u32): i32 {
  clear();
  const rc = proxy_get_buffer_bytes(type, 0, size, OUT, OUT + 4);
  if (rc != 0 || load<u32>(OUT) == 0) return 1;
  const s = String.UTF8.decodeUnsafe(load<u32>(OUT), load<u32>(OUT, 4));
  if (!s.includes(' ') && !s.includes('|')) return 1;
  const r = run(phase, s);
  return s.includes('ret ') ? r : 1;
}
export function proxy_on_context_create(id: u32, parent: u32): void {
  if (parent == 0) say('P create root ' + id.toString());
}
export function proxy_on_vm_start(id: u32, n: u32): u32 {
  say('P vm_start ' + id.toString() + ' ' + n.toString());
  return configScript('vm_start', n, 6);
}
export function proxy_on_configure(id: u32, n: u32): u32 {
  say('P configure ' + id.toString() + ' ' + n.toString());
  return configScript('configure', n, 7);
}
export function proxy_on_request_headers(id: u32, n: u32, eos: u32): i32 {
  current = id;
  remember(id, 'body');
  remember(id, 'trail');
  remember(id, 'resbody');
  remember(id, 'restrail');
  remember(id, 'res');
  remember(id, 'log');
  remember(id, 'done');
  remember(id, 'delete');
  remember(id, 'ginit');
  remember(id, 'grecv');
  remember(id, 'gtrail');
  remember(id, 'gclose');
  const req = header('x-do-req');
  say('P req ' + n.toString() + ' ' + eos.toString());
  return run('req', req);
}
/** Body callbacks take one line each: the script's lines are apart by `;;`, the last one stays. */
function playNext(id: u32, phase: string): i32 {
  const key = phase + id.toString();
  if (!scripts.has(key)) return 0;
  const s = scripts.get(key);
  const at = s.indexOf(';;');
  if (at >= 0) scripts.set(key, s.substr(at + 2));
  return run(phase, at >= 0 ? s.substr(0, at) : s);
}
export function proxy_on_request_body(id: u32, n: u32, eos: u32): i32 {
  current = id;
  say('P body ' + n.toString() + ' ' + eos.toString());
  return playNext(id, 'body');
}
export function proxy_on_request_trailers(id: u32, n: u32): i32 {
  current = id;
  say('P trail ' + n.toString());
  return play(id, 'trail');
}
export function proxy_on_response_body(id: u32, n: u32, eos: u32): i32 {
  current = id;
  say('P resbody ' + n.toString() + ' ' + eos.toString());
  return playNext(id, 'resbody');
}
export function proxy_on_response_trailers(id: u32, n: u32): i32 {
  current = id;
  say('P restrail ' + n.toString());
  return play(id, 'restrail');
}
export function proxy_on_tick(root: u32): void {
  if (!rootScripts.has('tick')) return;
  say('P tick ' + root.toString());
  const s = rootScripts.get('tick');
  run('tick', s);
}
export function proxy_on_queue_ready(root: u32, token: u32): void {
  say('P queue ' + root.toString() + ' ' + token.toString());
  if (rootScripts.has('queue')) run('queue', rootScripts.get('queue'));
}
export function proxy_on_http_call_response(root: u32, token: u32, headers: u32, body: u32, trailers: u32): void {
  current = calls.has(token) ? calls.get(token) : 0;
  say(
    'P answer ' +
      token.toString() +
      ' ' +
      headers.toString() +
      ' ' +
      body.toString() +
      ' ' +
      trailers.toString(),
  );
  if (replies.has(current)) {
    const s = replies.get(current);
    replies.delete(current);
    run('answer', s);
  }
}
/** `DO down=…;;;up=…` as a connection's first bytes says what its callbacks do; `new` is for the next connection. */
let learned: u32 = 0;
function learn(id: u32): void {
  if (learned == id) return;
  learned = id;
  clear();
  if (proxy_get_buffer_bytes(2, 0, 4000, OUT, OUT + 4) != 0 || load<u32>(OUT) == 0) return;
  const s = String.UTF8.decodeUnsafe(load<u32>(OUT), load<u32>(OUT, 4));
  if (!s.startsWith('DO ')) return;
  const parts = s.substr(3).split(';;;');
  for (let i = 0; i < parts.length; i++) {
    const at = parts[i].indexOf('=');
    const phase = parts[i].substr(0, at);
    if (phase == 'new') rootScripts.set(phase, parts[i].substr(at + 1));
    else scripts.set(phase + id.toString(), parts[i].substr(at + 1));
  }
}
export function proxy_on_new_connection(id: u32): i32 {
  current = id;
  say('P new');
  if (!rootScripts.has('new')) return 0;
  const s = rootScripts.get('new');
  rootScripts.delete('new');
  return run('new', s);
}
export function proxy_on_downstream_data(id: u32, n: u32, end: u32): i32 {
  current = id;
  say('P down ' + n.toString() + ' ' + end.toString());
  learn(id);
  return playNext(id, 'down');
}
export function proxy_on_upstream_data(id: u32, n: u32, end: u32): i32 {
  current = id;
  say('P up ' + n.toString() + ' ' + end.toString());
  return playNext(id, 'up');
}
export function proxy_on_downstream_connection_close(id: u32, peer: u32): void {
  current = id;
  say('P dclose ' + peer.toString());
  play(id, 'dclose');
}
export function proxy_on_upstream_connection_close(id: u32, peer: u32): void {
  current = id;
  say('P uclose ' + peer.toString());
  play(id, 'uclose');
}
function grpcPhase(phase: string, token: u32, n: u32): void {
  current = calls.has(token) ? calls.get(token) : 0;
  lastToken = token;
  say('P ' + phase + ' ' + token.toString() + ' ' + n.toString());
  playNext(current, phase);
}
export function proxy_on_grpc_receive_initial_metadata(root: u32, token: u32, n: u32): void {
  grpcPhase('ginit', token, n);
}
export function proxy_on_grpc_receive(root: u32, token: u32, n: u32): void {
  grpcPhase('grecv', token, n);
}
export function proxy_on_grpc_receive_trailing_metadata(root: u32, token: u32, n: u32): void {
  grpcPhase('gtrail', token, n);
}
export function proxy_on_grpc_close(root: u32, token: u32, status: u32): void {
  grpcPhase('gclose', token, status);
}
export function proxy_on_response_headers(id: u32, n: u32, eos: u32): i32 {
  current = id;
  say('P res ' + n.toString() + ' ' + eos.toString());
  return play(id, 'res');
}
export function proxy_on_log(id: u32): void {
  say('P log');
  play(id, 'log');
}
export function proxy_on_done(id: u32): u32 {
  say('P done');
  play(id, 'done');
  return 1;
}
export function proxy_on_delete(id: u32): void {
  say('P delete');
  play(id, 'delete');
}
