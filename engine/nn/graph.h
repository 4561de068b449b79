#pragma once

#include "nn/op.h"

/* An append-only list of nodes over tensors, topological by construction.
 * One thread. */

MgGraph *mg_graph_new (void);
void mg_graph_free (MgGraph *graph);
guint mg_graph_get_n_nodes (const MgGraph *graph);
const MgNode *mg_graph_get_node (const MgGraph *graph,
                                 guint index);
guint mg_graph_get_n_tensors (const MgGraph *graph);
const MgTensor *mg_graph_get_tensor (const MgGraph *graph,
                                     MgTensorId id);
MgTensorId mg_graph_find (const MgGraph *graph,
                          const char *name);
MgTensorId mg_graph_tensor (MgGraph *graph,
                            const char *name,
                            MgRole role,
                            const gint64 shape[MG_N_AXES]);
void mg_graph_set_output (MgGraph *graph,
                          MgTensorId id,
                          const char *name);
/* Appends a node; infers the destination's shape. MG_TENSOR_NONE with an error
 * when the shapes do not fit; a source of MG_TENSOR_NONE passes that on, so a
 * builder checks once, at its end. */
MgTensorId mg_graph_append (MgGraph *graph,
                            MgOp op,
                            const MgTensorId *src,
                            int n_src,
                            const MgOpParams *params,
                            GError **error);
MgTensorId mg_graph_producer (const MgGraph *graph,
                              MgTensorId id);
/* Adds part to the gradient of id (the first part simply becomes it). */
gboolean mg_graph_add_grad (MgGraph *graph,
                            MgTensorId id,
                            MgTensorId part,
                            GError **error);
MgTensorId mg_graph_get_grad (const MgGraph *graph,
                              MgTensorId id);
gboolean mg_graph_needs_grad (const MgGraph *graph,
                              MgTensorId id);
/* The value of id for use in a backward rule: when it is cheap to compute again
 * (norm, upsampling, concatenation, pooling) its node is appended once more, so
 * that the forward copy need not live until then. */
MgTensorId mg_graph_rematerialise (MgGraph *graph,
                                   MgTensorId id,
                                   GError **error);
/* Appends backward nodes from every loss, then one ADAMW a parameter, with
 * moments as STATE tensors "<param>.m", "<param>.v" and the input "hyper". */
gboolean mg_graph_add_training (MgGraph *graph,
                                GError **error);
double mg_graph_flops (const MgGraph *graph);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MgGraph, mg_graph_free)
