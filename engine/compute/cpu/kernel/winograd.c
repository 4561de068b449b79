#include "compute/cpu/kernel/vector.h"

/* Transforms of Winograd's minimal filtering (Lavin and Gray 2016) along one
 * axis, each applied to columns and then to rows. F(4, 3) uses the points 0,
 * ±1, ±2, ∞; F(4, 5) also ±1/2. Names as there: y = Aᵀ [(G g) ⊙ (Bᵀ d)]. */

#define MAX_T 8

typedef void (*Axis) (const MgVec *in, MgVec *out);

/* n_in × n_in values to n_out × n_out; all arguments but tile are constants */
MG_INLINE void
both_axes (const MgTile *tile, Axis axis, const int n_in, const int n_out, const int is_output)
{
  for (size_t c = 0; c < tile->c; c += MG_VECTOR)
    {
      MgVec middle[MAX_T][MAX_T], line[MAX_T], done[MAX_T];
      const float *in = tile->in + c;
      float *out = tile->out + c;

#pragma GCC unroll 8
      for (int x = 0; x < n_in; x++)
        {
#pragma GCC unroll 8
          for (int y = 0; y < n_in; y++)
            line[y] = MG_LOAD (in + (size_t) y * tile->in_row + (size_t) x * tile->in_column);
          axis (line, done);
#pragma GCC unroll 8
          for (int y = 0; y < n_out; y++)
            middle[y][x] = done[y];
        }
#pragma GCC unroll 8
      for (int y = 0; y < n_out; y++)
        {
          axis (middle[y], done);
#pragma GCC unroll 8
          for (int x = 0; x < n_out; x++)
            {
              MgVec v = done[x];

              if (is_output && tile->bias != NULL)
                v += MG_LOAD (tile->bias + c);
              if (is_output)
                v = mg_vec_act (v, tile->act);
              MG_STORE (out + (size_t) y * tile->out_row + (size_t) x * tile->out_column, v);
            }
        }
    }
}

/* F(4, 3) */

MG_INLINE void
input_4_3 (const MgVec *d, MgVec *o)
{
  MgVec even = d[4] - 4.0f * d[2], odd = d[3] - 4.0f * d[1];
  MgVec even2 = d[4] - d[2], odd2 = 2.0f * (d[3] - d[1]);

  o[0] = 4.0f * d[0] - 5.0f * d[2] + d[4];
  o[1] = even + odd;
  o[2] = even - odd;
  o[3] = even2 + odd2;
  o[4] = even2 - odd2;
  o[5] = 4.0f * d[1] - 5.0f * d[3] + d[5];
}

MG_INLINE void
output_4_3 (const MgVec *m, MgVec *y)
{
  MgVec s1 = m[1] + m[2], d1 = m[1] - m[2], s2 = m[3] + m[4], d2 = m[3] - m[4];

  y[0] = m[0] + s1 + s2;
  y[1] = d1 + 2.0f * d2;
  y[2] = s1 + 4.0f * s2;
  y[3] = d1 + 8.0f * d2 + m[5];
}

MG_INLINE void
output_t_4_3 (const MgVec *d, MgVec *z)
{
  MgVec even = d[0] + d[2], odd = d[1] + d[3];
  MgVec even2 = d[0] + 4.0f * d[2], odd2 = 2.0f * d[1] + 8.0f * d[3];

  z[0] = d[0];
  z[1] = even + odd;
  z[2] = even - odd;
  z[3] = even2 + odd2;
  z[4] = even2 - odd2;
  z[5] = d[3];
}

MG_INLINE void
weights_4_3 (const MgVec *g, MgVec *u)
{
  MgVec even = (g[0] + g[2]) * (-1.0f / 6.0f), odd = g[1] * (-1.0f / 6.0f);
  MgVec even2 = g[0] * (1.0f / 24.0f) + g[2] * (1.0f / 6.0f), odd2 = g[1] * (1.0f / 12.0f);

  u[0] = g[0] * 0.25f;
  u[1] = even + odd;
  u[2] = even - odd;
  u[3] = even2 + odd2;
  u[4] = even2 - odd2;
  u[5] = g[2];
}

MG_INLINE void
weights_t_4_3 (const MgVec *u, MgVec *g)
{
  MgVec s1 = (u[1] + u[2]) * (-1.0f / 6.0f), d1 = (u[1] - u[2]) * (-1.0f / 6.0f);
  MgVec s2 = u[3] + u[4], d2 = u[3] - u[4];

  g[0] = u[0] * 0.25f + s1 + s2 * (1.0f / 24.0f);
  g[1] = d1 + d2 * (1.0f / 12.0f);
  g[2] = s1 + s2 * (1.0f / 6.0f) + u[5];
}

/* F(4, 5) */

MG_INLINE void
input_4_5 (const MgVec *d, MgVec *o)
{
  MgVec even = d[2] + d[6] - 4.25f * d[4], odd = d[1] + d[5] - 4.25f * d[3];
  MgVec even2 = d[6] + 0.25f * d[2] - 1.25f * d[4], odd2 = 0.5f * d[1] - 2.5f * d[3] + 2.0f * d[5];
  MgVec even3 = d[6] + 4.0f * d[2] - 5.0f * d[4], odd3 = 2.0f * d[1] - 2.5f * d[3] + 0.5f * d[5];

  o[0] = d[0] - d[6] + 5.25f * (d[4] - d[2]);
  o[1] = even + odd;
  o[2] = even - odd;
  o[3] = even2 + odd2;
  o[4] = even2 - odd2;
  o[5] = even3 + odd3;
  o[6] = even3 - odd3;
  o[7] = d[7] - d[1] + 5.25f * (d[3] - d[5]);
}

MG_INLINE void
output_4_5 (const MgVec *m, MgVec *y)
{
  MgVec s1 = m[1] + m[2], d1 = m[1] - m[2], s2 = m[3] + m[4], d2 = m[3] - m[4], s3 = m[5] + m[6], d3 = m[5] - m[6];

  y[0] = m[0] + s1 + s2 + s3;
  y[1] = d1 + 2.0f * d2 + 0.5f * d3;
  y[2] = s1 + 4.0f * s2 + 0.25f * s3;
  y[3] = d1 + 8.0f * d2 + 0.125f * d3 + m[7];
}

MG_INLINE void
output_t_4_5 (const MgVec *d, MgVec *z)
{
  MgVec even = d[0] + d[2], odd = d[1] + d[3];
  MgVec even2 = d[0] + 4.0f * d[2], odd2 = 2.0f * d[1] + 8.0f * d[3];
  MgVec even3 = d[0] + 0.25f * d[2], odd3 = 0.5f * d[1] + 0.125f * d[3];

  z[0] = d[0];
  z[1] = even + odd;
  z[2] = even - odd;
  z[3] = even2 + odd2;
  z[4] = even2 - odd2;
  z[5] = even3 + odd3;
  z[6] = even3 - odd3;
  z[7] = d[3];
}

/* one over the product of a point's distances to the others */
#define POINT_1    (-2.0f / 9.0f)
#define POINT_2    (1.0f / 90.0f)
#define POINT_HALF (32.0f / 45.0f)

MG_INLINE void
weights_4_5 (const MgVec *g, MgVec *u)
{
  MgVec even = POINT_1 * (g[0] + g[2] + g[4]), odd = POINT_1 * (g[1] + g[3]);
  MgVec even2 = POINT_2 * (g[0] + 4.0f * g[2] + 16.0f * g[4]), odd2 = POINT_2 * (2.0f * g[1] + 8.0f * g[3]);
  MgVec even3 = POINT_HALF * (g[0] + 0.25f * g[2] + 0.0625f * g[4]);
  MgVec odd3 = POINT_HALF * (0.5f * g[1] + 0.125f * g[3]);

  u[0] = g[0];
  u[1] = even + odd;
  u[2] = even - odd;
  u[3] = even2 + odd2;
  u[4] = even2 - odd2;
  u[5] = even3 + odd3;
  u[6] = even3 - odd3;
  u[7] = g[4];
}

MG_INLINE void
weights_t_4_5 (const MgVec *u, MgVec *g)
{
  MgVec s1 = POINT_1 * (u[1] + u[2]), d1 = POINT_1 * (u[1] - u[2]);
  MgVec s2 = POINT_2 * (u[3] + u[4]), d2 = POINT_2 * (u[3] - u[4]);
  MgVec s3 = POINT_HALF * (u[5] + u[6]), d3 = POINT_HALF * (u[5] - u[6]);

  g[0] = u[0] + s1 + s2 + s3;
  g[1] = d1 + 2.0f * d2 + 0.5f * d3;
  g[2] = s1 + 4.0f * s2 + 0.25f * s3;
  g[3] = d1 + 8.0f * d2 + 0.125f * d3;
  g[4] = s1 + 16.0f * s2 + 0.0625f * s3 + u[7];
}

#define TRANSFORM(name, n_in, n_out, is_output)     \
  static void run_##name (const MgTile *tile)       \
  {                                                 \
    both_axes (tile, name, n_in, n_out, is_output); \
  }

TRANSFORM (weights_4_3, 3, 6, 0)
TRANSFORM (weights_t_4_3, 6, 3, 0)
TRANSFORM (input_4_3, 6, 6, 0)
TRANSFORM (output_4_3, 6, 4, 1)
TRANSFORM (output_t_4_3, 4, 6, 0)
TRANSFORM (weights_4_5, 5, 8, 0)
TRANSFORM (weights_t_4_5, 8, 5, 0)
TRANSFORM (input_4_5, 8, 8, 0)
TRANSFORM (output_4_5, 8, 4, 1)
TRANSFORM (output_t_4_5, 4, 8, 0)

const MgWinograd MG_SET (mg_winograd_f4x3) = {
  .k = 3,
  .m = 4,
  .t = 6,
  .weights = run_weights_4_3,
  .weights_t = run_weights_t_4_3,
  .input = run_input_4_3,
  .output = run_output_4_3,
  .output_t = run_output_t_4_3,
};

const MgWinograd MG_SET (mg_winograd_f4x5) = {
  .k = 5,
  .m = 4,
  .t = 8,
  .weights = run_weights_4_5,
  .weights_t = run_weights_t_4_5,
  .input = run_input_4_5,
  .output = run_output_4_5,
  .output_t = run_output_t_4_5,
};
