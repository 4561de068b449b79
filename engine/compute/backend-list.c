#include "compute/backend-list.h"

#include <string.h>

#include "compute/cpu/cpu.h"
#include "compute/vulkan/vk.h"

static void
choice_free (MgDeviceChoice *choice)
{
  g_free (choice->reason);
  g_free (choice);
}

static MgDeviceChoice *
cpu_choice (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MgBackend) cpu = mg_cpu_backend_new (&error);
  MgDeviceChoice *choice = g_new0 (MgDeviceChoice, 1);

  choice->info = (MgBackendInfo){ .id = "cpu", .name = "CPU" };
  if (cpu == NULL)
    choice->reason = g_strdup (error->message);
  else
    mg_backend_get_info (cpu, &choice->info);
  choice->usable = cpu != NULL;
  return choice;
}

/**
 * mg_backend_list:
 *
 * Looks for devices to compute on. The first is always the CPU; Vulkan's follow
 * in the order of its loader. Exactly one is `automatic`: a discrete GPU, else
 * an integrated one, else the CPU. Any thread; takes tens of milliseconds.
 *
 * Returns: (transfer container) (element-type MgDeviceChoice): the lines of the
 *   device menu, each freed with the array
 */
GPtrArray *
mg_backend_list (void)
{
  GPtrArray *choices = g_ptr_array_new_with_free_func ((GDestroyNotify) choice_free);
  MgDeviceChoice *cpu = cpu_choice ();
  int best;

  g_ptr_array_add (choices, cpu);
  best = mg_vulkan_list_devices (choices);
  ((MgDeviceChoice *) g_ptr_array_index (choices, MAX (best, 0)))->automatic = TRUE;
  if (cpu->reason != NULL)
    return choices;
  if (best >= 0)
    cpu->reason = g_strdup ("always there; a graphics processor is faster");
  else
    {
      const MgDeviceChoice *first = g_ptr_array_index (choices, 1);

      cpu->reason = first->usable ? g_strdup ("no graphics processor was found")
                                  : g_strdup_printf ("used because %s", first->reason);
    }
  return choices;
}

static MgBackend *
open_vulkan (const char *number,
             GError **error)
{
  guint64 index;

  if (!g_ascii_string_to_unsigned (number, 10, 0, G_MAXUINT, &index, NULL))
    {
      g_set_error (error, MG_ERROR, MG_ERROR_USAGE,
                   "\"vulkan:%s\" names no device; a number follows the colon", number);
      return NULL;
    }
  return mg_vulkan_backend_new ((guint) index, error);
}

/* The best usable Vulkan device; software devices are good enough when no other
 * is there, since Vulkan was asked for by name. */
static MgBackend *
open_any_vulkan (GError **error)
{
  g_autoptr (GPtrArray) choices = g_ptr_array_new_with_free_func ((GDestroyNotify) choice_free);
  int best = mg_vulkan_list_devices (choices);
  const MgDeviceChoice *choice;

  for (guint i = 0; best < 0 && i < choices->len; i++)
    if (((MgDeviceChoice *) g_ptr_array_index (choices, i))->usable)
      best = (int) i;
  choice = g_ptr_array_index (choices, MAX (best, 0));
  if (best < 0)
    {
      g_set_error (error, MG_ERROR, MG_ERROR_DEVICE, "Vulkan cannot be used: %s", choice->reason);
      return NULL;
    }
  return mg_vulkan_backend_new ((guint) best, error);
}

/**
 * mg_backend_open:
 * @spec: "auto", "cpu", "vulkan" (any, a real GPU first) or "vulkan:N"
 *
 * Opens a device. "auto" never fails for want of a GPU: the CPU is then taken,
 * and mg_backend_list() says why. The backend belongs to the thread that uses
 * it; opening may be done on any.
 *
 * Returns: (transfer full): the backend, or %NULL with %MG_ERROR_DEVICE or
 *   %MG_ERROR_USAGE
 */
MgBackend *
mg_backend_open (const char *spec,
                 GError **error)
{
  if (g_str_equal (spec, "cpu"))
    return mg_cpu_backend_new (error);
  if (g_str_equal (spec, "vulkan"))
    return open_any_vulkan (error);
  if (g_str_has_prefix (spec, "vulkan:"))
    return open_vulkan (spec + strlen ("vulkan:"), error);
  if (g_str_equal (spec, "auto"))
    {
      g_autoptr (GPtrArray) choices = g_ptr_array_new_with_free_func ((GDestroyNotify) choice_free);
      int best = mg_vulkan_list_devices (choices);

      return best >= 0 ? mg_vulkan_backend_new ((guint) best, error) : mg_cpu_backend_new (error);
    }
  g_set_error (error, MG_ERROR, MG_ERROR_USAGE,
               "\"%s\" is no device; there are auto, cpu, vulkan and vulkan:N", spec);
  return NULL;
}
