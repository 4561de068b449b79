#include "nn/graph-private.h"

static const char *const role_names[] = { "input", "param", "state", "work", "output" };
static const char *const act_names[] = { "none", "relu", "leaky", "sigmoid" };
static const char *const loss_names[] = { "bce", "ce", "mse", "mae", "dice" };

static void
dump_tensor (GString *text, const MgTensor *tensor)
{
  g_string_append_printf (text, "%s[", tensor->name);
  for (int axis = 0; axis < MG_N_AXES; axis++)
    g_string_append_printf (text, "%s%" G_GINT64_FORMAT, axis > 0 ? "×" : "", tensor->shape[axis]);
  g_string_append_c (text, ']');
}

static void
dump_params (GString *text, const MgNode *node)
{
  const MgOpParams *p = &node->params;

  if (node->op == MG_OP_CONV)
    g_string_append_printf (text, " kernel=%d act=%s", p->conv.kernel, act_names[p->conv.act]);
  else if (node->op <= MG_OP_CONV_GRAD_B)
    g_string_append_printf (text, " kernel=%d", p->conv.kernel);
  else if (node->op == MG_OP_ACT || node->op == MG_OP_ACT_GRAD)
    g_string_append_printf (text, " act=%s", act_names[p->act.act]);
  else if (node->op == MG_OP_GROUP_NORM_GRAD_PARAM)
    g_string_append (text, p->norm.which == 1 ? " gamma" : " beta");
  else if (node->op >= MG_OP_GROUP_NORM_STATS && node->op <= MG_OP_GROUP_NORM_GRAD_X)
    g_string_append_printf (text, " groups=%d act=%s", p->norm.groups, act_names[p->norm.act]);
  else if (node->op == MG_OP_SLICE)
    g_string_append_printf (text, " first=%d", p->slice.first);
  else if (node->op == MG_OP_LOSS || node->op == MG_OP_LOSS_GRAD)
    g_string_append_printf (text, " kind=%s scale=%g", loss_names[p->loss.kind], (double) p->loss.scale);
  else if (node->op == MG_OP_ADAMW)
    g_string_append (text, p->adam.decay ? " decay" : "");
}

/**
 * mg_graph_dump:
 *
 * The graph as text: a line for each tensor from outside, then one for each
 * node, "index destination = op sources parameters", for people and for
 * comparing two versions of a network.
 *
 * Returns: (transfer full): the text; free with g_free()
 */
char *
mg_graph_dump (const MgGraph *graph)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < graph->records->len; i++)
    {
      const MgTensorRecord *record = _mg_graph_record (graph, (MgTensorId) i);

      if (record->producer >= 0)
        continue;
      g_string_append_printf (text, "%-6s ", role_names[record->tensor.role]);
      dump_tensor (text, &record->tensor);
      g_string_append_c (text, '\n');
    }
  for (guint i = 0; i < graph->nodes->len; i++)
    {
      const MgNode *node = g_ptr_array_index (graph->nodes, i);
      const MgTensor *dst = mg_graph_get_tensor (graph, node->dst);

      g_string_append_printf (text, "%4u   ", i);
      dump_tensor (text, dst);
      g_string_append_printf (text, " = %s", mg_op_get_info (node->op)->name);
      for (int s = 0; s < node->n_src; s++)
        g_string_append_printf (text, " %s", mg_graph_get_tensor (graph, node->src[s])->name);
      dump_params (text, node);
      g_string_append (text, dst->role == MG_ROLE_OUTPUT ? " (output)\n" : "\n");
    }
  return g_string_free (text, FALSE);
}
