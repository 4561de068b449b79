#include "ops/golden-private.h"

#include <math.h>

GHashTable *
mg_golden_load (const char *file)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "golden", file, NULL);
  g_autofree char *text = NULL;
  GHashTable *golden = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);

  g_file_get_contents (path, &text, NULL, &error);
  g_assert_no_error (error);
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);

  for (guint i = 0; lines[i] != NULL; i++)
    {
      g_auto (GStrv) words = g_strsplit (lines[i], " ", -1);
      MgGolden *entry;

      if (lines[i][0] == '#' || lines[i][0] == '\0')
        continue;
      g_assert_cmpuint (g_strv_length (words), ==, 7);
      entry = g_new (MgGolden, 1);
      entry->count = (gsize) g_ascii_strtoull (words[1], NULL, 10);
      entry->sum = g_ascii_strtod (words[2], NULL);
      entry->square = g_ascii_strtod (words[3], NULL);
      entry->first = g_ascii_strtod (words[4], NULL);
      entry->middle = g_ascii_strtod (words[5], NULL);
      entry->last = g_ascii_strtod (words[6], NULL);
      g_hash_table_insert (golden, g_strdup (words[0]), entry);
    }
  g_assert_cmpuint (g_hash_table_size (golden), >, 0);
  return golden;
}

static void
check_figure (const char *name, const char *what, double value, double expected, double allowed)
{
  if (!(fabs (value - expected) <= allowed))
    g_error ("%s: %s is %.9g, PyTorch says %.9g (off by %.3g of the allowed)", name, what, value, expected,
             fabs (value - expected) / allowed);
}

void
mg_golden_check (GHashTable *golden,
                 const char *name,
                 const float *values,
                 gsize n,
                 double tolerance)
{
  const MgGolden *entry = g_hash_table_lookup (golden, name);
  double sum = 0, square = 0, each;

  if (entry == NULL)
    g_error ("%s: not recorded", name);
  g_assert_cmpuint (n, ==, entry->count);
  for (gsize i = 0; i < n; i++)
    {
      sum += (double) values[i];
      square += (double) values[i] * (double) values[i];
    }
  each = tolerance * sqrt (entry->square / (double) n) + 1e-12;
  check_figure (name, "the sum", sum, entry->sum, each * sqrt ((double) n));
  check_figure (name, "the sum of squares", square, entry->square, 2 * tolerance * entry->square + 1e-20);
  check_figure (name, "the first value", (double) values[0], entry->first, each);
  check_figure (name, "the middle value", (double) values[n / 2], entry->middle, each);
  check_figure (name, "the last value", (double) values[n - 1], entry->last, each);
}

static guint32
crc32_of (const char *text)
{
  guint32 crc = 0xffffffffu;

  for (; *text != '\0'; text++)
    {
      crc ^= (guint8) *text;
      for (int bit = 0; bit < 8; bit++)
        crc = crc >> 1 ^ (crc & 1 ? 0xedb88320u : 0);
    }
  return ~crc;
}

static double
uniform_at (guint32 seed, gsize i)
{
  guint32 h = (guint32) i + seed;

  h ^= h >> 16;
  h *= 0x7feb352du;
  h ^= h >> 15;
  h *= 0x846ca68bu;
  h ^= h >> 16;
  return (double) (h >> 8) / 8388608.0 - 1.0;
}

void
mg_golden_uniform (const char *name,
                   float *values,
                   gsize n)
{
  guint32 seed = crc32_of (name);

  for (gsize i = 0; i < n; i++)
    values[i] = (float) uniform_at (seed, i);
}

static void
fill_parameter (const MgTensor *tensor,
                float *values)
{
  guint32 seed = crc32_of (tensor->name);
  gsize n = mg_tensor_n_values (tensor);
  double scale = 0.2, offset = 0;

  if (g_str_has_suffix (tensor->name, ".weight"))
    scale = sqrt (6.0 / (double) (tensor->shape[MG_AXIS_H] * tensor->shape[MG_AXIS_W]));
  else if (g_str_has_suffix (tensor->name, ".gamma"))
    offset = 1;
  else if (strchr (tensor->name, '.') == NULL)
    scale = 1;
  for (gsize i = 0; i < n; i++)
    values[i] = (float) (offset + scale * uniform_at (seed, i));
}

void
mg_golden_image_like (const MgTensor *tensor,
                      int loss,
                      float *values)
{
  guint32 seed = crc32_of (tensor->name);
  gsize n = mg_tensor_n_values (tensor), channels = (gsize) tensor->shape[MG_AXIS_C];

  for (gsize i = 0; i < n; i++)
    {
      double u = uniform_at (seed, i);

      if (loss == MG_LOSS_CE)
        u = (double) (i % channels) == floor ((uniform_at (seed, i - i % channels) + 1) * 0.5 * (double) channels);
      else if (loss != MG_LOSS_MSE && loss != MG_LOSS_MAE)
        u = 0.5 + 0.5 * u;
      values[i] = loss == MG_GOLDEN_WEIGHT && u < 0.25 ? 0 : (float) u;
    }
}

float *
mg_golden_read (MgProgram *program,
                const char *name,
                gsize *n)
{
  g_autoptr (GError) error = NULL;
  MgTensorId id = mg_program_find (program, name);
  float *values;

  g_assert_cmpint (id, !=, MG_TENSOR_NONE);
  *n = mg_tensor_n_values (mg_graph_get_tensor (mg_program_get_plan (program)->graph, id));
  values = g_new (float, *n);
  mg_program_read (program, id, values, *n, &error);
  g_assert_no_error (error);
  return values;
}

void
mg_golden_write (MgProgram *program,
                 const char *name,
                 const float *values,
                 gsize n)
{
  g_autoptr (GError) error = NULL;

  mg_program_write (program, mg_program_find (program, name), values, n, &error);
  g_assert_no_error (error);
}

void
mg_golden_write_hyper (MgProgram *program,
                       const float hyper[8])
{
  mg_golden_write (program, "hyper", hyper, 8);
}

void
mg_golden_fill_parameters (MgProgram *program)
{
  const MgGraph *graph = mg_program_get_plan (program)->graph;

  for (guint i = 0; i < mg_graph_get_n_tensors (graph); i++)
    {
      const MgTensor *tensor = mg_graph_get_tensor (graph, (MgTensorId) i);
      gsize n = mg_tensor_n_values (tensor);

      if (tensor->role == MG_ROLE_PARAM)
        {
          g_autofree float *values = g_new (float, n);

          fill_parameter (tensor, values);
          mg_golden_write (program, tensor->name, values, n);
        }
    }
}

void
mg_golden_output_grads (MgGraph *graph)
{
  guint n_tensors = mg_graph_get_n_tensors (graph);

  for (MgTensorId id = 0; id < (MgTensorId) n_tensors; id++)
    {
      const MgTensor *tensor = mg_graph_get_tensor (graph, id);
      g_autofree char *name = g_strconcat (tensor->name, ".grad", NULL);

      if (tensor->role == MG_ROLE_PARAM && mg_graph_get_grad (graph, id) != MG_TENSOR_NONE)
        mg_graph_set_output (graph, mg_graph_get_grad (graph, id), name);
    }
}

void
mg_golden_check_grads (GHashTable *golden,
                       const char *title,
                       MgProgram *program,
                       double tolerance)
{
  const MgGraph *graph = mg_program_get_plan (program)->graph;

  for (guint i = 0; i < mg_graph_get_n_tensors (graph); i++)
    {
      const MgTensor *tensor = mg_graph_get_tensor (graph, (MgTensorId) i);
      gsize n;

      if (tensor->role == MG_ROLE_PARAM)
        {
          g_autofree char *name = g_strconcat (tensor->name, ".grad", NULL);
          g_autofree char *full = g_strconcat (title, ".", name, NULL);
          g_autofree float *values = mg_golden_read (program, name, &n);

          mg_golden_check (golden, full, values, n, tolerance);
        }
    }
}
