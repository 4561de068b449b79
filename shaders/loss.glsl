// Kinds of loss and their terms; numbers as in MgLossKind.
layout (constant_id = 3) const uint KIND = 0;

#define KIND_BCE 0u
#define KIND_CE 1u
#define KIND_MSE 2u
#define KIND_MAE 3u
#define KIND_DICE 4u
#define KIND_LAPLACE 5u

#define LAPLACE_MIN_SCALE 1e-3

#define N_SUMS 8u

float
sigmoid (float x)
{
  return 1.0 / (1.0 + exp (-x));
}

// b of a Laplace distribution
float
laplace_scale (float s)
{
  return max (s, 0.0) + log (1.0 + exp (-abs (s))) + LAPLACE_MIN_SCALE;
}
