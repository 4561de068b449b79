#pragma once

#include <glib.h>

/**
 * MgRng:
 *
 * A small seeded generator (xoshiro256**, Blackman and Vigna 2018, seeded by
 * SplitMix64). A plain value: copy it to fork it. Numbers depend on seed and
 * stream only, so work split over threads takes one stream an item.
 */
typedef struct
{
  guint64 state[4];
} MgRng;

void mg_rng_init (MgRng *rng,
                  guint64 seed,
                  guint64 stream);
guint64 mg_rng_next (MgRng *rng);
double mg_rng_uniform (MgRng *rng);
double mg_rng_range (MgRng *rng,
                     double low,
                     double high);
guint mg_rng_below (MgRng *rng,
                    guint n);
double mg_rng_normal (MgRng *rng);
guint mg_rng_poisson (MgRng *rng,
                      double mean);
