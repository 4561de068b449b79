#include "nn/plan.h"

/* What Vulkan's storage buffers and every vector unit are content with. */
#define MG_PLAN_ALIGN_BYTES 256

typedef struct
{
  gsize offset, size;
} Block;

typedef struct
{
  MgPlan *plan;
  int *last;    /* node of the last use, by tensor */
  GArray *free; /* Block, sorted by offset, never touching each other */
} Planner;

/* Extents are limited by the graph, so sums over tensors stay within 64 bits. */
static gsize
padded_size (const MgTensor *tensor)
{
  gsize size = mg_tensor_size_bytes (tensor);

  return (size + MG_PLAN_ALIGN_BYTES - 1) / MG_PLAN_ALIGN_BYTES * MG_PLAN_ALIGN_BYTES;
}

static void
release (Planner *planner, Block block)
{
  GArray *list = planner->free;
  guint at = 0;

  while (at < list->len && g_array_index (list, Block, at).offset < block.offset)
    at++;
  g_array_insert_val (list, at, block);
  for (guint i = at > 0 ? at - 1 : 0; i + 1 < list->len && i <= at;)
    {
      Block *a = &g_array_index (list, Block, i), *b = a + 1;

      if (a->offset + a->size == b->offset)
        {
          a->size += b->size;
          g_array_remove_index (list, i + 1);
        }
      else
        i++;
    }
}

/* The smallest free block that is large enough; else the arena grows, from its
 * last free block where that lies at the end. */
static gsize
acquire (Planner *planner, gsize size)
{
  GArray *list = planner->free;
  gsize *end = &planner->plan->arena_size[MG_ARENA_WORK], offset;
  int best = -1;

  for (guint i = 0; i < list->len; i++)
    {
      gsize have = g_array_index (list, Block, i).size;

      if (have >= size && (best < 0 || have < g_array_index (list, Block, best).size))
        best = (int) i;
    }
  if (best < 0)
    {
      Block *tail = list->len > 0 ? &g_array_index (list, Block, list->len - 1) : NULL;

      if (tail != NULL && tail->offset + tail->size == *end)
        {
          *end = tail->offset + size;
          offset = tail->offset;
          g_array_set_size (list, list->len - 1);
          return offset;
        }
      offset = *end;
      *end += size;
      return offset;
    }
  Block *block = &g_array_index (list, Block, best);

  offset = block->offset;
  block->offset += size;
  block->size -= size;
  if (block->size == 0)
    g_array_remove_index (list, best);
  return offset;
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

/* Whether the node's result may take the place of one of its sources: the op
 * allows it, the source dies here, and no other source is that tensor too. */
static gboolean
may_overwrite (const Planner *planner, const MgNode *node, int index)
{
  int which = mg_op_get_info (node->op)->in_place_src;
  const MgPlan *plan = planner->plan;
  MgTensorId src;

  if (which < 0 || which >= node->n_src)
    return FALSE;
  src = node->src[which];
  if (plan->placements[src].arena != MG_ARENA_WORK || planner->last[src] != index)
    return FALSE;
  for (int s = 0; s < node->n_src; s++)
    if (s != which && node->src[s] == src)
      return FALSE;
  return plan->placements[src].size == plan->placements[node->dst].size;
}

static void
release_tensor (Planner *planner, MgTensorId id)
{
  const MgTensor *tensor = mg_graph_get_tensor (planner->plan->graph, id);

  release (planner, (Block){ planner->plan->placements[id].offset, padded_size (tensor) });
}

static void
place_node (Planner *planner, int index)
{
  MgPlan *plan = planner->plan;
  const MgNode *node = mg_graph_get_node (plan->graph, (guint) index);
  MgPlacement *dst = &plan->placements[node->dst];
  MgTensorId taken = MG_TENSOR_NONE;

  if (dst->arena == MG_ARENA_WORK)
    {
      if (may_overwrite (planner, node, index))
        {
          taken = node->src[mg_op_get_info (node->op)->in_place_src];
          dst->offset = plan->placements[taken].offset;
        }
      else
        dst->offset = acquire (planner, padded_size (mg_graph_get_tensor (plan->graph, node->dst)));
    }
  for (int s = 0; s < node->n_src; s++)
    {
      gboolean again = FALSE;

      for (int earlier = 0; earlier < s; earlier++)
        again = again || node->src[earlier] == node->src[s];
      if (!again && node->src[s] != taken && node->src[s] != node->dst && planner->last[node->src[s]] == index &&
          plan->placements[node->src[s]].arena == MG_ARENA_WORK)
        release_tensor (planner, node->src[s]);
    }
  if (dst->arena == MG_ARENA_WORK && planner->last[node->dst] == index)
    release_tensor (planner, node->dst);
}

/**
 * mg_plan_new:
 * @graph: (transfer full): a finished graph, taken also on failure
 *
 * Places every tensor: parameters, optimiser state, inputs and outputs for good,
 * work tensors from their first to their last use, by best fit, in place where
 * the op allows it. Offsets are multiples of 256 bytes.
 *
 * Returns: (transfer full): the plan; %NULL with %MG_ERROR_USAGE when the graph
 *   has nothing to compute
 */
MgPlan *
mg_plan_new (MgGraph *graph,
             GError **error)
{
  g_autoptr (MgPlan) plan = g_new0 (MgPlan, 1);
  Planner planner = { .plan = plan };

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
  planner.last = find_last_uses (plan);
  planner.free = g_array_new (FALSE, FALSE, sizeof (Block));
  for (guint i = 0; i < plan->n_nodes; i++)
    place_node (&planner, (int) i);
  g_array_unref (planner.free);
  g_free (planner.last);
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
