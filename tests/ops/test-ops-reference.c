#include "ops/golden.h"
#include "ops/op-check.h"
#include "support/ref-backend.h"

int
main (int argc, char *argv[])
{
  g_autoptr (MgBackend) backend = mg_ref_backend_new ();

  g_test_init (&argc, &argv, NULL);
  mg_op_check_add_tests ("/ops/reference", backend, NULL);
  mg_golden_add_tests ("/ops/reference", backend, 1e-4);
  return g_test_run ();
}
