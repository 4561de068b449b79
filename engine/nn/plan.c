#include "nn/plan.h"

/* What Vulkan's storage buffers and every vector unit are content with. */
#define MG_PLAN_ALIGN_BYTES 256

/* A stretch of the work arena: a tensor, or several that overwrite one another. */
typedef struct
{
  gsize offset, size;
  int first, last; /* nodes between which it is in use, both counted */
} Buffer;

/* Extents are limited by the graph, so sums over tensors stay within 64 bits. */
static gsize
padded_size (const MgTensor *tensor)
{
  gsize size = mg_tensor_size_bytes (tensor);

  return (size + MG_PLAN_ALIGN_BYTES - 1) / MG_PLAN_ALIGN_BYTES * MG_PLAN_ALIGN_BYTES;
}

static MgArena
arena_of (MgRole role)
{
  switch (role)
    {
    case MG_ROLE_PARAM:
      return MG_ARENA_PARAMS;
    case MG_ROLE_STATE:
      return MG_ARENA_STATE;
    case MG_ROLE_WORK:
      return MG_ARENA_WORK;
    case MG_ROLE_INPUT:
    case MG_ROLE_OUTPUT:
    default:
      return MG_ARENA_IO;
    }
}

/* Everything that does not move, in the order of creation. */
static void
place_fixed (MgPlan *plan)
{
  for (guint i = 0; i < plan->n_tensors; i++)
    {
      const MgTensor *tensor = mg_graph_get_tensor (plan->graph, (MgTensorId) i);
      MgPlacement *place = &plan->placements[i];

      place->arena = arena_of (tensor->role);
      place->size = mg_tensor_size_bytes (tensor);
      if (place->arena == MG_ARENA_WORK)
        continue;
      place->offset = plan->arena_size[place->arena];
      plan->arena_size[place->arena] += padded_size (tensor);
    }
}

static int *
find_last_uses (const MgPlan *plan)
{
  int *last = g_new (int, plan->n_tensors + 1);

  for (guint i = 0; i < plan->n_tensors; i++)
    last[i] = -1;
  for (guint i = 0; i < plan->n_nodes; i++)
    {
      const MgNode *node = mg_graph_get_node (plan->graph, i);

      for (int s = 0; s < node->n_src; s++)
        last[node->src[s]] = (int) i;
      last[node->dst] = (int) i;
    }
  return last;
}

/* The source whose place the node's result takes, or MG_TENSOR_NONE: the op
 * allows it, the source dies here, and no other source is that tensor too. */
static MgTensorId
overwritten (const MgPlan *plan, const int *last, const MgNode *node, int index)
{
  int which = mg_op_get_info (node->op)->in_place_src;
  MgTensorId src;

  if (which < 0 || which >= node->n_src)
    return MG_TENSOR_NONE;
  src = node->src[which];
  if (plan->placements[src].arena != MG_ARENA_WORK || last[src] != index ||
      plan->placements[src].size != plan->placements[node->dst].size)
    return MG_TENSOR_NONE;
  for (int s = 0; s < node->n_src; s++)
    if (s != which && node->src[s] == src)
      return MG_TENSOR_NONE;
  return src;
}

/* Fills buffer_of (by tensor, -1 outside the work arena). */
static GArray *
find_buffers (const MgPlan *plan, int *buffer_of)
{
  GArray *buffers = g_array_new (FALSE, TRUE, sizeof (Buffer));
  g_autofree int *last = find_last_uses (plan);

  for (guint i = 0; i < plan->n_tensors; i++)
    buffer_of[i] = -1;
  for (guint i = 0; i < plan->n_nodes; i++)
    {
      const MgNode *node = mg_graph_get_node (plan->graph, i);
      MgTensorId taken = overwritten (plan, last, node, (int) i);

      if (plan->placements[node->dst].arena != MG_ARENA_WORK)
        continue;
      if (taken == MG_TENSOR_NONE)
        {
          Buffer buffer = { 0, padded_size (mg_graph_get_tensor (plan->graph, node->dst)), (int) i, 0 };

          buffer_of[node->dst] = (int) buffers->len;
          g_array_append_val (buffers, buffer);
        }
      else
        buffer_of[node->dst] = buffer_of[taken];
      g_array_index (buffers, Buffer, buffer_of[node->dst]).last = last[node->dst];
    }
  return buffers;
}

static int
compare_size (gconstpointer a, gconstpointer b)
{
  const Buffer *x = *(Buffer *const *) a, *y = *(Buffer *const *) b;

  if (x->size != y->size)
    return x->size > y->size ? -1 : 1;
  return x->first - y->first;
}

static int
compare_offset (gconstpointer a, gconstpointer b)
{
  const Buffer *x = *(Buffer *const *) a, *y = *(Buffer *const *) b;

  return (x->offset > y->offset) - (x->offset < y->offset);
}

/* The smallest gap between the placed buffers in use at the same time that is
 * large enough, else the end of the last of them. */
static gsize
find_gap (GPtrArray *placed, const Buffer *buffer)
{
  gsize end = 0, best = 0, best_size = G_MAXSIZE;

  for (guint i = 0; i < placed->len; i++)
    {
      const Buffer *other = g_ptr_array_index (placed, i);

      if (other->first > buffer->last || other->last < buffer->first)
        continue;
      if (other->offset >= end + buffer->size && other->offset - end < best_size)
        {
          best = end;
          best_size = other->offset - end;
        }
      end = MAX (end, other->offset + other->size);
    }
  return best_size < G_MAXSIZE ? best : end;
}

/* Greedy by size (Pisarchyk and Lee 2020, "Efficient memory management for deep
 * neural net inference"): large buffers choose first. Returns the arena's size. */
static gsize
place_buffers (GArray *buffers)
{
  g_autoptr (GPtrArray) by_size = g_ptr_array_new ();
  g_autoptr (GPtrArray) placed = g_ptr_array_new ();
  gsize end = 0;

  for (guint i = 0; i < buffers->len; i++)
    g_ptr_array_add (by_size, &g_array_index (buffers, Buffer, i));
  g_ptr_array_sort (by_size, compare_size);
  for (guint i = 0; i < by_size->len; i++)
    {
      Buffer *buffer = g_ptr_array_index (by_size, i);

      buffer->offset = find_gap (placed, buffer);
      end = MAX (end, buffer->offset + buffer->size);
      g_ptr_array_add (placed, buffer);
      g_ptr_array_sort (placed, compare_offset);
    }
  return end;
}

static void
place_work (MgPlan *plan)
{
  g_autofree int *buffer_of = g_new (int, plan->n_tensors);
  g_autoptr (GArray) buffers = find_buffers (plan, buffer_of);

  plan->arena_size[MG_ARENA_WORK] = place_buffers (buffers);
  for (guint i = 0; i < plan->n_tensors; i++)
    if (buffer_of[i] >= 0)
      plan->placements[i].offset = g_array_index (buffers, Buffer, buffer_of[i]).offset;
}

/**
 * mg_plan_new:
 * @graph: (transfer full): a finished graph, taken also on failure
 *
 * Places every tensor: parameters, optimiser state, inputs and outputs for good,
 * work tensors from their first to their last use, large ones first, in place
 * where the op allows it. Offsets are multiples of 256 bytes.
 *
 * Returns: (transfer full): the plan; %NULL with %MG_ERROR_USAGE when the graph
 *   has nothing to compute
 */
MgPlan *
mg_plan_new (MgGraph *graph,
             GError **error)
{
  g_autoptr (MgPlan) plan = g_new0 (MgPlan, 1);

  plan->graph = graph;
  plan->n_nodes = mg_graph_get_n_nodes (graph);
  plan->n_tensors = mg_graph_get_n_tensors (graph);
  if (plan->n_nodes == 0)
    {
      g_set_error (error, MG_ERROR, MG_ERROR_USAGE, "the network is empty: there is nothing to compute");
      return NULL;
    }
  plan->placements = g_new0 (MgPlacement, plan->n_tensors);
  place_fixed (plan);
  place_work (plan);
  return g_steal_pointer (&plan);
}

/**
 * mg_plan_free:
 * @plan: (nullable) (transfer full): a plan
 */
void
mg_plan_free (MgPlan *plan)
{
  if (plan == NULL)
    return;
  g_free (plan->placements);
  mg_graph_free (plan->graph);
  g_free (plan);
}

/**
 * mg_plan_get_bytes:
 *
 * Returns: memory of all arenas; a backend may add scratch of its own
 */
gsize
mg_plan_get_bytes (const MgPlan *plan)
{
  gsize total = 0;

  for (int arena = 0; arena < MG_N_ARENAS; arena++)
    total += plan->arena_size[arena];
  return total;
}
