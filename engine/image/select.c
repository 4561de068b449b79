#include "image/select.h"

/* Hoare's FIND (1961): afterwards values[k] is what sorting would put there,
 * nothing before it is larger and nothing after it smaller. */
static float
select_kth (float *values, gssize n, gssize k)
{
  gssize left = 0, right = n - 1;

  while (left < right)
    {
      float pivot = values[k];
      gssize i = left, j = right;

      do
        {
          while (values[i] < pivot)
            i++;
          while (values[j] > pivot)
            j--;
          if (i <= j)
            {
              float swap = values[i];

              values[i++] = values[j];
              values[j--] = swap;
            }
        }
      while (i <= j);
      if (j < k)
        left = i;
      if (k < i)
        right = j;
    }
  return values[k];
}

/**
 * mg_percentile:
 * @values: (inout): n of them, at least one, all finite; rearranged
 * @percent: 0 to 100
 *
 * Any thread.
 *
 * Returns: the percentile, linear between the two neighbouring ranks
 */
double
mg_percentile (float *values,
               gsize n,
               double percent)
{
  double rank = percent / 100.0 * (double) (n - 1);
  gsize k = (gsize) rank;
  double low = select_kth (values, (gssize) n, (gssize) k);

  if (k + 1 >= n)
    return low;

  float next = values[k + 1];

  for (gsize i = k + 2; i < n; i++)
    next = MIN (next, values[i]);
  return low + (rank - (double) k) * ((double) next - low);
}
