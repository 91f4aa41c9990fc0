/** The library that EnvoyWallClock preloads, in C. As text, so that it travels with the bundled command. */
export const wallClockSource = `
/* Preloaded into a real Envoy: gives it the wall clock that the mapped file TOLLGATE_CLOCK_FILE says.
 * The monotonic clock stays as it is, so Envoy's timers run on.
 *
 *   | ns | stands |    two int64: where the second is 0, ns is added to the real time; else ns is the time, which stands still
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

struct setting {
  int64_t ns;
  int64_t stands;
};

static const volatile struct setting *setting;

__attribute__((constructor)) static void map_setting(void) {
  const char *path = getenv("TOLLGATE_CLOCK_FILE");
  int file = path ? open(path, O_RDONLY) : -1;
  if (file < 0) return;
  void *mapped = mmap(NULL, sizeof *setting, PROT_READ, MAP_SHARED, file, 0);
  close(file);
  if (mapped != MAP_FAILED) setting = mapped;
}

int clock_gettime(clockid_t clock, struct timespec *at) {
  int result = (int)syscall(SYS_clock_gettime, clock, at);
  if (result != 0 || setting == NULL || (clock != CLOCK_REALTIME && clock != CLOCK_REALTIME_COARSE)) return result;
  int64_t ns = setting->ns;
  if (!setting->stands) ns += (int64_t)at->tv_sec * 1000000000 + at->tv_nsec;
  at->tv_sec = ns / 1000000000;
  at->tv_nsec = ns % 1000000000;
  return 0;
}

int gettimeofday(struct timeval *restrict at, void *restrict zone) {
  (void)zone;
  struct timespec precise;
  int result = clock_gettime(CLOCK_REALTIME, &precise);
  at->tv_sec = precise.tv_sec;
  at->tv_usec = precise.tv_nsec / 1000;
  return result;
}

time_t time(time_t *at) {
  struct timespec precise;
  clock_gettime(CLOCK_REALTIME, &precise);
  if (at != NULL) *at = precise.tv_sec;
  return precise.tv_sec;
}
`;
