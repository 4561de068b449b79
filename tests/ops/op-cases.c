#include "ops/op-cases.h"

#include <math.h>

#include "base/rng.h"
#include "support/ref-private.h"

/* images, height, width: one pixel, odd, wider than any tile, batches */
static const int planes[][3] = { { 1, 1, 1 }, { 3, 5, 7 }, { 1, 33, 65 }, { 2, 16, 16 }, { 1, 17, 130 }, { 3, 1, 9 } };
static const int even_planes[][3] = { { 1, 2, 2 }, { 3, 6, 10 }, { 1, 34, 66 }, { 2, 16, 16 }, { 1, 18, 130 } };
static const int channel_counts[] = { 1, 2, 3, 4, 7, 8, 16, 33, 64 };
static const int channel_pairs[][2] = { { 1, 1 }, { 1, 32 }, { 2, 3 }, { 3, 8 }, { 4, 4 }, { 7, 16 }, { 8, 8 }, { 16, 33 }, { 33, 7 }, { 64, 64 }, { 32, 1 }, { 8, 33 } };

static void
set_shape (MgOpCase *test, int index, gint64 n, gint64 h, gint64 w, gint64 c)
{
  gint64 *shape = test->shape[index];

  shape[MG_AXIS_N] = n;
  shape[MG_AXIS_D] = 1;
  shape[MG_AXIS_H] = h;
  shape[MG_AXIS_W] = w;
  shape[MG_AXIS_C] = c;
  test->n_src = MAX (test->n_src, index + 1);
}

static void
set_plane (MgOpCase *test, int index, const int plane[3], gint64 c)
{
  set_shape (test, index, plane[0], plane[1], plane[2], c);
}

static void
add_conv_case (GArray *cases, MgOp op, const int plane[3], const int pair[2], int kernel, gboolean bias, int act)
{
  MgOpCase test = { .op = op, .nan_src = -1, .params.conv = { kernel, 0, MG_ACT_NONE } };
  gint64 taps = kernel * kernel;

  if (op == MG_OP_CONV)
    {
      set_plane (&test, 0, plane, pair[0]);
      set_shape (&test, 1, 1, taps, pair[0], pair[1]);
      if (bias)
        set_shape (&test, 2, 1, 1, 1, pair[1]);
      test.params.conv.has_bias = bias;
      test.params.conv.act = act;
    }
  else
    {
      set_plane (&test, op == MG_OP_CONV_GRAD_W ? 1 : 0, plane, pair[1]);
      if (op == MG_OP_CONV_GRAD_X)
        set_shape (&test, 1, 1, taps, pair[0], pair[1]);
      else if (op == MG_OP_CONV_GRAD_W)
        set_plane (&test, 0, plane, pair[0]);
    }
  g_array_append_val (cases, test);
}

static void
add_conv_cases (GArray *cases, MgOp op)
{
  const int big[3] = { 1, 64, 96 }, wide[2] = { 32, 32 };
  /* more pixels than a software device goes round a loop */
  const int patch[3] = { 1, 258, 256 }, thin[2] = { 16, 48 };
  int turn = 0;

  for (int kernel = 1; kernel <= 7; kernel += 2)
    for (guint pair = 0; pair < G_N_ELEMENTS (channel_pairs); pair++, turn++)
      add_conv_case (cases, op, planes[(turn + kernel / 2) % G_N_ELEMENTS (planes)], channel_pairs[pair], kernel,
                     turn % 2, turn % 4);
  for (int act = MG_ACT_NONE; act <= MG_ACT_SIGMOID && op == MG_OP_CONV; act++)
    for (int bias = 0; bias < 2; bias++)
      add_conv_case (cases, op, planes[2], channel_pairs[4 + act], 3, bias, act);
  for (guint plane = 0; plane < G_N_ELEMENTS (planes); plane++)
    add_conv_case (cases, op, planes[plane], channel_pairs[6], 3, FALSE, MG_ACT_NONE);
  add_conv_case (cases, op, big, wide, 3, TRUE, MG_ACT_RELU);
  add_conv_case (cases, op, big, wide, 1, TRUE, MG_ACT_NONE);
  if (op == MG_OP_CONV_GRAD_W)
    add_conv_case (cases, op, patch, thin, 3, FALSE, MG_ACT_NONE);
  if (op == MG_OP_CONV)
    {
      add_conv_case (cases, op, planes[2], channel_pairs[6], 3, FALSE, MG_ACT_NONE);
      g_array_index (cases, MgOpCase, cases->len - 1).nan_src = 0;
    }
}

/* Everything that takes sources of one shape. */
static void
add_pointwise_cases (GArray *cases, MgOp op)
{
  int acts = op == MG_OP_ADD ? 1 : 4;

  for (guint plane = 0; plane < G_N_ELEMENTS (planes); plane++)
    for (guint c = 0; c < G_N_ELEMENTS (channel_counts); c += 2)
      for (int act = 0; act < acts; act++)
        {
          MgOpCase test = { .op = op, .nan_src = -1, .params.act.act = act };
          int channels = channel_counts[(c + plane % 2) % G_N_ELEMENTS (channel_counts)];

          set_plane (&test, 0, planes[plane], channels);
          if (op != MG_OP_ACT)
            set_plane (&test, 1, planes[plane], channels);
          if (op == MG_OP_ACT_GRAD)
            test.fill[0] = FILL_ACT_OUTPUT;
          g_array_append_val (cases, test);
          test.in_place = op != MG_OP_ACT;
          test.nan_src = op != MG_OP_ACT_GRAD && plane == 1 ? 0 : -1;
          if (c == 2 && (test.in_place || test.nan_src >= 0))
            g_array_append_val (cases, test);
        }
}

static void
set_norm_sources (MgOpCase *test, const int plane[3], int channels, int groups)
{
  int x = test->op == MG_OP_GROUP_NORM_GRAD_SUMS || test->op == MG_OP_GROUP_NORM_GRAD_X ? 1 : 0;

  set_plane (test, 0, plane, channels);
  set_plane (test, x, plane, channels);
  if (test->op == MG_OP_GROUP_NORM_STATS)
    return;
  set_shape (test, x + 1, plane[0], 1, groups, 2);
  set_shape (test, x + 2, 1, 1, 1, channels);
  set_shape (test, x + 3, 1, 1, 1, channels);
  test->fill[x + 1] = FILL_STATS;
  test->fill[x + 2] = FILL_GAMMA;
  if (test->op == MG_OP_GROUP_NORM_GRAD_X)
    set_shape (test, 5, plane[0], 1, channels, 2);
}

static void
add_norm_cases (GArray *cases, MgOp op)
{
  static const int splits[][2] = { { 1, 1 }, { 2, 1 }, { 4, 2 }, { 7, 7 }, { 8, 8 }, { 16, 8 }, { 33, 3 }, { 64, 8 }, { 64, 64 } };
  const int big[3] = { 2, 96, 96 };

  for (guint split = 0; split < G_N_ELEMENTS (splits); split++)
    for (guint plane = 0; plane <= G_N_ELEMENTS (planes); plane++)
      {
        MgOpCase test = { .op = op, .nan_src = -1, .params.norm = { splits[split][1], (int) (split + plane) % 4, 1e-5f, 0 } };

        if (plane == G_N_ELEMENTS (planes) && split != 5)
          continue;
        set_norm_sources (&test, plane < G_N_ELEMENTS (planes) ? planes[plane] : big, splits[split][0], splits[split][1]);
        if (op == MG_OP_GROUP_NORM_STATS)
          test.fill[0] = split % 3 == 2 ? FILL_CONSTANT : FILL_OFFSET;
        g_array_append_val (cases, test);
        test.in_place = op == MG_OP_GROUP_NORM_GRAD_X;
        if (test.in_place && plane == 2)
          g_array_append_val (cases, test);
      }
}

static void
add_norm_param_cases (GArray *cases)
{
  for (guint c = 0; c < G_N_ELEMENTS (channel_counts); c++)
    for (int which = 0; which < 2; which++)
      {
        MgOpCase test = { .op = MG_OP_GROUP_NORM_GRAD_PARAM, .nan_src = -1, .params.norm = { 1, 0, 1e-5f, which } };

        set_shape (&test, 0, c % 3 + 1, 1, channel_counts[c], 2);
        g_array_append_val (cases, test);
      }
}

/* Pooling, upsampling and their gradients. */
static void
add_scale_cases (GArray *cases, MgOp op)
{
  for (guint plane = 0; plane < G_N_ELEMENTS (even_planes); plane++)
    for (guint c = 0; c < G_N_ELEMENTS (channel_counts); c++)
      {
        MgOpCase test = { .op = op, .nan_src = -1 };
        gboolean grows = op == MG_OP_UPSAMPLE2 || op == MG_OP_BLURPOOL2_GRAD;
        const int *p = grows ? planes[plane] : even_planes[plane];

        set_plane (&test, 0, p, channel_counts[c]);
        if (op == MG_OP_MAXPOOL2_GRAD)
          set_shape (&test, 1, p[0], p[1] / 2, p[2] / 2, channel_counts[c]);
        if (op == MG_OP_MAXPOOL2 || op == MG_OP_MAXPOOL2_GRAD)
          test.fill[0] = c % 2 == 0 ? FILL_STEPS : FILL_NORMAL;
        test.nan_src = op == MG_OP_UPSAMPLE2 && plane == 1 ? 0 : -1;
        g_array_append_val (cases, test);
      }
}

static void
add_channel_cases (GArray *cases, MgOp op)
{
  for (guint plane = 0; plane < G_N_ELEMENTS (planes); plane++)
    for (guint pair = 0; pair < G_N_ELEMENTS (channel_pairs); pair++)
      {
        MgOpCase test = { .op = op, .nan_src = plane == 1 ? 0 : -1 };
        const int *c = channel_pairs[pair];

        if (op == MG_OP_CONCAT)
          {
            set_plane (&test, 0, planes[plane], c[0]);
            set_plane (&test, 1, planes[plane], c[1]);
          }
        else
          {
            gboolean second = (plane + pair) % 2;

            set_plane (&test, 0, planes[plane], c[0] + c[1]);
            test.params.slice = (MgSliceParams){ second ? c[0] : 0, second ? c[1] : c[0] };
          }
        g_array_append_val (cases, test);
      }
}

static void
add_loss_cases (GArray *cases, MgOp op)
{
  static const MgFill targets[] = { FILL_UNIT, FILL_PROBABILITY, FILL_NORMAL, FILL_STEPS, FILL_UNIT, FILL_STEPS };
  const int big[3] = { 2, 96, 128 };

  for (int kind = MG_LOSS_BCE; kind <= MG_LOSS_LAPLACE; kind++)
    for (guint plane = 0; plane <= G_N_ELEMENTS (planes); plane++)
      for (guint c = 0; c < G_N_ELEMENTS (channel_counts); c++)
        {
          MgOpCase test = { .op = op, .nan_src = -1, .params.loss = { kind, plane % 2 == 0 ? 1.0f : 0.37f } };
          const int *p = plane < G_N_ELEMENTS (planes) ? planes[plane] : big;

          if ((kind == MG_LOSS_DICE && channel_counts[c] > 3) || (c + plane) % 2 != 0)
            continue;
          set_plane (&test, 0, p, kind == MG_LOSS_LAPLACE ? 2 * channel_counts[c] : channel_counts[c]);
          set_plane (&test, 1, p, channel_counts[c]);
          set_plane (&test, 2, p, 1);
          test.fill[0] = kind == MG_LOSS_MAE || kind == MG_LOSS_LAPLACE ? FILL_STEPS : kind != MG_LOSS_MSE && plane == 1 ? FILL_LOGITS
                                                                                                                         : FILL_NORMAL;
          test.fill[1] = kind == MG_LOSS_CE && plane == 2 ? FILL_CLASS : targets[kind];
          test.fill[2] = plane == 3 && c == 1 ? FILL_ZERO : FILL_WEIGHT;
          g_array_append_val (cases, test);
        }
}

static void
add_adamw_cases (GArray *cases)
{
  static const int counts[] = { 1, 3, 64, 288, 2304, 70001 };

  for (guint i = 0; i < G_N_ELEMENTS (counts); i++)
    for (int decay = 0; decay < 2; decay++)
      {
        MgOpCase test = { .op = MG_OP_ADAMW, .nan_src = -1, .params.adam.decay = decay };

        for (int s = 0; s < 4; s++)
          set_shape (&test, s, 1, 1, 1, counts[i]);
        set_shape (&test, 4, 1, 1, 1, 8);
        test.fill[3] = FILL_UNIT;
        test.fill[4] = FILL_HYPER;
        g_array_append_val (cases, test);
      }
}

GArray *
mg_op_cases (MgOp op)
{
  GArray *cases = g_array_new (FALSE, TRUE, sizeof (MgOpCase));

  if (op <= MG_OP_CONV_GRAD_B)
    add_conv_cases (cases, op);
  else if (op == MG_OP_ACT || op == MG_OP_ACT_GRAD || op == MG_OP_ADD)
    add_pointwise_cases (cases, op);
  else if (op == MG_OP_GROUP_NORM_GRAD_PARAM)
    add_norm_param_cases (cases);
  else if (op <= MG_OP_GROUP_NORM_GRAD_X)
    add_norm_cases (cases, op);
  else if (op <= MG_OP_UPSAMPLE2_GRAD)
    add_scale_cases (cases, op);
  else if (op <= MG_OP_SLICE)
    add_channel_cases (cases, op);
  else if (op == MG_OP_ADAMW)
    add_adamw_cases (cases);
  else
    add_loss_cases (cases, op);
  return cases;
}

static double
random_value (const MgOpCase *test, MgFill fill, gsize i, MgRng *rng)
{
  static const double hyper[8] = { 0.5, 1 - 0.9 * 0.9 * 0.9, 1 - 0.999 * 0.999 * 0.999, 0.9, 0.999, 1e-8, 0.05, 0.5 };

  switch (fill)
    {
    case FILL_OFFSET:
      return 10 + mg_rng_normal (rng);
    case FILL_CONSTANT:
      return 3.3;
    case FILL_UNIT:
    case FILL_PROBABILITY:
      return mg_rng_uniform (rng);
    case FILL_STEPS:
      return 0.5 * (double) mg_rng_below (rng, 7) - 1.5;
    case FILL_LOGITS:
      return mg_rng_range (rng, -60, 60);
    case FILL_WEIGHT:
      return mg_rng_below (rng, 3) == 0 ? 0 : mg_rng_range (rng, 0.1, 2);
    case FILL_ZERO:
    case FILL_CLASS:
      return 0;
    case FILL_ACT_OUTPUT:
      return mg_ref_act_value (test->params.act.act, mg_rng_normal (rng));
    case FILL_STATS:
      return i % 2 == 0 ? 0.3 * mg_rng_normal (rng) : mg_rng_range (rng, 0.5, 2);
    case FILL_GAMMA:
      return mg_rng_range (rng, 0.5, 1.5) * (mg_rng_below (rng, 4) == 0 ? -1 : 1);
    case FILL_HYPER:
      return hyper[i];
    default:
      return mg_rng_normal (rng);
    }
}

static void
make_distribution (MgFill fill, float *pixel, gint64 channels, MgRng *rng)
{
  double sum = 0;

  if (fill == FILL_CLASS)
    {
      pixel[mg_rng_below (rng, (guint) channels)] = 1;
      return;
    }
  for (gint64 c = 0; c < channels; c++)
    sum += (double) pixel[c];
  for (gint64 c = 0; c < channels; c++)
    pixel[c] = sum > 0 ? (float) ((double) pixel[c] / sum) : 1.0f / (float) channels;
}

void
mg_op_case_fill (const MgOpCase *test,
                 int index,
                 guint64 seed,
                 float *data)
{
  const gint64 *shape = test->shape[index];
  gsize n = (gsize) (shape[0] * shape[1] * shape[2] * shape[3] * shape[4]);
  MgFill fill = test->fill[index];
  MgRng rng;

  mg_rng_init (&rng, seed, (guint64) index + 1);
  for (gsize i = 0; i < n; i++)
    data[i] = (float) random_value (test, fill, i, &rng);
  if (fill == FILL_PROBABILITY || fill == FILL_CLASS)
    for (gsize p = 0; p < n; p += (gsize) shape[MG_AXIS_C])
      make_distribution (fill, data + p, shape[MG_AXIS_C], &rng);
  if (index == test->nan_src)
    for (gsize i = n / 3; i < n; i += n / 3 + 1)
      data[i] = NAN;
}

void
mg_op_case_avoid_kinks (const MgOpCase *test,
                        float *const *data)
{
  const gint64 *shape = test->shape[1];
  gint64 channels = shape[MG_AXIS_C], pixels = shape[MG_AXIS_D] * shape[MG_AXIS_H] * shape[MG_AXIS_W];
  gint64 groups = test->params.norm.groups;

  if (test->op != MG_OP_GROUP_NORM_GRAD_SUMS && test->op != MG_OP_GROUP_NORM_GRAD_X)
    return;
  for (gint64 i = 0; i < shape[MG_AXIS_N] * pixels * channels; i++)
    {
      gint64 c = i % channels, g = i / (pixels * channels) * groups + c / (channels / groups);
      const float *stats = data[2] + 2 * g;

      while (fabs ((double) data[3][c] * ((double) data[1][i] - (double) stats[0]) * (double) stats[1] +
                   (double) data[4][c]) < 1e-3)
        data[1][i] += 0.01f;
    }
}
