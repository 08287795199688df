/*
# One pass over memory, on the CPU

The annotated code works on whole tensors: each line reads some of them from memory and writes
one back, and AdaBelief's step is some ten such passes. A processor computes much faster than it
can fetch, so the step lasts as long as the fetching. This file goes over the elements once. It
loads what belongs to one element, $\theta$, $g$, $m$ and $v$, does the whole step with it, and
stores what has changed: 28 bytes for each float32 parameter, the minimum.

It is compiled [on first use](compiler.py), once for each type of numbers that parameters come in:
`STORED` names it. $m$ and $v$ are kept in `real`, which is also what is computed with: `double`
for `double`, `float` for `float` and for the two types of 16 bits, as in the annotated code.

All optimizers share the one loop. They differ in [11 numbers](../scalars.py), which come from the
methods of the annotated code, and in two flags:

| | |
|---|---|
| `centred` | AdaBelief: the second moment is that of $g_t - m_t$ |
| `maximum` | AMSGrad: the largest second moment so far is kept, and divided by |

One of the numbers, `adaptive`, is a flag as well: whether there is a division at all. RAdam's first
steps are without.

How far rounding takes a step from what it should be has been found out for
[every float32 gradient](../../../tools/exhaust/__init__.py).
*/

#include <math.h>
#include <stdint.h>
#include <string.h>

#define DOUBLE 8
#define FLOAT 4
#define BFLOAT16 2
#define FLOAT16 1

/*
## Numbers of 16 bits

A bfloat16 is the upper half of a float32. On the way back it is rounded to the nearest, and to
the even one of two that are equally near. That is an addition to the bits, which must not carry a
NaN over into something else.
*/
#if STORED == DOUBLE
typedef double real;
typedef double stored;
static inline real load(stored x) { return x; }
static inline stored narrow(real x) { return x; }
static inline real root_of(real x) { return sqrt(x); }
#elif STORED == FLOAT
typedef float real;
typedef float stored;
static inline real load(stored x) { return x; }
static inline stored narrow(real x) { return x; }
static inline real root_of(real x) { return sqrtf(x); }
#else
typedef float real;
typedef uint16_t stored;
static inline real root_of(real x) { return sqrtf(x); }

static inline uint32_t bits(float x) {
  uint32_t b;
  memcpy(&b, &x, sizeof b);
  return b;
}

static inline float number(uint32_t b) {
  float x;
  memcpy(&x, &b, sizeof x);
  return x;
}

#if STORED == BFLOAT16
static inline real load(stored x) { return number((uint32_t)x << 16); }

static inline stored narrow(real x) {
  uint32_t b = bits(x), rounded = (b + 0x7fff + (b >> 16 & 1)) >> 16;
  return x == x ? rounded : 0x7fc0;
}
#else
/*
A float16 has 5 bits of exponent where a float32 has 8, with another bias: 15, not 127. So 112 is
added to the exponent. A subnormal number is computed as $2^{-24}$ times a whole number below 1024,
so that nothing depends on whether the processor flushes subnormal float32 numbers to zero. Infinity
and NaN, whose exponent is all ones, get such an exponent again.

On the way back, adding a number of the right size lets the processor's own rounding drop the bits
that do not fit. For a number of exponent $e$ it has the exponent $e + 13$; for one that becomes
subnormal, its last bit is always $2^{-24}$.
*/
static inline real load(stored x) {
  uint32_t size = x & 0x7fff, sign = (uint32_t)(x & 0x8000) << 16;
  uint32_t b = (size << 13) + (112 << 23);
  b = size < 0x0400 ? bits((float)(int32_t)size * 0x1p-24f) : b;
  b = size >= 0x7c00 ? (size << 13) | 0x7f800000 : b;
  return number(b | sign);
}

static inline stored narrow(real x) {
  uint32_t sign = bits(x) >> 16 & 0x8000, size = bits(x) & 0x7fffffff;
  uint32_t exponent = size & 0x7f800000;
  exponent = exponent < 0x38800000 ? 0x38800000 : exponent;
  exponent = exponent > 0x47000000 ? 0x47000000 : exponent;
  float shift = number(exponent + (13 << 23));
  uint32_t rounded = bits(number(size) + shift) - bits(shift) + ((exponent - 0x38800000) >> 13);
  rounded = size >= 0x477ff000 ? 0x7c00 : rounded;
  rounded = size > 0x7f800000 ? 0x7e00 : rounded;
  return rounded | sign;
}
#endif
#endif

/*
## The numbers of a step

One set for all tensors that are at the same step $t$, in double precision. The fields have the
names and the order of [`LAYOUT`](../scalars.py).
*/
typedef struct {
  double beta1, beta2;
  double sign, keep, penalty;
  double inside, under;
  double root, eps, step_size;
  double adaptive;
} scalars;

/*
## A stretch of one tensor

The elements from `begin` to `end`. The flags come as constants from the caller, so that the
compiler writes one loop for each set of them, without a branch on them inside.
*/
static inline __attribute__((always_inline)) void stretch(
    int64_t begin, int64_t end, stored *params, const stored *grads, real *ms, real *vs, real *tops,
    const scalars *with, int centred, int maximum, int adaptive) {
  const real rest1 = 1 - with->beta1, beta2 = with->beta2, rest2 = 1 - with->beta2;
  const real sign = with->sign, keep = with->keep, penalty = with->penalty;
  const real inside = with->inside, under = with->under;
  const real root = with->root, eps = with->eps, step_size = with->step_size;
#pragma omp simd
  for (int64_t i = begin; i < end; i++) {
    real param = load(params[i]), grad = load(grads[i]), m = ms[i], v = vs[i];
    // `maximize` flips the sign of the gradient.
    //
    // $$g_t \leftarrow \varsigma\,g_t$$
    grad = sign * grad;
    // Coupled decay adds to the gradient.
    //
    // $$g_t \leftarrow g_t + \lambda_g\,\theta_{t-1}$$
    grad = penalty != 0 ? grad + penalty * param : grad;
    // Decoupled decay scales the parameter.
    //
    // $$\tilde\theta_{t-1} \leftarrow \kappa\,\theta_{t-1}$$
    param = keep * param;
    // Of the two ways to write it, the one that is exact at the nearer end, as in torch's `lerp`.
    //
    // $$m_t \leftarrow \beta_1 m_{t-1} + (1 - \beta_1)\,g_t$$
    m = rest1 < (real)0.5 ? m + rest1 * (grad - m) : grad - (1 - rest1) * (grad - m);
    real error;
    if (centred) {
      // $$e_t \leftarrow g_t - m_t$$
      error = grad - m;
    } else {
      // $$e_t \leftarrow g_t$$
      error = grad;
    }
    // $$v_t \leftarrow \beta_2 v_{t-1} + (1 - \beta_2)\,e_t^2$$
    v = beta2 * v + rest2 * error * error;
    // $$v_t \leftarrow v_t + \epsilon_v$$
    v = v + inside;
    real top;
    if (maximum) {
      // A NaN on either side is kept.
      //
      // $$\bar v_t \leftarrow \max(\bar v_{t-1}, v_t)$$
      top = tops[i] >= v || tops[i] != tops[i] ? tops[i] : v;
      tops[i] = top;
    } else {
      // $$\bar v_t \leftarrow v_t$$
      top = v;
    }
    if (adaptive) {
      // $$d_t \leftarrow \frac{\sqrt{\bar v_t + \epsilon_u}}{c_t} + \epsilon$$
      real denominator = root_of(top + under) / root + eps;
      // With $\alpha_t = 0$ nothing moves, not even by $0 \cdot \frac{0}{0}$.
      //
      // $$\theta_t \leftarrow \tilde\theta_{t-1} - \alpha_t\,\frac{m_t}{d_t}$$
      param = step_size != 0 ? param - step_size * m / denominator : param;
    } else {
      // $$\theta_t \leftarrow \tilde\theta_{t-1} - \alpha_t\,m_t$$
      param = step_size != 0 ? param - step_size * m : param;
    }
    params[i] = narrow(param);
    ms[i] = m;
    vs[i] = v;
  }
}

/*
## A table of tensors

* `count` tensors have `sizes` elements each
* `written` has the addresses of what changes: of all parameters, then of all $m$, of all $v$ and,
  with `maximum`, of that
* `centred` and `maximum` are the flags above

It stays the same from call to call.
*/
typedef struct {
  int64_t count;
  const int64_t *sizes;
  void *const *written;
  int centred, maximum;
} table;

/*
## A step

* `grads` has the addresses of all gradients
* `which` has, for each tensor, the index of its numbers in `with`
* `threads` is how many to use

The elements of all tensors, one after the other, are divided evenly: a thread's share begins and
ends anywhere, but on a multiple of 64 elements counted from the start of a tensor.
*/
void step_table(const table *of, const void *const *grads, const int32_t *which,
                const scalars *with, int threads) {
  int64_t total = 0, count = of->count;
  for (int64_t row = 0; row < count; row++) total += of->sizes[row];
#pragma omp parallel for num_threads(threads) schedule(static, 1) if (threads > 1)
  for (int thread = 0; thread < threads; thread++) {
    int64_t from = total / threads * thread;
    int64_t to = thread + 1 == threads ? total : total / threads * (thread + 1);
    for (int64_t row = 0, first = 0; row < count && first < to; first += of->sizes[row++]) {
      int64_t size = of->sizes[row];
      if (first + size <= from) continue;
      int64_t begin = from > first ? (from - first) & ~63 : 0;
      int64_t end = to < first + size ? (to - first) & ~63 : size;
      stored *params = of->written[row];
      real *ms = of->written[count + row], *vs = of->written[2 * count + row];
      real *tops = of->maximum ? of->written[3 * count + row] : 0;
      const stored *gradient = grads[row];
      const scalars *numbers = with + which[row];
#define STRETCH(c, m, a) stretch(begin, end, params, gradient, ms, vs, tops, numbers, c, m, a)
      switch (4 * !!of->centred + 2 * !!of->maximum + (numbers->adaptive != 0)) {
        case 0: STRETCH(0, 0, 0); break;
        case 1: STRETCH(0, 0, 1); break;
        case 2: STRETCH(0, 1, 0); break;
        case 3: STRETCH(0, 1, 1); break;
        case 4: STRETCH(1, 0, 0); break;
        case 5: STRETCH(1, 0, 1); break;
        case 6: STRETCH(1, 1, 0); break;
        case 7: STRETCH(1, 1, 1); break;
      }
    }
  }
}

/*
## Prefetching Python's objects

Before each call, [Python checks every tensor](../plan.py), and by then the tensors' objects are no
longer in the caches. It would wait for each pointer that it follows, one after the other.
Prefetched all at once, their cache lines arrive in parallel. Prefetching an address that is no
longer valid does no harm.
*/
void prefetch_objects(int64_t count, const void *const *objects) {
  for (int64_t row = 0; row < count; row++) {
    __builtin_prefetch(objects[row]);
    __builtin_prefetch((const char *)objects[row] + 64);
  }
}
