/*
# What became of each try

[Each try](tries.c) is a step that the kernel made, and the same step in double.

An error is in units of the last place, those of the larger of two numbers: what was there before
the step, and what should be there after it. Where two numbers of opposite signs meet, what is left
can be of any size, and in units of that an error says nothing.
*/

#include "tries.c"

/*
## What is found

* `worst`: the errors of parameter, $m$, $v$ and the largest $v$, each with the number of its try,
  `at`. Those of the parameter and of $v$ are looked at where $v$ is finite, that of the parameter
  where $m_t$ and $\alpha_t m_t$ are normal numbers. `faint` is how far, at most, it is off elsewhere, which
  is only asked from $m_{t-1} = 0$
* `overflow`: the smallest gradient with which $v$ becomes infinite, and `finite` the largest with
  which it does not; of the finite ones
* `vanish`: the largest gradient that is not 0 with which $v$ is 0, and `subnormal` that of a faint
  step

The others count tries:

* `nan`: something that went in was NaN; `lost`: and not all that depends on it is NaN
* `infinite`: something that went in was infinite
* `overflowed`: all that went in was finite, and $v$ is infinite; `moved`: and the parameter is not
  what it would be with $m_t = 0$
* `vanished`, `fainted`: those of `vanish` and `subnormal`
* `broken`: all that went in was finite, $v$ is, and something else is not
* `beyond`: the parameter is too large for its type, and written as infinite
* `misrounded`: the parameter is not the nearest one to what the step in float32 makes; `unequal`:
  a moment is not what that step makes
*/
typedef struct {
  double worst[KEPT], faint;
  double overflow, finite, vanish, subnormal;
  int64_t at[KEPT];
  int64_t tried, nan, lost, infinite, overflowed, moved, vanished, fainted;
  int64_t broken, beyond, misrounded, unequal;
} found;

enum { COUNTS = 12 };

static void merge(found *into, const found *more) {
  for (int kept = 0; kept < KEPT; kept++) {
    double had = into->worst[kept], has = more->worst[kept];
    // Of equal ones the first, so that the order of the threads decides nothing.
    if (has > had || (has == had && more->at[kept] < into->at[kept])) {
      into->worst[kept] = has;
      into->at[kept] = more->at[kept];
    }
  }
  into->faint = fmax(into->faint, more->faint);
  into->overflow = fmin(into->overflow, more->overflow);
  into->finite = fmax(into->finite, more->finite);
  into->vanish = fmax(into->vanish, more->vanish);
  into->subnormal = fmax(into->subnormal, more->subnormal);
  int64_t *to = &into->tried;
  const int64_t *from = &more->tried;
  for (int i = 0; i < COUNTS; i++) to[i] += from[i];
}

/* ## How far it is from what is right */
static inline int is_finite(float x) { return (as_bits(x) & 0x7fffffff) < 0x7f800000; }

static inline float size_of(float x) { return as_float(as_bits(x) & 0x7fffffff); }

// In units of the last place. Below `LOWEST` all numbers have the same.
#define LOWEST (STORED == FLOAT16 ? 0x1p-14 : 0x1p-126)

static inline double units(double got, double exact, double before) {
  double size = absolute(exact), unit;
  size = size > absolute(before) ? size : absolute(before);
  uint64_t b;
  memcpy(&b, &size, sizeof b);
  b &= 0x7ff0000000000000;
  memcpy(&unit, &b, sizeof unit);
  unit = unit > LOWEST ? unit : LOWEST;
  return absolute(got - exact) / unit * (1 << FRACTION);
}

// The step is a product with m, and it has lost digits.
static inline int is_faint(const setting *s, float m) {
  return (s->before[M] == 0) & ((size_of(m) < 0x1p-126f) | (size_of(m * s->factor) < 0x1p-126f));
}

static void worst_of(const block *b, const setting *s, int kept, found *f) {
  const int always = kept == M, param = kept == PARAM;
  double errors[BLOCK], worst = 0, faint = 0;
#pragma omp simd reduction(max : worst, faint)
  for (int i = 0; i < BLOCK; i++) {
    float before = b->before[kept][i], got = b->got[kept][i];
    double error = units(got, b->exact[kept][i], before);
    int looked = is_finite(b->gradient[i]) & is_finite(before) & is_finite(got);
    looked &= always | is_finite(b->got[V][i]);
    int lost = param & is_faint(s, b->got[M][i]);
    double off = looked & lost ? absolute(got - b->exact[kept][i]) : 0;
    faint = off > faint ? off : faint;
    errors[i] = error = looked & !lost ? error : 0;
    worst = error > worst ? error : worst;
  }
  f->faint = faint > f->faint ? faint : f->faint;
  if (worst <= f->worst[kept]) return;
  f->worst[kept] = worst;
  for (int i = BLOCK; i-- > 0;)
    if (errors[i] == worst) f->at[kept] = b->numbers[i];
}

/* ## What became of it, in counts */
static void count(const block *b, const setting *s, found *f) {
  const int maximum = s->maximum;
  int nan = 0, lost = 0, infinite = 0, overflowed = 0, moved = 0, vanished = 0, fainted = 0;
  int beyond = 0, broken = 0;
  float overflow = INFINITY, finite = 0, vanish = 0, subnormal = 0;
#pragma omp simd reduction(+ : nan, lost, infinite, overflowed, moved, vanished, fainted) \
    reduction(+ : beyond, broken) reduction(min : overflow) reduction(max : finite, vanish, subnormal)
  for (int i = 0; i < BLOCK; i++) {
    float param = b->got[PARAM][i], m = b->got[M][i], v = b->got[V][i], before = b->before[PARAM][i];
    float gradient = b->gradient[i], top = maximum ? b->got[TOP][i] : v;
    float size = size_of(gradient), still = b->still[i];
    int unknown = gradient != gradient, in = is_finite(gradient) & is_finite(before);
    int none = (m != m) & (v != v) & (top != top), large = size_of(param) == INFINITY;
    int over = in & !is_finite(v), fine = in & is_finite(v), some = size > 0;
    int zero = fine & some & (v == 0), low = fine & some & is_faint(s, m);
    int good = is_finite(m) & is_finite(top) & (is_finite(param) | ((STORED != FLOAT) & large));
    int some_nan = unknown | (before != before);
    nan += some_nan;
    lost += (some_nan & (param == param)) | (unknown & !none);
    infinite += !some_nan & !in;
    overflowed += over;
    moved += over & (param != still);
    vanished += zero;
    fainted += low;
    beyond += fine & large;
    broken += (fine & !good) | (over & !is_finite(m));
    overflow = over & (size < overflow) ? size : overflow;
    finite = fine & (size > finite) ? size : finite;
    vanish = zero & (size > vanish) ? size : vanish;
    subnormal = low & (size > subnormal) ? size : subnormal;
  }
  const int64_t counts[] = {BLOCK, nan, lost, infinite, overflowed, moved, vanished, fainted,
                            broken, beyond, 0, 0};
  found more = {.overflow = overflow, .finite = finite, .vanish = vanish, .subnormal = subnormal};
  memcpy(&more.tried, counts, sizeof counts);
  merge(f, &more);
}

#if STORED != FLOAT
static void compare(const block *b, const setting *s, found *f) {
  for (int i = 0; i < BLOCK; i++) f->misrounded += !is_nearest(b->param[i], b->beside[PARAM][i]);
  for (int kept = M; kept <= (s->maximum ? TOP : V); kept++)
    for (int i = 0; i < BLOCK; i++) {
      uint32_t one = as_bits(b->got[kept][i]), other = as_bits(b->beside[kept][i]);
      f->unequal += one != other && !(is_nan(one) && is_nan(other));
    }
}
#endif

/* ## All of them. `total` is a multiple of 512. */
void try_all(const setting *s, uint32_t begin, int64_t total, uint32_t stride, found *into) {
#if STORED != FLOAT
  define();
#endif
  found all = {.overflow = INFINITY};
#pragma omp parallel
  {
    found own = {.overflow = INFINITY};
    block b;
// Another program may slow down one of the threads.
#pragma omp for schedule(dynamic, 256)
    for (int64_t first = 0; first < total; first += BLOCK) {
      for (int i = 0; i < BLOCK; i++) b.numbers[i] = begin + (uint32_t)(first + i) * stride;
      fill(&b, s);
      make_steps(&b, s);
      for (int kept = PARAM; kept <= (STORED != FLOAT ? PARAM : s->maximum ? TOP : V); kept++)
        worst_of(&b, s, kept, &own);
      count(&b, s, &own);
#if STORED != FLOAT
      compare(&b, s, &own);
#endif
    }
#pragma omp critical
    merge(&all, &own);
  }
  *into = all;
}
