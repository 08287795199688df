/*
# The running mean of many columns

As in [mean.py](mean.py), each new value moves the mean by a fraction of the way. Here $m$ is a row
of $n$ means, and one call moves all of them:

$$m_i \leftarrow \beta m_i + (1 - \beta)\,g_i$$
*/
#include <stddef.h>

// What a new value brings.
#define REST(beta) (1 - (beta))

/* The row, and how much of it a step keeps. */
typedef struct {
    float *m;
    // $\beta$, below 1.
    float beta;
} mean;

/* Moves each mean. No column needs another, so they can be shared out among threads. */
void mean_update(const mean *row, const float *g, size_t n)
{
    const float beta = row->beta;
#pragma omp parallel for
    for (size_t i = 0; i < n; i++) {
        // The newest value moves the mean by the fraction $1 - \beta$ of the way:
        // $$m_i \leftarrow \beta m_i + (1 - \beta)\,g_i$$
        row->m[i] = beta * row->m[i] + REST(beta) * g[i];
    }
}
