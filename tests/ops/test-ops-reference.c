#include "ops/op-check.h"
#include "support/ref-backend.h"

int
main (int argc, char *argv[])
{
  g_autoptr (MgBackend) backend = mg_ref_backend_new ();

  g_test_init (&argc, &argv, NULL);
  mg_op_check_add_tests ("/ops/reference", backend, NULL);
  return g_test_run ();
}
