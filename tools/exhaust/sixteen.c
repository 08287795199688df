/*
# Numbers of 16 bits, one by one

What the [kernel](../../labml_optim/fused/cpu/kernel.c) reads and writes is compared with what the
numbers mean: a sign, an exponent, a fraction. Nothing here uses the ways by which the kernel, torch
or the processor convert them. `KERNEL` is the path of the kernel, which is included as it is, and
`STORED` the type.
*/

#include KERNEL

static inline double absolute(double x) { return x < 0 ? -x : x; }

static inline float as_float(uint32_t b) {
  float x;
  memcpy(&x, &b, sizeof x);
  return x;
}

static inline uint32_t as_bits(float x) {
  uint32_t b;
  memcpy(&b, &x, sizeof b);
  return b;
}

static inline int is_nan(uint32_t b) { return (b & 0x7fffffff) > 0x7f800000; }

#if STORED == FLOAT
enum { FRACTION = 23, BIAS = 127 };
#elif STORED == BFLOAT16
enum { FRACTION = 7, BIAS = 127 };
#elif STORED == FLOAT16
enum { FRACTION = 10, BIAS = 15 };
#endif

#if STORED != FLOAT
/*
All of them without their sign. In the place of infinity stands the power of two that would come
next: what is at least halfway to it is rounded to infinity.
*/
enum { INFINITE = (2 * BIAS + 1) << FRACTION };
static double SIZES[INFINITE + 1];

static void define(void) {
  for (int code = 0; code <= INFINITE; code++) {
    int exponent = code >> FRACTION, whole = code & ((1 << FRACTION) - 1);
    if (exponent) whole += 1 << FRACTION;
    SIZES[code] = ldexp(whole, (exponent ? exponent : 1) - BIAS - FRACTION);
  }
}

/*
Whether `code` is what `x` is rounded to: the nearest number, and of two that are equally near the
even one.
*/
static inline int is_nearest(stored code, float x) {
  int size = code & 0x7fff, even = !(size & 1);
  if (is_nan(as_bits(x))) return size > INFINITE;
  if (size > INFINITE || code >> 15 != as_bits(x) >> 31) return 0;
  double exact = absolute(x), off = absolute(SIZES[size] - exact);
  if (exact > SIZES[INFINITE]) return size == INFINITE;
  double below = size > 0 ? absolute(SIZES[size - 1] - exact) : INFINITY;
  double above = size < INFINITE ? absolute(SIZES[size + 1] - exact) : INFINITY;
  return (off < below || (off == below && even)) && (off < above || (off == above && even));
}

/* ## Each one that is read */
int64_t misread(void) {
  int64_t wrong = 0;
  define();
  for (int code = 0; code < 1 << 16; code++) {
    uint32_t got = as_bits(load(code));
    int size = code & 0x7fff;
    double value = size < INFINITE ? SIZES[size] : INFINITY;
    float right = (float)(code >> 15 ? -value : value);
    wrong += size > INFINITE ? !is_nan(got) : got != as_bits(right);
  }
  return wrong;
}

/*
## Each one that is written

The bits of those to be written are `begin`, `begin + stride`, and so on. What is written goes to
`to`, for others to look at.
*/
int64_t miswritten(uint32_t begin, int64_t count, uint32_t stride, stored *to) {
  int64_t wrong = 0;
  define();
#pragma omp parallel for reduction(+ : wrong) schedule(static)
  for (int64_t i = 0; i < count; i++) {
    float x = as_float(begin + (uint32_t)i * stride);
    to[i] = narrow(x);
    wrong += !is_nearest(to[i], x);
  }
  return wrong;
}
#endif
