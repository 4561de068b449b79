#include "train/weights.h"

#include "base/mem.h"

#include <math.h>
#include <string.h>

struct _MgWeights
{
  GArray *items; /* MgWeight */
};

static void
weight_clear (gpointer data)
{
  MgWeight *weight = data;

  g_free (weight->name);
  mg_free_aligned (weight->data);
}

static MgWeights *
weights_new (void)
{
  MgWeights *weights = g_new0 (MgWeights, 1);

  weights->items = g_array_new (FALSE, TRUE, sizeof (MgWeight));
  g_array_set_clear_func (weights->items, weight_clear);
  return weights;
}

/* An entry with zeroed memory for the tensor. */
static MgWeight *
add (MgWeights *weights, const MgTensor *tensor, GError **error)
{
  MgWeight weight = { .n_values = mg_tensor_n_values (tensor) };
  gsize size;

  if (!mg_size_mul (weight.n_values, sizeof (float), &size))
    size = G_MAXSIZE;
  weight.data = mg_try_alloc (size, "the network's weights", error);
  if (weight.data == NULL)
    return NULL;
  weight.name = g_strdup (tensor->name);
  memcpy (weight.shape, tensor->shape, sizeof weight.shape);
  g_array_append_val (weights->items, weight);
  return &g_array_index (weights->items, MgWeight, weights->items->len - 1);
}

/**
 * mg_weights_new_from_program:
 * @role: %MG_ROLE_PARAM or %MG_ROLE_STATE: which tensors
 *
 * Copies tensors out of a program; compute thread.
 *
 * Returns: (transfer full): the copies, in the graph's order
 */
MgWeights *
mg_weights_new_from_program (MgProgram *program,
                             MgRole role,
                             GError **error)
{
  g_autoptr (MgWeights) weights = weights_new ();
  const MgGraph *graph = mg_program_get_plan (program)->graph;

  for (guint id = 0; id < mg_graph_get_n_tensors (graph); id++)
    {
      const MgTensor *tensor = mg_graph_get_tensor (graph, (MgTensorId) id);
      MgWeight *weight;

      if (tensor->role != role)
        continue;
      weight = add (weights, tensor, error);
      if (weight == NULL ||
          !mg_program_read (program, (MgTensorId) id, weight->data, weight->n_values, error))
        return NULL;
    }
  return g_steal_pointer (&weights);
}

static const MgSafetensor *
find_in_file (MgSafetensors *file, const char *prefix, const MgTensor *tensor, GError **error)
{
  g_autofree char *name = g_strconcat (prefix, tensor->name, NULL);
  const MgSafetensor *found = mg_safetensors_find (file, name);

  if (found == NULL)
    {
      g_set_error (error, MG_ERROR, MG_ERROR_SHAPE, "the weights “%s” are missing", name);
      return NULL;
    }
  if (found->n_dims != MG_N_AXES || memcmp (found->shape, tensor->shape, sizeof tensor->shape) != 0 ||
      found->n_values != mg_tensor_n_values (tensor))
    {
      g_set_error (error, MG_ERROR, MG_ERROR_SHAPE,
                   "the weights “%s” are not of the size the network in the file needs", name);
      return NULL;
    }
  for (gsize i = 0; i < found->n_values; i++)
    if (!isfinite (found->data[i]))
      {
        g_set_error (error, MG_ERROR, MG_ERROR_DATA, "the weights “%s” are not all numbers", name);
        return NULL;
      }
  return found;
}

/**
 * mg_weights_new_from_file:
 * @file: an opened container
 * @prefix: in front of the tensors' names there
 * @graph: the network: which tensors, of which shapes
 * @role: of the graph's tensors to look for
 *
 * All tensors are looked up and checked before the first is copied. Any thread.
 *
 * Returns: (transfer full): copies, in the graph's order; %NULL with
 *   %MG_ERROR_SHAPE or %MG_ERROR_DATA when the file does not hold this network
 */
MgWeights *
mg_weights_new_from_file (MgSafetensors *file,
                          const char *prefix,
                          const MgGraph *graph,
                          MgRole role,
                          GError **error)
{
  g_autoptr (MgWeights) weights = weights_new ();
  g_autoptr (GPtrArray) found = g_ptr_array_new ();
  guint n = mg_graph_get_n_tensors (graph), next = 0;

  for (guint id = 0; id < n; id++)
    {
      const MgTensor *tensor = mg_graph_get_tensor (graph, (MgTensorId) id);
      const MgSafetensor *source;

      if (tensor->role != role)
        continue;
      source = find_in_file (file, prefix, tensor, error);
      if (source == NULL)
        return NULL;
      g_ptr_array_add (found, (gpointer) source);
    }
  for (guint id = 0; id < n; id++)
    {
      const MgTensor *tensor = mg_graph_get_tensor (graph, (MgTensorId) id);
      const MgSafetensor *source;
      MgWeight *weight;

      if (tensor->role != role)
        continue;
      source = g_ptr_array_index (found, next++);
      weight = add (weights, tensor, error);
      if (weight == NULL)
        return NULL;
      memcpy (weight->data, source->data, weight->n_values * sizeof (float));
    }
  return g_steal_pointer (&weights);
}

/**
 * mg_weights_free:
 * @weights: (nullable): the copies
 */
void
mg_weights_free (MgWeights *weights)
{
  if (weights == NULL)
    return;
  g_array_unref (weights->items);
  g_free (weights);
}

/**
 * mg_weights_get_n:
 *
 * Returns: how many arrays there are
 */
guint
mg_weights_get_n (const MgWeights *weights)
{
  return weights->items->len;
}

/**
 * mg_weights_get:
 *
 * Returns: (transfer none): the array at @index
 */
const MgWeight *
mg_weights_get (const MgWeights *weights,
                guint index)
{
  g_return_val_if_fail (index < weights->items->len, NULL);
  return &g_array_index (weights->items, MgWeight, index);
}

static const MgWeight *
find (const MgWeights *weights,
      const char *name)
{
  for (guint i = 0; i < weights->items->len; i++)
    {
      const MgWeight *weight = &g_array_index (weights->items, MgWeight, i);

      if (g_strcmp0 (weight->name, name) == 0)
        return weight;
    }
  return NULL;
}

/**
 * mg_weights_upload:
 * @program: where to write them; its network must be the same
 * @role: of the program's tensors that are written
 *
 * Compute thread.
 *
 * Returns: FALSE with %MG_ERROR_SHAPE, before anything is written, when a
 *   tensor of the program is not among the arrays
 */
gboolean
mg_weights_upload (const MgWeights *weights,
                   MgProgram *program,
                   MgRole role,
                   GError **error)
{
  const MgGraph *graph = mg_program_get_plan (program)->graph;
  guint n = mg_graph_get_n_tensors (graph);

  for (int pass = 0; pass < 2; pass++)
    for (guint id = 0; id < n; id++)
      {
        const MgTensor *tensor = mg_graph_get_tensor (graph, (MgTensorId) id);
        const MgWeight *weight;

        if (tensor->role != role)
          continue;
        weight = find (weights, tensor->name);
        if (weight == NULL || memcmp (weight->shape, tensor->shape, sizeof tensor->shape) != 0)
          {
            g_set_error (error, MG_ERROR, MG_ERROR_SHAPE,
                         "the model's network is another one: its weights “%s” do not fit", tensor->name);
            return FALSE;
          }
        if (pass == 1 && !mg_program_write (program, (MgTensorId) id, weight->data, weight->n_values, error))
          return FALSE;
      }
  return TRUE;
}

/**
 * mg_weights_append:
 * @prefix: in front of the names
 * @tensors: (element-type MgSafetensor): list to write; borrows the data
 * @names: keeps the names made here alive
 *
 * Adds the arrays to what mg_safetensors_write() is given.
 */
void
mg_weights_append (const MgWeights *weights,
                   const char *prefix,
                   GArray *tensors,
                   GPtrArray *names)
{
  for (guint i = 0; i < weights->items->len; i++)
    {
      const MgWeight *weight = &g_array_index (weights->items, MgWeight, i);
      MgSafetensor tensor = {
        .name = g_strconcat (prefix, weight->name, NULL),
        .n_dims = MG_N_AXES,
        .data = weight->data,
        .n_values = weight->n_values,
      };

      memcpy (tensor.shape, weight->shape, sizeof weight->shape);
      g_ptr_array_add (names, tensor.name);
      g_array_append_val (tensors, tensor);
    }
}
