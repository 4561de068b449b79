#include "ops/golden.h"
#include "ops/op-check.h"
#include "support/ref-backend.h"

/* The other backends are compared with this one; here it is held against
 * PyTorch, and its in-place results against those of separate memory. */
static void
test_in_place (gconstpointer data)
{
  for (int op = 0; op < MG_N_OPS; op++)
    if (mg_op_get_info (op)->in_place_src >= 0)
      mg_op_check_op ((MgBackend *) data, op);
}

int
main (int argc, char *argv[])
{
  g_autoptr (MgBackend) backend = mg_ref_backend_new ();

  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/ops/reference/in-place", backend, test_in_place);
  mg_golden_add_tests ("/ops/reference", backend, 1e-4);
  return g_test_run ();
}
