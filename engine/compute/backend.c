#include "compute/backend-impl.h"

/**
 * mg_backend_free:
 * @backend: (nullable) (transfer full): a backend, after its programs
 */
void
mg_backend_free (MgBackend *backend)
{
  if (backend != NULL)
    backend->iface->free (backend);
}

/**
 * mg_backend_get_info:
 * @out: (out caller-allocates): what is known of the device
 */
void
mg_backend_get_info (MgBackend *backend,
                     MgBackendInfo *out)
{
  *out = (MgBackendInfo){ 0 };
  backend->iface->get_info (backend, out);
}

static gboolean
check_tensors (MgBackend *backend, const MgPlan *plan, GError **error)
{
  MgBackendInfo info;

  mg_backend_get_info (backend, &info);
  for (guint i = 0; i < plan->n_tensors; i++)
    if (info.max_tensor_bytes > 0 && plan->placements[i].size > info.max_tensor_bytes)
      {
        g_autofree char *have = g_format_size_full (info.max_tensor_bytes, G_FORMAT_SIZE_IEC_UNITS);
        g_autofree char *want = g_format_size_full (plan->placements[i].size, G_FORMAT_SIZE_IEC_UNITS);

        g_set_error (error, MG_ERROR, MG_ERROR_TOO_LARGE,
                     "the device \"%s\" takes tensors of at most %s, \"%s\" needs %s: use smaller tiles or a smaller batch",
                     info.name, have, mg_graph_get_tensor (plan->graph, (MgTensorId) i)->name, want);
        return FALSE;
      }
  return TRUE;
}

/* Parameters of other and plan lie at the same places under the same names. */
static gboolean
check_shared_params (MgBackend *backend, const MgPlan *plan, MgProgram *other, GError **error)
{
  gboolean same = other->backend == backend && other->plan->arena_size[MG_ARENA_PARAMS] == plan->arena_size[MG_ARENA_PARAMS];

  for (guint i = 0; i < plan->n_tensors && same; i++)
    {
      const MgTensor *tensor = mg_graph_get_tensor (plan->graph, (MgTensorId) i);
      MgTensorId id = mg_graph_find (other->plan->graph, tensor->name);

      if (tensor->role == MG_ROLE_PARAM)
        same = id != MG_TENSOR_NONE && other->plan->placements[id].arena == MG_ARENA_PARAMS &&
               other->plan->placements[id].offset == plan->placements[i].offset &&
               other->plan->placements[id].size == plan->placements[i].size;
    }
  if (!same)
    g_set_error (error, MG_ERROR, MG_ERROR_SHAPE, "the two networks do not have the same weights, so they cannot share them");
  return same;
}

/**
 * mg_program_new:
 * @plan: (transfer full): what to compute; taken, also on failure
 * @params_from: (nullable): of the same backend and network, outlives this one
 *
 * See backend.h.
 *
 * Returns: (transfer full): the program; %NULL with %MG_ERROR_UNSUPPORTED,
 *   %MG_ERROR_TOO_LARGE, %MG_ERROR_NO_MEMORY or %MG_ERROR_DEVICE
 */
MgProgram *
mg_program_new (MgBackend *backend,
                MgPlan *plan,
                MgProgram *params_from,
                GError **error)
{
  g_autoptr (MgPlan) own = plan;
  MgProgram *program;

  if (!check_tensors (backend, plan, error) ||
      (params_from != NULL && !check_shared_params (backend, plan, params_from, error)))
    return NULL;
  for (guint i = 0; i < plan->n_nodes; i++)
    if (!backend->iface->supports (backend, plan->graph, mg_graph_get_node (plan->graph, i), error))
      return NULL;
  program = backend->iface->compile (backend, plan, params_from, error);
  if (program == NULL)
    return NULL;
  program->backend = backend;
  program->plan = g_steal_pointer (&own);
  return program;
}

/**
 * mg_program_free:
 * @program: (nullable) (transfer full): a program
 */
void
mg_program_free (MgProgram *program)
{
  if (program == NULL)
    return;
  g_autoptr (MgPlan) plan = program->plan;

  program->backend->iface->program_free (program);
}

/**
 * mg_program_get_plan:
 *
 * Returns: (transfer none): the plan it was made from
 */
const MgPlan *
mg_program_get_plan (MgProgram *program)
{
  return program->plan;
}

/**
 * mg_program_find:
 *
 * Returns: the tensor of that name, or %MG_TENSOR_NONE
 */
MgTensorId
mg_program_find (MgProgram *program,
                 const char *name)
{
  return mg_graph_find (program->plan->graph, name);
}

static gboolean
check_access (MgProgram *program, MgTensorId id, gsize n_values, GError **error)
{
  const MgTensor *tensor;

  if (id < 0 || (guint) id >= program->plan->n_tensors)
    {
      g_set_error (error, MG_ERROR, MG_ERROR_SHAPE, "the network has no such tensor");
      return FALSE;
    }
  tensor = mg_graph_get_tensor (program->plan->graph, id);
  if (mg_tensor_n_values (tensor) == n_values)
    return TRUE;
  g_set_error (error, MG_ERROR, MG_ERROR_SHAPE, "\"%s\" has %" G_GSIZE_FORMAT " values, not %" G_GSIZE_FORMAT,
               tensor->name, mg_tensor_n_values (tensor), n_values);
  return FALSE;
}

/**
 * mg_program_write:
 * @id: an input, parameter or state
 * @data: (array length=n_values): its values, row by row, channels last
 *
 * Returns: FALSE with %MG_ERROR_SHAPE when the number of values is another
 */
gboolean
mg_program_write (MgProgram *program,
                  MgTensorId id,
                  const float *data,
                  gsize n_values,
                  GError **error)
{
  return check_access (program, id, n_values, error) &&
         program->backend->iface->write (program, id, data, n_values, error);
}

/**
 * mg_program_read:
 * @id: any tensor; a work tensor holds its value only until another takes its place
 * @data: (array length=n_values) (out caller-allocates): takes its values
 *
 * Returns: FALSE with %MG_ERROR_SHAPE when the number of values is another
 */
gboolean
mg_program_read (MgProgram *program,
                 MgTensorId id,
                 float *data,
                 gsize n_values,
                 GError **error)
{
  return check_access (program, id, n_values, error) &&
         program->backend->iface->read (program, id, data, n_values, error);
}

/**
 * mg_program_run:
 * @cancellable: (nullable): looked at between groups of nodes, see backend.h
 *
 * Returns: FALSE with %G_IO_ERROR_CANCELLED, %MG_ERROR_DEVICE or
 *   %MG_ERROR_DEVICE_LOST
 */
gboolean
mg_program_run (MgProgram *program,
                GCancellable *cancellable,
                GError **error)
{
  return program->backend->iface->run (program, 0, program->plan->n_nodes, cancellable, error);
}
