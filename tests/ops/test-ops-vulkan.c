#include "compute/vulkan/vk.h"
#include "ops/golden.h"
#include "ops/op-check.h"

/* Every op on the first Vulkan device that can be used, with the validation
 * layer watching. MG_DEBUG is set by the test's definition: once plain, once
 * with the convolutions for real GPUs and without mapped memory. */

int
main (int argc, char *argv[])
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MgBackend) backend = NULL;
  int result;

  g_test_init (&argc, &argv, NULL);
  backend = mg_vulkan_backend_new (0, &error);
  if (backend == NULL)
    {
      g_print ("1..0 # SKIP %s\n", error->message);
      return 77;
    }
  mg_op_check_add_tests ("/ops/vulkan", backend);
  mg_golden_add_tests ("/ops/vulkan", backend, 1e-4);
  result = g_test_run ();
  g_clear_pointer (&backend, mg_backend_free); /* what is left over is a message too */
  if (mg_vulkan_backend_get_n_messages () == 0)
    return result;
  g_printerr ("the validation layer has %u messages\n", mg_vulkan_backend_get_n_messages ());
  return 1;
}
