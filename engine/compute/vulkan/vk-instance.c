#include "compute/vulkan/vk-private.h"

#include <dlfcn.h>

#define VALIDATION_LAYER "VK_LAYER_KHRONOS_validation"

static gint n_messages;

/**
 * mg_vulkan_backend_get_n_messages:
 *
 * Any thread.
 *
 * Returns: how many warnings and errors the validation layer gave since the
 *   program began (0 without MG_DEBUG=vk-validate)
 */
guint
mg_vulkan_backend_get_n_messages (void)
{
  return (guint) g_atomic_int_get (&n_messages);
}

static VkBool32 VKAPI_PTR
on_message (VkDebugUtilsMessageSeverityFlagBitsEXT severity,
            VkDebugUtilsMessageTypeFlagsEXT types,
            const VkDebugUtilsMessengerCallbackDataEXT *data,
            void *user_data)
{
  g_atomic_int_inc (&n_messages);
  g_message ("vulkan: %s", data->pMessage);
  return VK_FALSE;
}

/* The debugging switches among the words of MG_DEBUG. */
static MgVkDebug
parse_debug (const char *words)
{
  static const struct
  {
    const char *word;
    MgVkDebug flag;
  } known[] = {
    { "vk-none", MG_VK_DEBUG_NONE },
    { "vk-validate", MG_VK_DEBUG_VALIDATE },
    { "vk-shared", MG_VK_DEBUG_SHARED },
    { "vk-staged", MG_VK_DEBUG_STAGED },
    { "vk-no-cache", MG_VK_DEBUG_NO_CACHE },
    { "vk-lost", MG_VK_DEBUG_LOST },
  };
  MgVkDebug flags = 0;
  g_auto (GStrv) list = NULL;

  if (words == NULL)
    return 0;
  list = g_strsplit_set (words, ", ", -1);
  for (guint i = 0; i < G_N_ELEMENTS (known); i++)
    if (g_strv_contains ((const char *const *) list, known[i].word))
      flags |= known[i].flag;
  return flags;
}

/* With kept_lock held. */
static PFN_vkGetInstanceProcAddr
load (void)
{
  static void *library;

  if (library == NULL)
    library = dlopen ("libvulkan.so.1", RTLD_NOW | RTLD_LOCAL);
  return library == NULL ? NULL : (PFN_vkGetInstanceProcAddr) dlsym (library, "vkGetInstanceProcAddr");
}

static gboolean
has_validation_layer (MgVkInstance *self)
{
  g_autofree VkLayerProperties *layers = NULL;
  guint32 n = 0;

  if (self->fn.EnumerateInstanceLayerProperties (&n, NULL) != VK_SUCCESS || n == 0)
    return FALSE;
  layers = g_new0 (VkLayerProperties, n);
  if (self->fn.EnumerateInstanceLayerProperties (&n, layers) != VK_SUCCESS)
    return FALSE;
  for (guint i = 0; i < n; i++)
    if (g_str_equal (layers[i].layerName, VALIDATION_LAYER))
      return TRUE;
  return FALSE;
}

static gboolean
load_global (MgVkInstance *self,
             PFN_vkGetInstanceProcAddr proc)
{
#define LOOK_UP(name)                                     \
  self->fn.name = (PFN_vk##name) proc (NULL, "vk" #name); \
  found = found && self->fn.name != NULL;
  gboolean found = TRUE;

  MG_VK_GLOBAL_FUNCTIONS (LOOK_UP)
#undef LOOK_UP
  return found;
}

static gboolean
load_instance (MgVkInstance *self,
               PFN_vkGetInstanceProcAddr proc)
{
#define LOOK_UP(name)                                             \
  self->fn.name = (PFN_vk##name) proc (self->handle, "vk" #name); \
  found = found && self->fn.name != NULL;
  gboolean found = TRUE;

  MG_VK_INSTANCE_FUNCTIONS (LOOK_UP)
  if (self->debug & MG_VK_DEBUG_VALIDATE)
    {
      MG_VK_DEBUG_FUNCTIONS (LOOK_UP)
    }
#undef LOOK_UP
  return found;
}

static VkResult
create (MgVkInstance *self)
{
  const VkApplicationInfo application = {
    .sType = VK_STRUCTURE_TYPE_APPLICATION_INFO,
    .pApplicationName = "micrographia",
    .apiVersion = VK_API_VERSION_1_2,
  };
  const VkValidationFeatureEnableEXT enabled = VK_VALIDATION_FEATURE_ENABLE_SYNCHRONIZATION_VALIDATION_EXT;
  const VkValidationFeaturesEXT features = {
    .sType = VK_STRUCTURE_TYPE_VALIDATION_FEATURES_EXT,
    .enabledValidationFeatureCount = 1,
    .pEnabledValidationFeatures = &enabled,
  };
  const VkDebugUtilsMessengerCreateInfoEXT messenger = {
    .sType = VK_STRUCTURE_TYPE_DEBUG_UTILS_MESSENGER_CREATE_INFO_EXT,
    .pNext = &features,
    .messageSeverity = VK_DEBUG_UTILS_MESSAGE_SEVERITY_WARNING_BIT_EXT | VK_DEBUG_UTILS_MESSAGE_SEVERITY_ERROR_BIT_EXT,
    .messageType = VK_DEBUG_UTILS_MESSAGE_TYPE_VALIDATION_BIT_EXT | VK_DEBUG_UTILS_MESSAGE_TYPE_PERFORMANCE_BIT_EXT,
    .pfnUserCallback = on_message,
  };
  const char *layer = VALIDATION_LAYER;
  const char *extension = VK_EXT_DEBUG_UTILS_EXTENSION_NAME;
  gboolean validate = (self->debug & MG_VK_DEBUG_VALIDATE) != 0;
  const VkInstanceCreateInfo info = {
    .sType = VK_STRUCTURE_TYPE_INSTANCE_CREATE_INFO,
    .pNext = validate ? &messenger : NULL,
    .pApplicationInfo = &application,
    .enabledLayerCount = validate,
    .ppEnabledLayerNames = &layer,
    .enabledExtensionCount = validate,
    .ppEnabledExtensionNames = &extension,
  };

  return self->fn.CreateInstance (&info, NULL, &self->handle);
}

static gboolean
watch_messages (MgVkInstance *self)
{
  VkDebugUtilsMessengerEXT messenger;
  const VkDebugUtilsMessengerCreateInfoEXT info = {
    .sType = VK_STRUCTURE_TYPE_DEBUG_UTILS_MESSENGER_CREATE_INFO_EXT,
    .messageSeverity = VK_DEBUG_UTILS_MESSAGE_SEVERITY_WARNING_BIT_EXT | VK_DEBUG_UTILS_MESSAGE_SEVERITY_ERROR_BIT_EXT,
    .messageType = VK_DEBUG_UTILS_MESSAGE_TYPE_VALIDATION_BIT_EXT | VK_DEBUG_UTILS_MESSAGE_TYPE_PERFORMANCE_BIT_EXT,
    .pfnUserCallback = on_message,
  };

  return self->fn.CreateDebugUtilsMessengerEXT (self->handle, &info, NULL, &messenger) == VK_SUCCESS;
}

static gboolean
find_devices (MgVkInstance *self,
              GError **error)
{
  guint32 n = 0;

  if (self->fn.EnumeratePhysicalDevices (self->handle, &n, NULL) != VK_SUCCESS || n == 0)
    {
      g_set_error_literal (error, MG_ERROR, MG_ERROR_DEVICE,
                           "no graphics driver with Vulkan was found");
      return FALSE;
    }
  self->devices = g_new0 (VkPhysicalDevice, n);
  if (self->fn.EnumeratePhysicalDevices (self->handle, &n, self->devices) < 0)
    {
      g_set_error_literal (error, MG_ERROR, MG_ERROR_DEVICE,
                           "the graphics driver does not list its devices");
      return FALSE;
    }
  self->n_devices = n;
  return TRUE;
}

/* Vulkan's instances, without and with the validation layer, stay until the
 * program ends: drivers do not all survive being unloaded and loaded again, and
 * loading them takes long. */
static VkInstance kept_instances[2];
static GMutex kept_lock;

/* With kept_lock held; a sentence on failure. */
static const char *
take_instance (MgVkInstance *self,
               PFN_vkGetInstanceProcAddr proc)
{
  gboolean validate = (self->debug & MG_VK_DEBUG_VALIDATE) != 0;
  gboolean fresh = kept_instances[validate] == VK_NULL_HANDLE;

  if (proc == NULL)
    return "the Vulkan loader (libvulkan.so.1) is not installed";
  if (!load_global (self, proc))
    return "the Vulkan loader is older than Vulkan 1.2";
  if (validate && !has_validation_layer (self))
    return "MG_DEBUG asks for Vulkan's validation layer, which is not installed";
  self->handle = kept_instances[validate];
  if (fresh && create (self) != VK_SUCCESS)
    return "no graphics driver with Vulkan was found";
  kept_instances[validate] = self->handle;
  if (!load_instance (self, proc))
    return "the Vulkan loader is older than Vulkan 1.2";
  if (fresh && validate && !watch_messages (self))
    return "Vulkan's validation layer could not be listened to";
  return NULL;
}

/* Loads Vulkan and looks for devices; on failure self is closed. Any thread. */
gboolean
mg_vk_instance_open (MgVkInstance *self,
                     GError **error)
{
  const char *fault;

  *self = (MgVkInstance){ .debug = parse_debug (g_getenv ("MG_DEBUG")) };
  g_mutex_lock (&kept_lock);
  fault = take_instance (self, self->debug & MG_VK_DEBUG_NONE ? NULL : load ());
  g_mutex_unlock (&kept_lock);
  if (fault != NULL)
    g_set_error_literal (error, MG_ERROR, MG_ERROR_DEVICE, fault);
  if (fault != NULL || !find_devices (self, error))
    {
      mg_vk_instance_close (self);
      return FALSE;
    }
  return TRUE;
}

void
mg_vk_instance_close (MgVkInstance *self)
{
  self->handle = VK_NULL_HANDLE;
  self->n_devices = 0;
  g_clear_pointer (&self->devices, g_free);
}

/* A family without graphics first: long computations then hold up the desktop
 * less. */
static gboolean
find_queue (MgVkInstance *self,
            VkPhysicalDevice device,
            guint *out)
{
  g_autofree VkQueueFamilyProperties *families = NULL;
  guint32 n = 0;
  gboolean found = FALSE;

  self->fn.GetPhysicalDeviceQueueFamilyProperties (device, &n, NULL);
  families = g_new0 (VkQueueFamilyProperties, MAX (n, 1));
  self->fn.GetPhysicalDeviceQueueFamilyProperties (device, &n, families);
  for (guint i = 0; i < n; i++)
    {
      gboolean compute = families[i].queueCount > 0 && (families[i].queueFlags & VK_QUEUE_COMPUTE_BIT);
      gboolean graphics = (families[i].queueFlags & VK_QUEUE_GRAPHICS_BIT) != 0;

      if (compute && (!found || !graphics))
        {
          *out = i;
          found = TRUE;
          if (!graphics)
            break;
        }
    }
  return found;
}

static guint64
device_memory (MgVkInstance *self,
               VkPhysicalDevice device)
{
  VkPhysicalDeviceMemoryProperties memory;
  guint64 largest = 0;

  self->fn.GetPhysicalDeviceMemoryProperties (device, &memory);
  for (guint i = 0; i < memory.memoryHeapCount; i++)
    if (memory.memoryHeaps[i].flags & VK_MEMORY_HEAP_DEVICE_LOCAL_BIT)
      largest = MAX (largest, memory.memoryHeaps[i].size);
  return largest;
}

static gboolean
check_device (MgVkInstance *self,
              VkPhysicalDevice device,
              const VkPhysicalDeviceProperties *properties,
              guint *queue_family,
              GError **error)
{
  VkPhysicalDeviceTimelineSemaphoreFeatures timeline = {
    .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_TIMELINE_SEMAPHORE_FEATURES
  };
  VkPhysicalDeviceFeatures2 features = {
    .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_FEATURES_2,
    .pNext = &timeline,
  };

  if (properties->apiVersion < VK_API_VERSION_1_2)
    {
      g_set_error (error, MG_ERROR, MG_ERROR_DEVICE,
                   "the driver of %s has Vulkan %u.%u, 1.2 is needed; a newer driver may help",
                   properties->deviceName, VK_API_VERSION_MAJOR (properties->apiVersion),
                   VK_API_VERSION_MINOR (properties->apiVersion));
      return FALSE;
    }
  self->fn.GetPhysicalDeviceFeatures2 (device, &features);
  if (!timeline.timelineSemaphore || !find_queue (self, device, queue_family) ||
      properties->limits.maxPerStageDescriptorStorageBuffers < MG_VK_MAX_BINDINGS ||
      properties->limits.maxPushConstantsSize < MG_VK_MAX_PUSH ||
      properties->limits.maxComputeWorkGroupInvocations < 256 ||
      properties->limits.minStorageBufferOffsetAlignment > 256)
    {
      g_set_error (error, MG_ERROR, MG_ERROR_DEVICE,
                   "%s cannot compute what training needs", properties->deviceName);
      return FALSE;
    }
  return TRUE;
}

/* Fills out (its info also on failure) for device `index`. Any thread, one at a
 * time. Returns FALSE with a sentence when the device cannot be used. */
gboolean
mg_vk_instance_describe (MgVkInstance *self,
                         guint index,
                         MgVkDeviceInfo *out,
                         GError **error)
{
  VkPhysicalDevice device = self->devices[index];
  VkPhysicalDeviceProperties properties;
  VkPhysicalDeviceDriverProperties driver = {
    .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_DRIVER_PROPERTIES
  };
  VkPhysicalDeviceMaintenance3Properties allocation = {
    .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_MAINTENANCE_3_PROPERTIES
  };
  VkPhysicalDeviceProperties2 more = {
    .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_PROPERTIES_2,
    .pNext = &allocation,
  };

  *out = (MgVkDeviceInfo){ 0 };
  self->fn.GetPhysicalDeviceProperties (device, &properties);
  if (properties.apiVersion >= VK_API_VERSION_1_2)
    allocation.pNext = &driver;
  if (properties.apiVersion >= VK_API_VERSION_1_1)
    self->fn.GetPhysicalDeviceProperties2 (device, &more);
  g_snprintf (out->info.id, sizeof out->info.id, "vulkan:%u", index);
  g_strlcpy (out->info.name, properties.deviceName, sizeof out->info.name);
  g_snprintf (out->info.driver, sizeof out->info.driver, "%.60s %.60s", driver.driverName, driver.driverInfo);
  out->type = properties.deviceType;
  out->limits = properties.limits;
  out->max_allocation = allocation.maxMemoryAllocationSize;
  out->info.is_gpu = out->type == VK_PHYSICAL_DEVICE_TYPE_DISCRETE_GPU ||
                     out->type == VK_PHYSICAL_DEVICE_TYPE_INTEGRATED_GPU ||
                     out->type == VK_PHYSICAL_DEVICE_TYPE_VIRTUAL_GPU;
  out->info.memory_bytes = device_memory (self, device);
  out->info.max_tensor_bytes = properties.limits.maxStorageBufferRange;
  return check_device (self, device, &properties, &out->queue_family, error);
}

/* 0: only when named */
static int
device_rank (const MgVkDeviceInfo *device)
{
  switch (device->type)
    {
    case VK_PHYSICAL_DEVICE_TYPE_DISCRETE_GPU:
      return 3;
    case VK_PHYSICAL_DEVICE_TYPE_INTEGRATED_GPU:
      return 2;
    case VK_PHYSICAL_DEVICE_TYPE_VIRTUAL_GPU:
      return 1;
    default:
      return 0;
    }
}

static MgDeviceChoice *
choice_new (const MgBackendInfo *info,
            gboolean usable,
            const char *reason)
{
  MgDeviceChoice *choice = g_new0 (MgDeviceChoice, 1);

  choice->info = *info;
  choice->usable = usable;
  choice->reason = g_strdup (reason);
  return choice;
}

/**
 * mg_vulkan_list_devices:
 * @choices: (element-type MgDeviceChoice): where Vulkan's devices are appended
 *
 * Looks for Vulkan devices. Without any, one line that cannot be used says why.
 * Any thread; takes tens of milliseconds.
 *
 * Returns: the index in choices of the device that suits best (a discrete GPU,
 *   else an integrated one; never a software device), -1 for none
 */
int
mg_vulkan_list_devices (GPtrArray *choices)
{
  static const char *const reasons[] = {
    "imitated by the processor, slower than the CPU itself; taken only when chosen",
    "a graphics processor inside a virtual machine",
    "a graphics processor that shares the computer's memory",
    "a graphics card",
  };
  MgVkInstance instance;
  int best = -1, best_rank = 0;
  g_autoptr (GError) error = NULL;

  if (!mg_vk_instance_open (&instance, &error))
    {
      const MgBackendInfo none = { .id = "vulkan", .name = "Vulkan" };

      g_ptr_array_add (choices, choice_new (&none, FALSE, error->message));
      return -1;
    }
  for (guint i = 0; i < instance.n_devices; i++)
    {
      g_autoptr (GError) fault = NULL;
      MgVkDeviceInfo device;
      gboolean usable = mg_vk_instance_describe (&instance, i, &device, &fault);
      int rank = usable ? device_rank (&device) : 0;

      if (rank > best_rank)
        {
          best_rank = rank;
          best = (int) choices->len;
        }
      g_ptr_array_add (choices, choice_new (&device.info, usable, usable ? reasons[rank] : fault->message));
    }
  mg_vk_instance_close (&instance);
  return best;
}
