#include "vulkan/vk-test.h"

#include <string.h>

static void
test_list (void)
{
  g_autoptr (GPtrArray) choices = NULL;
  guint n_automatic = 0;

  vk_test_debug ("");
  choices = mg_backend_list ();
  g_assert_cmpuint (choices->len, >=, 2);
  for (guint i = 0; i < choices->len; i++)
    {
      const MgDeviceChoice *choice = g_ptr_array_index (choices, i);

      n_automatic += choice->automatic;
      g_assert_true (choice->usable || !choice->automatic);
      g_assert_cmpstr (choice->info.name, !=, "");
      g_assert_nonnull (choice->reason);
      /* software devices are for those who name them */
      g_assert_true (!choice->automatic || choice->info.is_gpu || i == 0);
      g_assert_cmpint (g_str_has_prefix (choice->info.id, "vulkan"), ==, i > 0);
    }
  g_assert_cmpuint (n_automatic, ==, 1);
  g_assert_cmpstr (((MgDeviceChoice *) g_ptr_array_index (choices, 0))->info.id, ==, "cpu");
}

static void
test_open_by_name (void)
{
  g_autoptr (GPtrArray) choices = NULL;

  vk_test_debug ("");
  choices = mg_backend_list ();
  for (guint i = 0; i < choices->len; i++)
    {
      const MgDeviceChoice *choice = g_ptr_array_index (choices, i);
      g_autoptr (GError) error = NULL;
      g_autoptr (MgBackend) backend = mg_backend_open (choice->info.id, &error);
      MgBackendInfo info;

      g_assert_cmpint (backend != NULL, ==, choice->usable);
      if (backend == NULL)
        continue;
      mg_backend_get_info (backend, &info);
      g_assert_cmpstr (info.name, ==, choice->info.name);
      g_assert_cmpstr (info.id, ==, choice->info.id);
    }
}

static void
expect_refusal (const char *spec, int code)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MgBackend) backend = mg_backend_open (spec, &error);

  g_assert_null (backend);
  g_assert_error (error, MG_ERROR, code);
}

static void
test_bad_names (void)
{
  vk_test_debug ("");
  expect_refusal ("gpu", MG_ERROR_USAGE);
  expect_refusal ("", MG_ERROR_USAGE);
  expect_refusal ("vulkan:", MG_ERROR_USAGE);
  expect_refusal ("vulkan:-1", MG_ERROR_USAGE);
  expect_refusal ("vulkan:one", MG_ERROR_USAGE);
  expect_refusal ("vulkan:99999999999", MG_ERROR_USAGE);
  expect_refusal ("vulkan:4000", MG_ERROR_DEVICE);
}

/* Without the loader the program says so and computes on the CPU. */
static void
test_missing_loader (void)
{
  g_autoptr (GPtrArray) choices = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (MgBackend) backend = NULL;
  const MgDeviceChoice *cpu, *vulkan;
  MgBackendInfo info;

  g_setenv ("MG_DEBUG", "vk-none", TRUE);
  choices = mg_backend_list ();
  g_assert_cmpuint (choices->len, ==, 2);
  cpu = g_ptr_array_index (choices, 0);
  vulkan = g_ptr_array_index (choices, 1);
  g_assert_true (cpu->automatic && cpu->usable);
  g_assert_false (vulkan->automatic || vulkan->usable);
  g_assert_nonnull (strstr (vulkan->reason, "libvulkan.so.1"));
  g_assert_nonnull (strstr (cpu->reason, vulkan->reason));
  backend = mg_backend_open ("auto", &error);
  g_assert_no_error (error);
  mg_backend_get_info (backend, &info);
  g_assert_cmpstr (info.id, ==, "cpu");
  expect_refusal ("vulkan", MG_ERROR_DEVICE);
  expect_refusal ("vulkan:0", MG_ERROR_DEVICE);
}

static gpointer
list_devices (gpointer data)
{
  for (int i = 0; i < 5; i++)
    {
      g_autoptr (GPtrArray) choices = mg_backend_list ();

      g_assert_cmpuint (choices->len, >=, 2);
    }
  return NULL;
}

/* The device menu is filled on one thread while another computes. */
static void
test_threads (void)
{
  g_autoptr (MgBackend) backend = NULL;
  g_autoptr (MgProgram) program = NULL;
  g_autoptr (GError) error = NULL;
  GThread *thread;

  vk_test_debug ("");
  backend = vk_test_open ();
  if (backend == NULL)
    return;
  program = vk_test_step (backend, 16, 4);
  thread = g_thread_new ("devices", list_devices, NULL);
  for (int i = 0; i < 5; i++)
    g_assert_true (mg_program_run (program, NULL, &error));
  g_thread_join (thread);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/vulkan/device/list", test_list);
  g_test_add_func ("/vulkan/device/open", test_open_by_name);
  g_test_add_func ("/vulkan/device/bad-names", test_bad_names);
  g_test_add_func ("/vulkan/device/missing-loader", test_missing_loader);
  g_test_add_func ("/vulkan/device/threads", test_threads);
  return vk_test_run ();
}
