#include "nn/graph-private.h"

/* How many nodes apart two uses of a cheap value may be and still share one
 * copy. Farther apart, computing it again costs less than the memory it would
 * hold in between (a level's skip is used at both ends of the backward pass). */
#define MG_COPY_REACH_NODES 12

/**
 * mg_graph_get_grad:
 *
 * Returns: the gradient of the tensor as far as it was added up, or
 *   %MG_TENSOR_NONE
 */
MgTensorId
mg_graph_get_grad (const MgGraph *graph,
                   MgTensorId id)
{
  g_return_val_if_fail (id >= 0 && (guint) id < graph->records->len, MG_TENSOR_NONE);
  return _mg_graph_record (graph, id)->grad;
}

/**
 * mg_graph_needs_grad:
 *
 * Returns: whether any parameter lies behind the tensor
 */
gboolean
mg_graph_needs_grad (const MgGraph *graph,
                     MgTensorId id)
{
  g_return_val_if_fail (id >= 0 && (guint) id < graph->records->len, FALSE);
  return _mg_graph_record (graph, id)->needs_grad;
}

/**
 * mg_graph_add_grad:
 * @part: of the shape of @id
 *
 * See graph.h. For gradient rules.
 *
 * Returns: FALSE with %MG_ERROR_SHAPE when the shapes differ
 */
gboolean
mg_graph_add_grad (MgGraph *graph,
                   MgTensorId id,
                   MgTensorId part,
                   GError **error)
{
  MgTensorRecord *record = _mg_graph_record (graph, id);
  MgTensorRecord *given = _mg_graph_record (graph, part);

  if (!mg_tensor_same_shape (&record->tensor, &given->tensor))
    {
      g_set_error (error, MG_ERROR, MG_ERROR_SHAPE, "the gradient of \"%s\" has another size", record->tensor.name);
      return FALSE;
    }
  if (record->grad == MG_TENSOR_NONE)
    record->grad = part;
  else
    record->grad = mg_graph_append (graph, MG_OP_ADD, (MgTensorId[]){ record->grad, part }, 2, NULL, error);
  return record->grad != MG_TENSOR_NONE;
}

/* Ops that only move values or take few operations each. Activations are not
 * among them: their gradient needs their output itself. */
static gboolean
is_cheap (MgOp op)
{
  return op == MG_OP_GROUP_NORM || op == MG_OP_UPSAMPLE2 || op == MG_OP_CONCAT || op == MG_OP_MAXPOOL2;
}

/**
 * mg_graph_rematerialise:
 *
 * See graph.h. Sources that are cheap themselves are computed again too; a
 * value made only a few nodes ago is shared instead.
 *
 * Chen et al. 2016, "Training deep nets with sublinear memory cost", with the
 * checkpoints at the convolutions.
 *
 * Returns: a tensor of the same value, @id itself when it is not cheap;
 *   %MG_TENSOR_NONE with an error set
 */
MgTensorId
mg_graph_rematerialise (MgGraph *graph,
                        MgTensorId id,
                        GError **error)
{
  MgTensorRecord *record = _mg_graph_record (graph, id);
  MgTensorId src[MG_OP_MAX_SRC];
  const MgNode *node;

  if (record->producer < 0)
    return id;
  node = mg_graph_get_node (graph, (guint) record->producer);
  if (!is_cheap (node->op) || record->tensor.role == MG_ROLE_OUTPUT)
    return id;
  if ((int) graph->nodes->len - record->copy_node <= MG_COPY_REACH_NODES)
    return record->copy;
  for (int i = 0; i < node->n_src; i++)
    {
      src[i] = mg_graph_rematerialise (graph, node->src[i], error);
      if (src[i] == MG_TENSOR_NONE)
        return MG_TENSOR_NONE;
    }
  record->copy = mg_graph_append (graph, node->op, src, node->n_src, &node->params, error);
  record->copy_node = (int) graph->nodes->len - 1;
  return record->copy;
}

static gboolean
add_backward (MgGraph *graph, GError **error)
{
  gboolean any = FALSE;

  for (int i = (int) graph->nodes->len - 1; i >= 0; i--)
    {
      const MgNode *node = g_ptr_array_index (graph->nodes, i);
      const MgOpInfo *info = mg_op_get_info (node->op);
      const MgTensorRecord *dst = _mg_graph_record (graph, node->dst);

      any = any || node->op == MG_OP_LOSS;
      if (node->op != MG_OP_LOSS && (dst->grad == MG_TENSOR_NONE || !dst->needs_grad))
        continue;
      if (info->grad == NULL)
        {
          g_set_error (error, MG_ERROR, MG_ERROR_NO_GRADIENT,
                       "the network cannot be trained: %s (\"%s\") has no gradient", info->name, dst->tensor.name);
          return FALSE;
        }
      if (!info->grad (graph, node, dst->grad, error))
        return FALSE;
    }
  if (!any)
    g_set_error (error, MG_ERROR, MG_ERROR_USAGE, "the network cannot be trained: it has no loss");
  return any;
}

/* Only weights of convolutions decay, as in Loshchilov and Hutter's own code:
 * shrinking scales and shifts does not make a network simpler. */
static gboolean
is_conv_weight (const MgGraph *graph, MgTensorId id)
{
  for (guint i = 0; i < graph->nodes->len; i++)
    {
      const MgNode *node = g_ptr_array_index (graph->nodes, i);

      if (node->op == MG_OP_CONV && node->src[1] == id)
        return TRUE;
    }
  return FALSE;
}

static MgTensorId
add_moment (MgGraph *graph, const MgTensor *param, const char *suffix)
{
  g_autofree char *name = g_strconcat (param->name, suffix, NULL);

  return mg_graph_tensor (graph, name, MG_ROLE_STATE, param->shape);
}

/**
 * mg_graph_add_training:
 *
 * See graph.h. Once a graph, after all losses; parameters no loss depends on
 * are left alone. All updates stand at the end of the graph.
 *
 * Returns: FALSE with %MG_ERROR_NO_GRADIENT naming the node without a gradient
 *   rule, %MG_ERROR_USAGE without a loss
 */
gboolean
mg_graph_add_training (MgGraph *graph,
                       GError **error)
{
  const gint64 shape[MG_N_AXES] = { 1, 1, 1, 1, 8 };
  guint n_tensors = graph->records->len;
  MgTensorId hyper;

  g_return_val_if_fail (!graph->has_training, FALSE);
  graph->has_training = TRUE;
  if (!add_backward (graph, error))
    return FALSE;
  hyper = mg_graph_tensor (graph, "hyper", MG_ROLE_INPUT, shape);
  for (MgTensorId p = 0; p < (MgTensorId) n_tensors; p++)
    {
      const MgTensorRecord *record = _mg_graph_record (graph, p);
      MgOpParams params = { .adam.decay = 0 };

      if (record->tensor.role != MG_ROLE_PARAM || record->grad == MG_TENSOR_NONE)
        continue;
      MgTensorId src[5] = { p, record->grad, add_moment (graph, &record->tensor, ".m"),
                            add_moment (graph, &record->tensor, ".v"), hyper };

      params.adam.decay = is_conv_weight (graph, p);
      if (mg_graph_append (graph, MG_OP_ADAMW, src, 5, &params, error) == MG_TENSOR_NONE)
        return FALSE;
    }
  return TRUE;
}
