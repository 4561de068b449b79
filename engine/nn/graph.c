#include "nn/graph-private.h"

#include <string.h>

/* Larger tensors could be described, but no memory holds them: refused early,
 * so that products of extents never leave 64 bits. */
#define MG_TENSOR_MAX_VALUES ((gsize) 1 << 40)

static gboolean
shape_is_usable (const gint64 shape[MG_N_AXES])
{
  MgTensor tensor = { .dtype = MG_DTYPE_F32 };

  memcpy (tensor.shape, shape, sizeof tensor.shape);
  for (int axis = 0; axis < MG_N_AXES; axis++)
    if (shape[axis] < 1)
      return FALSE;
  return mg_tensor_n_values (&tensor) <= MG_TENSOR_MAX_VALUES;
}

/**
 * mg_graph_new:
 *
 * Returns: (transfer full): an empty graph; free with mg_graph_free()
 */
MgGraph *
mg_graph_new (void)
{
  MgGraph *graph = g_new0 (MgGraph, 1);

  graph->nodes = g_ptr_array_new_with_free_func (g_free);
  graph->records = g_ptr_array_new_with_free_func (g_free);
  graph->by_name = g_hash_table_new (g_str_hash, g_str_equal);
  return graph;
}

/**
 * mg_graph_free:
 * @graph: (nullable) (transfer full): a graph
 */
void
mg_graph_free (MgGraph *graph)
{
  if (graph == NULL)
    return;
  g_hash_table_unref (graph->by_name);
  g_ptr_array_unref (graph->records);
  g_ptr_array_unref (graph->nodes);
  g_free (graph);
}

/**
 * mg_graph_get_n_nodes:
 *
 * Returns: how many nodes were appended
 */
guint
mg_graph_get_n_nodes (const MgGraph *graph)
{
  return graph->nodes->len;
}

/**
 * mg_graph_get_node:
 * @index: below mg_graph_get_n_nodes()
 *
 * Returns: (transfer none): the node, as long as the graph lives
 */
const MgNode *
mg_graph_get_node (const MgGraph *graph,
                   guint index)
{
  g_return_val_if_fail (index < graph->nodes->len, NULL);
  return g_ptr_array_index (graph->nodes, index);
}

/**
 * mg_graph_get_n_tensors:
 *
 * Returns: one more than the largest tensor id
 */
guint
mg_graph_get_n_tensors (const MgGraph *graph)
{
  return graph->records->len;
}

MgTensorRecord *
_mg_graph_record (const MgGraph *graph,
                  MgTensorId id)
{
  return g_ptr_array_index (graph->records, id);
}

/**
 * mg_graph_get_tensor:
 *
 * Returns: (transfer none): the tensor's description, as long as the graph lives
 */
const MgTensor *
mg_graph_get_tensor (const MgGraph *graph,
                     MgTensorId id)
{
  g_return_val_if_fail (id >= 0 && (guint) id < graph->records->len, NULL);
  return &_mg_graph_record (graph, id)->tensor;
}

/**
 * mg_graph_find:
 * @name: a tensor's name
 *
 * Returns: its id, or %MG_TENSOR_NONE
 */
MgTensorId
mg_graph_find (const MgGraph *graph,
               const char *name)
{
  return GPOINTER_TO_INT (g_hash_table_lookup (graph->by_name, name)) - 1;
}

static MgTensorId
add_tensor (MgGraph *graph, const char *name, MgRole role, const gint64 shape[MG_N_AXES])
{
  MgTensorRecord *record = g_new0 (MgTensorRecord, 1);
  MgTensorId id = (MgTensorId) graph->records->len;

  g_strlcpy (record->tensor.name, name, sizeof record->tensor.name);
  memcpy (record->tensor.shape, shape, sizeof record->tensor.shape);
  record->tensor.dtype = MG_DTYPE_F32;
  record->tensor.role = role;
  record->producer = record->copy_node = -1;
  record->needs_grad = role == MG_ROLE_PARAM;
  record->grad = MG_TENSOR_NONE;
  record->copy = id;
  g_ptr_array_add (graph->records, record);
  g_hash_table_insert (graph->by_name, record->tensor.name, GINT_TO_POINTER (id + 1));
  return id;
}

/**
 * mg_graph_tensor:
 * @name: of at most 63 bytes; what model files and trainers find it by
 * @role: %MG_ROLE_INPUT, %MG_ROLE_PARAM or %MG_ROLE_STATE
 * @shape: extents, each at least 1
 *
 * Adds a tensor that no node makes. Asking again for the same name, role and
 * shape gives the same tensor (several losses may share one input).
 *
 * Returns: its id; %MG_TENSOR_NONE when the name is taken by a different one or
 *   the extents are beyond any memory, which mg_graph_append() turns into an
 *   error
 */
MgTensorId
mg_graph_tensor (MgGraph *graph,
                 const char *name,
                 MgRole role,
                 const gint64 shape[MG_N_AXES])
{
  MgTensorId id;

  g_return_val_if_fail (role == MG_ROLE_INPUT || role == MG_ROLE_PARAM || role == MG_ROLE_STATE, MG_TENSOR_NONE);
  g_return_val_if_fail (strlen (name) < sizeof ((MgTensor *) NULL)->name, MG_TENSOR_NONE);
  if (!shape_is_usable (shape))
    return MG_TENSOR_NONE;
  id = mg_graph_find (graph, name);
  if (id == MG_TENSOR_NONE)
    return add_tensor (graph, name, role, shape);
  const MgTensor *old = mg_graph_get_tensor (graph, id);
  gboolean same = old->role == role && memcmp (old->shape, shape, sizeof old->shape) == 0;

  return same ? id : MG_TENSOR_NONE;
}

/**
 * mg_graph_set_output:
 * @id: made by a node
 * @name: what it will be found by
 *
 * Makes the tensor readable after a run, under that name.
 */
void
mg_graph_set_output (MgGraph *graph,
                     MgTensorId id,
                     const char *name)
{
  MgTensorRecord *record;

  g_return_if_fail (id >= 0 && (guint) id < graph->records->len);
  g_return_if_fail (strlen (name) < sizeof record->tensor.name);
  g_return_if_fail (mg_graph_find (graph, name) == MG_TENSOR_NONE || mg_graph_find (graph, name) == id);
  record = _mg_graph_record (graph, id);
  g_return_if_fail (record->producer >= 0);
  g_hash_table_remove (graph->by_name, record->tensor.name);
  g_strlcpy (record->tensor.name, name, sizeof record->tensor.name);
  g_hash_table_insert (graph->by_name, record->tensor.name, GINT_TO_POINTER (id + 1));
  record->tensor.role = MG_ROLE_OUTPUT;
}

/* The sources are there and so many as the op takes. */
static gboolean
check_sources (const MgGraph *graph, const MgOpInfo *info, const MgTensorId *src, int n_src, GError **error)
{
  for (int i = 0; i < n_src; i++)
    if (src[i] < 0 || (guint) src[i] >= graph->records->len)
      {
        g_set_error (error, MG_ERROR, MG_ERROR_SHAPE,
                     "a source of %s is missing: its name is taken, or it is too large", info->name);
        return FALSE;
      }
  if (n_src < info->min_src || n_src > info->max_src)
    {
      g_set_error (error, MG_ERROR, MG_ERROR_SHAPE, "%s cannot have %d sources", info->name, n_src);
      return FALSE;
    }
  return TRUE;
}

static MgTensorId
add_result (MgGraph *graph, const MgNode *node, const MgOpInfo *info, const gint64 shape[MG_N_AXES])
{
  g_autofree char *name = g_strdup_printf ("%s.%u", info->name, graph->records->len);
  MgTensorId id = add_tensor (graph, name, MG_ROLE_WORK, shape);
  MgTensorRecord *record = _mg_graph_record (graph, id);

  record->producer = record->copy_node = (int) graph->nodes->len;
  for (int i = 0; i < node->n_src; i++)
    record->needs_grad = record->needs_grad || _mg_graph_record (graph, node->src[i])->needs_grad;
  return id;
}

/**
 * mg_graph_append:
 * @src: (array length=n_src): source tensors in the op's order
 * @params: (nullable): the op's parameters, zeros when %NULL
 *
 * See graph.h. Does nothing when @error already holds one.
 *
 * Returns: the destination; that of %MG_OP_ADAMW is its first source
 */
MgTensorId
mg_graph_append (MgGraph *graph,
                 MgOp op,
                 const MgTensorId *src,
                 int n_src,
                 const MgOpParams *params,
                 GError **error)
{
  const MgOpInfo *info = mg_op_get_info (op);
  const MgTensor *tensors[MG_OP_MAX_SRC];
  gint64 shape[MG_N_AXES];
  g_autofree MgNode *node = NULL;

  g_return_val_if_fail (n_src >= 0 && n_src <= MG_OP_MAX_SRC, MG_TENSOR_NONE);
  if ((error != NULL && *error != NULL) || !check_sources (graph, info, src, n_src, error))
    return MG_TENSOR_NONE;
  node = g_new0 (MgNode, 1);
  node->op = op;
  node->n_src = n_src;
  if (params != NULL)
    node->params = *params;
  for (int i = 0; i < MG_OP_MAX_SRC; i++)
    node->src[i] = i < n_src ? src[i] : MG_TENSOR_NONE;
  for (int i = 0; i < n_src; i++)
    tensors[i] = mg_graph_get_tensor (graph, src[i]);
  if (!info->infer (tensors, node, shape, error))
    return MG_TENSOR_NONE;
  if (!shape_is_usable (shape))
    {
      g_set_error (error, MG_ERROR, MG_ERROR_TOO_LARGE, "a result of %s would be too large for any memory", info->name);
      return MG_TENSOR_NONE;
    }
  node->dst = op == MG_OP_ADAMW ? src[0] : add_result (graph, node, info, shape);
  g_ptr_array_add (graph->nodes, g_steal_pointer (&node));
  return ((MgNode *) g_ptr_array_index (graph->nodes, graph->nodes->len - 1))->dst;
}

/**
 * mg_graph_producer:
 *
 * Returns: the index of the node that makes the tensor; -1 when it comes from
 *   outside
 */
MgTensorId
mg_graph_producer (const MgGraph *graph,
                   MgTensorId id)
{
  g_return_val_if_fail (id >= 0 && (guint) id < graph->records->len, -1);
  return _mg_graph_record (graph, id)->producer;
}

/**
 * mg_graph_flops:
 *
 * Returns: floating-point operations of one run, a multiply-add counted as two;
 *   pointwise work estimated
 */
double
mg_graph_flops (const MgGraph *graph)
{
  double total = 0;

  for (guint i = 0; i < graph->nodes->len; i++)
    {
      const MgNode *node = g_ptr_array_index (graph->nodes, i);
      const MgTensor *src[MG_OP_MAX_SRC];

      for (int s = 0; s < node->n_src; s++)
        src[s] = mg_graph_get_tensor (graph, node->src[s]);
      total += mg_op_get_info (node->op)->flops (src, mg_graph_get_tensor (graph, node->dst), node);
    }
  return total;
}
