#pragma once

#include "nn/graph.h"

typedef enum
{
  MG_ARENA_PARAMS,
  MG_ARENA_STATE,
  MG_ARENA_IO,
  MG_ARENA_WORK,
  MG_N_ARENAS,
} MgArena;

typedef struct
{
  MgArena arena;
  gsize offset; /* bytes, multiple of 256 */
  gsize size;   /* bytes */
} MgPlacement;

/* Pure data: nodes in order and where every tensor lies. Inputs and outputs
 * live in IO for the whole run. Parameters are placed in the order of their
 * creation, so two plans of one network agree on PARAMS and may share it. */
typedef struct
{
  MgGraph *graph; /* owned */
  guint n_nodes;
  guint n_tensors;
  MgPlacement *placements; /* by tensor id; owned */
  gsize arena_size[MG_N_ARENAS];
} MgPlan;

/* Takes the graph, also on failure. */
MgPlan *mg_plan_new (MgGraph *graph,
                     GError **error);
void mg_plan_free (MgPlan *plan);
gsize mg_plan_get_bytes (const MgPlan *plan);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MgPlan, mg_plan_free)
