#include "base/rng.h"

#include <math.h>

static guint64
splitmix (guint64 *x)
{
  guint64 z = (*x += 0x9e3779b97f4a7c15u);

  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return z ^ (z >> 31);
}

/**
 * mg_rng_init:
 * @seed: what the person set
 * @stream: which of the seed's independent sequences (step, item, row …)
 */
void
mg_rng_init (MgRng *rng,
             guint64 seed,
             guint64 stream)
{
  guint64 x = seed;
  guint64 y = splitmix (&x) ^ (stream * 0xd1342543de82ef95u + 0x632be59bd9b4e019u);

  for (int i = 0; i < 4; i++)
    rng->state[i] = splitmix (&y);
}

static inline guint64
rotl (guint64 x, int k)
{
  return (x << k) | (x >> (64 - k));
}

/**
 * mg_rng_next:
 *
 * Returns: 64 random bits
 */
guint64
mg_rng_next (MgRng *rng)
{
  guint64 *s = rng->state;
  guint64 result = rotl (s[1] * 5, 7) * 9, t = s[1] << 17;

  s[2] ^= s[0];
  s[3] ^= s[1];
  s[1] ^= s[2];
  s[0] ^= s[3];
  s[2] ^= t;
  s[3] = rotl (s[3], 45);
  return result;
}

/**
 * mg_rng_uniform:
 *
 * Returns: a number in [0, 1)
 */
double
mg_rng_uniform (MgRng *rng)
{
  return (mg_rng_next (rng) >> 11) * 0x1.0p-53;
}

/**
 * mg_rng_range:
 *
 * Returns: a number in [@low, @high)
 */
double
mg_rng_range (MgRng *rng,
              double low,
              double high)
{
  return low + (high - low) * mg_rng_uniform (rng);
}

/**
 * mg_rng_below:
 * @n: at least 1
 *
 * Returns: a whole number from 0 to @n - 1
 */
guint
mg_rng_below (MgRng *rng,
              guint n)
{
  return (guint) (((mg_rng_next (rng) >> 32) * (guint64) n) >> 32);
}

/**
 * mg_rng_normal:
 *
 * Returns: a standard normal number (Box and Muller 1958)
 */
double
mg_rng_normal (MgRng *rng)
{
  double u = 1.0 - mg_rng_uniform (rng), v = mg_rng_uniform (rng);

  return sqrt (-2.0 * log (u)) * cos (2.0 * G_PI * v);
}

/**
 * mg_rng_poisson:
 * @mean: expected count, at least 0
 *
 * Knuth's product method below 30, the rounded normal approximation above.
 *
 * Returns: a Poisson-distributed count
 */
guint
mg_rng_poisson (MgRng *rng,
                double mean)
{
  if (mean >= 30.0)
    return (guint) MAX (0.0, floor (mean + sqrt (mean) * mg_rng_normal (rng) + 0.5));

  double limit = exp (-mean), product = mg_rng_uniform (rng);
  guint n = 0;

  while (product > limit)
    {
      product *= mg_rng_uniform (rng);
      n++;
    }
  return n;
}
