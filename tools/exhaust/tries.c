/*
# Tries

The kernel makes one step for each gradient or, with parameters of 16 bits, for each pair of a
parameter and a gradient, and other builds of the same file make it as well: that for `double` and,
with 16 bits, that for `float`. Their `step_table` is handed over.

Each try has a number below $2^{32}$: the bits of the gradient, or those of the parameter and, below
them, of the gradient.
*/

#include "sixteen.c"

typedef void step(const table *, const void *const *, const int32_t *, const scalars *, int);

enum { PARAM, M, V, TOP, KEPT };
enum { BLOCK = 512 };

/*
## What is tried

From which state, with which numbers. Which tries: `begin`, `begin + stride`, and so on.
`factor` is $\alpha_t$ as the kernel has it.
*/
typedef struct {
  const scalars *with;
  int32_t centred, maximum;
  float before[KEPT], factor;
  step *wide, *single;
} setting;

/*
## A block of tries

Three steps: `got`, by the kernel, as it is stored; `exact`, in double; `beside`, in float.
*/
typedef struct {
  uint32_t numbers[BLOCK];
  stored param[BLOCK], grad[BLOCK];
  float got[KEPT][BLOCK], beside[KEPT][BLOCK], before[KEPT][BLOCK];
  float gradient[BLOCK], still[BLOCK];
  double exact[KEPT][BLOCK], gradient64[BLOCK];
} block;

static void fill(block *b, const setting *s) {
  const float keep = s->with->keep;
  for (int i = 0; i < BLOCK; i++) {
    uint32_t number = b->numbers[i];
#if STORED == FLOAT
    b->grad[i] = as_float(number);
    b->param[i] = s->before[PARAM];
#else
    b->grad[i] = number;
    b->param[i] = number >> 16;
#endif
    b->gradient64[i] = b->gradient[i] = load(b->grad[i]);
    b->exact[PARAM][i] = b->beside[PARAM][i] = b->before[PARAM][i] = load(b->param[i]);
    b->still[i] = load(narrow(keep * b->before[PARAM][i]));
  }
  for (int kept = M; kept < KEPT; kept++)
    for (int i = 0; i < BLOCK; i++)
      b->exact[kept][i] = b->beside[kept][i] = b->got[kept][i] = b->before[kept][i] = s->before[kept];
}

static void make_step(step *by, const setting *s, void *const *written, const void *gradient) {
  const int64_t size = BLOCK;
  const int32_t first = 0;
  table of = {1, &size, written, s->centred, s->maximum};
  by(&of, &gradient, &first, s->with, 1);
}

static void make_steps(block *b, const setting *s) {
  make_step(step_table, s, (void *[]){b->param, b->got[M], b->got[V], b->got[TOP]}, b->grad);
  make_step(s->wide, s, (void *[]){b->exact[0], b->exact[M], b->exact[V], b->exact[TOP]},
            b->gradient64);
  for (int i = 0; i < BLOCK; i++) b->got[PARAM][i] = load(b->param[i]);
#if STORED != FLOAT
  make_step(s->single, s, (void *[]){b->beside[0], b->beside[M], b->beside[V], b->beside[TOP]},
            b->gradient);
#endif
}

