#pragma once

#include "nn/graph.h"

/* What the graph knows of a tensor besides its description. Each lies in an
 * allocation of its own, so pointers handed out stay good while nodes are
 * appended. */
typedef struct
{
  MgTensor tensor; /* first: handed out as the tensor */
  int producer;    /* node that makes the value, -1 for those from outside */
  gboolean needs_grad;
  MgTensorId grad;
  MgTensorId copy; /* newest tensor with the same value; itself at first */
  int copy_node;   /* which node made that */
} MgTensorRecord;

struct _MgGraph
{
  GPtrArray *nodes;    /* owned MgNode */
  GPtrArray *records;  /* owned MgTensorRecord, by id */
  GHashTable *by_name; /* tensor's own name → id + 1 */
  gboolean has_training;
};

MgTensorRecord *_mg_graph_record (const MgGraph *graph,
                                  MgTensorId id);
