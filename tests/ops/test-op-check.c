#include "ops/op-check.h"

#include <math.h>

#include "compute/backend-impl.h"
#include "support/ref-backend.h"

/* Does the op check notice? A reference backend that makes one mistake. */
typedef enum
{
  NO_MISTAKE,
  ONE_VALUE,  /* off by a hundredth of the tensor's largest */
  LOST_NAN,   /* 0 where NaN should be */
  BEYOND_END, /* writes into the guard */
  OWN_SOURCE, /* changes a source */
  RESTLESS,   /* another result every time */
} Mistake;

typedef struct
{
  MgBackend parent;
  MgBackendIface iface;
  const MgBackendIface *true_iface;
  Mistake mistake;
  guint n_runs;
} Saboteur;

static void
spoil (Saboteur *self, MgProgram *program, const char *name, MgTensorId id)
{
  g_autoptr (GError) error = NULL;
  gsize n;
  g_autofree float *values = NULL;
  double top = 0;

  if (id == MG_TENSOR_NONE)
    id = mg_program_find (program, name);
  n = mg_tensor_n_values (mg_graph_get_tensor (mg_program_get_plan (program)->graph, id));
  values = g_new (float, n);
  mg_program_read (program, id, values, n, &error);
  for (gsize i = 0; i < n; i++)
    if (self->mistake == LOST_NAN && isnan (values[i]))
      values[i] = 0;
    else if (!isnan (values[i]))
      top = MAX (top, fabs ((double) values[i]));
  if (self->mistake == RESTLESS)
    values[n / 2] *= 1.0f + (float) (self->n_runs % 2) * 1e-6f;
  else if (self->mistake != LOST_NAN)
    values[n - 1] += (float) (0.01 * top);
  mg_program_write (program, id, values, n, &error);
  g_assert_no_error (error);
}

static gboolean
spoiled_run (MgProgram *program, guint first, guint last, GCancellable *cancellable, GError **error)
{
  Saboteur *self = (Saboteur *) program->backend;
  const MgPlan *plan = mg_program_get_plan (program);
  MgTensorId result = mg_graph_get_node (plan->graph, plan->n_nodes - 1)->dst;

  if (!self->true_iface->run (program, first, last, cancellable, error))
    return FALSE;
  self->n_runs++;
  if (self->mistake == BEYOND_END)
    spoil (self, program, "guard1", MG_TENSOR_NONE);
  else if (self->mistake == OWN_SOURCE)
    spoil (self, program, "src0", MG_TENSOR_NONE);
  else if (self->mistake != NO_MISTAKE)
    spoil (self, program, NULL, result);
  return TRUE;
}

static void
check_with (Mistake mistake)
{
  g_autoptr (MgBackend) reference = mg_ref_backend_new ();
  Saboteur saboteur = { .iface = *reference->iface, .true_iface = reference->iface, .mistake = mistake };

  saboteur.iface.run = spoiled_run;
  saboteur.parent.iface = &saboteur.iface;
  mg_op_check_op (&saboteur.parent, MG_OP_ADD);
  mg_op_check_op (&saboteur.parent, MG_OP_CONCAT);
}

static void
test_mistake (gconstpointer data)
{
  Mistake mistake = GPOINTER_TO_INT (data);

  if (g_test_subprocess ())
    {
      check_with (mistake);
      return;
    }
  g_test_trap_subprocess (NULL, 0, 0);
  if (mistake == NO_MISTAKE)
    g_test_trap_assert_passed ();
  else
    g_test_trap_assert_failed ();
}

int
main (int argc, char *argv[])
{
  static const char *const names[] = { "none", "one-value", "lost-nan", "beyond-end", "own-source", "restless" };

  g_test_init (&argc, &argv, NULL);
  for (int mistake = NO_MISTAKE; mistake <= RESTLESS; mistake++)
    {
      g_autofree char *path = g_strconcat ("/ops/check-notices/", names[mistake], NULL);

      g_test_add_data_func (path, GINT_TO_POINTER (mistake), test_mistake);
    }
  return g_test_run ();
}
