;; Each callback does what the request's header x-actions says of it: pairs of letters, the callback and what to do there.
;;   callbacks   h b t request headers, body, trailers, H B T the response's, d done, l log
;;   to do       0 to 9 return that number; x trap; r answer 403 and pause; k answer 403 and say continue;
;;               p continue at once what is paused, and pause
(module
  (import "env" "proxy_get_header_map_value" (func $header (param i32 i32 i32 i32 i32) (result i32)))
  (import "env" "proxy_send_local_response" (func $reply (param i32 i32 i32 i32 i32 i32 i32 i32) (result i32)))
  (import "env" "proxy_continue_stream" (func $continue (param i32) (result i32)))
  (import "env" "proxy_log" (func $log (param i32 i32 i32) (result i32)))
  (memory (export "memory") 2)
  (data (i32.const 16) "x-actions")
  (data (i32.const 32) "refused by wat")
  (data (i32.const 64) "?")
  (func (export "proxy_abi_version_0_2_1"))
  (func (export "proxy_on_memory_allocate") (param $size i32) (result i32)
    (select (i32.const 0) (i32.const 4096) (i32.gt_u (local.get $size) (i32.const 65536))))

  ;; Envoy has the request's headers in their own callback only, so the wishes are kept. One stream at a time is asked about.
  (global $wishes i32 (i32.const 8192))
  (global $length (mut i32) (i32.const 0))
  (func $keep
    (global.set $length (i32.const 0))
    (if (call $header (i32.const 0) (i32.const 16) (i32.const 9) (i32.const 0) (i32.const 4)) (then (return)))
    (global.set $length (i32.load (i32.const 4)))
    (memory.copy (global.get $wishes) (i32.load (i32.const 0)) (global.get $length))
    (drop (call $log (i32.const 2) (global.get $wishes) (global.get $length))))

  ;; What is wished of a callback, 0 where nothing is. The callback's letter is logged.
  (func $wish (param $callback i32) (result i32)
    (local $at i32) (local $end i32)
    (i32.store8 (i32.const 64) (local.get $callback))
    (drop (call $log (i32.const 2) (i32.const 64) (i32.const 1)))
    (local.set $at (global.get $wishes))
    (local.set $end (i32.add (local.get $at) (global.get $length)))
    (block $over
      (loop $next
        (br_if $over (i32.ge_u (local.get $at) (local.get $end)))
        (if (i32.eq (i32.load8_u (local.get $at)) (local.get $callback))
          (then (return (i32.load8_u offset=1 (local.get $at)))))
        (local.set $at (i32.add (local.get $at) (i32.const 2)))
        (br $next)))
    (i32.const 0))

  (func $do (param $callback i32) (result i32)
    (local $wish i32)
    (local.set $wish (call $wish (local.get $callback)))
    (if (i32.eqz (local.get $wish)) (then (return (i32.const 0))))
    (if (i32.eq (local.get $wish) (i32.const 0x78)) (then (unreachable)))
    (if (i32.eq (local.get $wish) (i32.const 0x72)) (then (call $refuse) (return (i32.const 1))))
    (if (i32.eq (local.get $wish) (i32.const 0x6b)) (then (call $refuse) (return (i32.const 0))))
    (if (i32.eq (local.get $wish) (i32.const 0x70))
      (then (drop (call $continue (i32.ge_u (i32.const 0x5a) (local.get $callback)))) (return (i32.const 1))))
    (i32.sub (local.get $wish) (i32.const 0x30)))

  (func $refuse
    (drop (call $reply (i32.const 403) (i32.const 32) (i32.const 7) (i32.const 32) (i32.const 14)
      (i32.const 0) (i32.const 0) (i32.const -1))))

  (func (export "proxy_on_context_create") (param i32 i32))
  (func (export "proxy_on_request_headers") (param i32 i32 i32) (result i32)
    (call $keep)
    (call $do (i32.const 0x68)))
  (func (export "proxy_on_request_body") (param i32 i32 i32) (result i32) (call $do (i32.const 0x62)))
  (func (export "proxy_on_request_trailers") (param i32 i32) (result i32) (call $do (i32.const 0x74)))
  (func (export "proxy_on_response_headers") (param i32 i32 i32) (result i32) (call $do (i32.const 0x48)))
  (func (export "proxy_on_response_body") (param i32 i32 i32) (result i32) (call $do (i32.const 0x42)))
  (func (export "proxy_on_response_trailers") (param i32 i32) (result i32) (call $do (i32.const 0x54)))
  ;; Done at once, unless the trap is wished.
  (func (export "proxy_on_done") (param i32) (result i32) (drop (call $do (i32.const 0x64))) (i32.const 1))
  (func (export "proxy_on_log") (param i32) (drop (call $do (i32.const 0x6c)))))
