/*
What memory can do, at the very best: read one stream and update three others in place, as a step of
Adam must, with next to no arithmetic. With `a` zero nothing changes, which no compiler can know.
*/
#include <stdint.h>

void ceiling(int64_t n, float *p, const float *g, float *m, float *v, float a, int threads) {
#pragma omp parallel for num_threads(threads) schedule(static, 1)
  for (int thread = 0; thread < threads; thread++) {
    int64_t from = n / threads * thread & ~63, to = n / threads * (thread + 1) & ~63;
    if (thread + 1 == threads) to = n;
#pragma omp simd
    for (int64_t i = from; i < to; i++) {
      p[i] += a * g[i];
      m[i] += a * g[i];
      v[i] += a * g[i];
    }
  }
}
