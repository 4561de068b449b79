#include "support/ref-backend.h"

#include <string.h>

#include "base/mem.h"
#include "compute/backend-impl.h"
#include "support/ref-private.h"

typedef struct
{
  MgProgram parent;
  guint8 *arena[MG_N_ARENAS]; /* owned, but PARAMS where shared */
  gboolean shares_params;
} RefProgram;

static void
ref_free (MgBackend *self)
{
  g_free (self);
}

static void
ref_get_info (MgBackend *self, MgBackendInfo *info)
{
  g_strlcpy (info->id, "reference", sizeof info->id);
  g_strlcpy (info->name, "Reference", sizeof info->name);
}

static gboolean
ref_supports (MgBackend *self, const MgGraph *graph, const MgNode *node, GError **error)
{
  return TRUE;
}

static void
ref_program_free (MgProgram *program)
{
  RefProgram *self = (RefProgram *) program;

  for (int i = 0; i < MG_N_ARENAS; i++)
    if (i != MG_ARENA_PARAMS || !self->shares_params)
      mg_free_aligned (self->arena[i]);
  g_free (self);
}

static MgProgram *
ref_compile (MgBackend *backend, const MgPlan *plan, MgProgram *params_from, GError **error)
{
  RefProgram *self = g_new0 (RefProgram, 1);

  self->shares_params = params_from != NULL;
  for (int i = 0; i < MG_N_ARENAS; i++)
    {
      if (i == MG_ARENA_PARAMS && params_from != NULL)
        self->arena[i] = ((RefProgram *) params_from)->arena[i];
      else
        self->arena[i] = mg_try_alloc (plan->arena_size[i], "the network", error);
      if (self->arena[i] == NULL)
        {
          ref_program_free (&self->parent);
          return NULL;
        }
    }
  return &self->parent;
}

static float *
values_of (RefProgram *self, MgTensorId id)
{
  const MgPlacement *place = &self->parent.plan->placements[id];

  return (float *) (self->arena[place->arena] + place->offset);
}

static gboolean
ref_write (MgProgram *program, MgTensorId id, const float *data, gsize n_values, GError **error)
{
  memcpy (values_of ((RefProgram *) program, id), data, n_values * sizeof *data);
  return TRUE;
}

static gboolean
ref_read (MgProgram *program, MgTensorId id, float *data, gsize n_values, GError **error)
{
  memcpy (data, values_of ((RefProgram *) program, id), n_values * sizeof *data);
  return TRUE;
}

static gboolean
ref_run (MgProgram *program, guint first, guint last, GCancellable *cancellable, GError **error)
{
  RefProgram *self = (RefProgram *) program;
  const MgGraph *graph = program->plan->graph;
  gboolean updating = FALSE;

  for (guint i = first; i < last; i++)
    {
      RefCall call = { .node = mg_graph_get_node (graph, i) };

      updating = updating || call.node->op == MG_OP_ADAMW;
      if (!updating && g_cancellable_set_error_if_cancelled (cancellable, error))
        return FALSE;
      for (int s = 0; s < call.node->n_src; s++)
        {
          call.src[s] = values_of (self, call.node->src[s]);
          call.src_tensor[s] = mg_graph_get_tensor (graph, call.node->src[s]);
        }
      call.dst = values_of (self, call.node->dst);
      call.dst_tensor = mg_graph_get_tensor (graph, call.node->dst);
      mg_ref_kernel (call.node->op) (&call);
    }
  return TRUE;
}

/**
 * mg_ref_backend_new:
 *
 * Returns: (transfer full): the reference backend
 */
MgBackend *
mg_ref_backend_new (void)
{
  static const MgBackendIface iface = {
    .name = "reference",
    .free = ref_free,
    .get_info = ref_get_info,
    .supports = ref_supports,
    .compile = ref_compile,
    .program_free = ref_program_free,
    .write = ref_write,
    .read = ref_read,
    .run = ref_run,
  };
  MgBackend *backend = g_new0 (MgBackend, 1);

  backend->iface = &iface;
  return backend;
}
