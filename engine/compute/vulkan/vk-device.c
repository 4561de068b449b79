#include "compute/vulkan/vk-private.h"

/* Turns a VkResult into an error; FALSE when there is one. */
gboolean
mg_vk_fail (MgVkBackend *self,
            VkResult result,
            const char *what,
            GError **error)
{
  if (result >= VK_SUCCESS)
    return TRUE;
  switch (result)
    {
    case VK_ERROR_DEVICE_LOST:
      self->lost = TRUE;
      g_set_error (error, MG_ERROR, MG_ERROR_DEVICE_LOST,
                   "%s stopped answering (%s)", self->info.info.name, what);
      break;
    case VK_ERROR_OUT_OF_DEVICE_MEMORY:
    case VK_ERROR_OUT_OF_HOST_MEMORY:
      g_set_error (error, MG_ERROR, MG_ERROR_NO_MEMORY,
                   "not enough memory on %s (%s)", self->info.info.name, what);
      break;
    default:
      g_set_error (error, MG_ERROR, MG_ERROR_DEVICE,
                   "%s failed with Vulkan's error %d (%s)", self->info.info.name, (int) result, what);
      break;
    }
  return FALSE;
}

/* Names an object for the validation layer's messages. */
void
mg_vk_name (MgVkBackend *self,
            VkObjectType type,
            guint64 handle,
            const char *name)
{
  const VkDebugUtilsObjectNameInfoEXT info = {
    .sType = VK_STRUCTURE_TYPE_DEBUG_UTILS_OBJECT_NAME_INFO_EXT,
    .objectType = type,
    .objectHandle = handle,
    .pObjectName = name,
  };

  if (self->instance.debug & MG_VK_DEBUG_VALIDATE)
    self->instance.fn.SetDebugUtilsObjectNameEXT (self->device, &info);
}

static gboolean
load_device (MgVkBackend *self)
{
#define LOOK_UP(name)                                                                                     \
  self->instance.fn.name = (PFN_vk##name) self->instance.fn.GetDeviceProcAddr (self->device, "vk" #name); \
  found = found && self->instance.fn.name != NULL;
  gboolean found = TRUE;

  MG_VK_DEVICE_FUNCTIONS (LOOK_UP)
#undef LOOK_UP
  return found;
}

static gboolean
create_device (MgVkBackend *self,
               GError **error)
{
  const float priority = 0.0f;
  const VkDeviceQueueCreateInfo queue = {
    .sType = VK_STRUCTURE_TYPE_DEVICE_QUEUE_CREATE_INFO,
    .queueFamilyIndex = self->info.queue_family,
    .queueCount = 1,
    .pQueuePriorities = &priority,
  };
  const VkPhysicalDeviceTimelineSemaphoreFeatures timeline = {
    .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_TIMELINE_SEMAPHORE_FEATURES,
    .timelineSemaphore = VK_TRUE,
  };
  const VkDeviceCreateInfo info = {
    .sType = VK_STRUCTURE_TYPE_DEVICE_CREATE_INFO,
    .pNext = &timeline,
    .queueCreateInfoCount = 1,
    .pQueueCreateInfos = &queue,
  };
  VkResult result = self->instance.fn.CreateDevice (self->physical, &info, NULL, &self->device);

  if (result != VK_SUCCESS)
    {
      self->device = VK_NULL_HANDLE;
      return mg_vk_fail (self, result, "opening it", error);
    }
  if (!load_device (self))
    {
      self->instance.fn.DestroyDevice = (PFN_vkDestroyDevice)
                                          self->instance.fn.GetDeviceProcAddr (self->device, "vkDestroyDevice");
      g_set_error (error, MG_ERROR, MG_ERROR_DEVICE,
                   "the driver of %s lacks a part of Vulkan 1.2", self->info.info.name);
      return FALSE;
    }
  self->instance.fn.GetDeviceQueue (self->device, self->info.queue_family, 0, &self->queue);
  return TRUE;
}

/* One layout for all shaders: storage buffers 0 … 7 and 128 bytes of push
 * constants. A shader uses the first of them; the others stay unwritten. */
static VkResult
create_layouts (MgVkBackend *self)
{
  VkDescriptorSetLayoutBinding bindings[MG_VK_MAX_BINDINGS];
  const VkDescriptorSetLayoutCreateInfo set = {
    .sType = VK_STRUCTURE_TYPE_DESCRIPTOR_SET_LAYOUT_CREATE_INFO,
    .bindingCount = MG_VK_MAX_BINDINGS,
    .pBindings = bindings,
  };
  const VkPushConstantRange push = { VK_SHADER_STAGE_COMPUTE_BIT, 0, MG_VK_MAX_PUSH };
  const VkPipelineLayoutCreateInfo layout = {
    .sType = VK_STRUCTURE_TYPE_PIPELINE_LAYOUT_CREATE_INFO,
    .setLayoutCount = 1,
    .pSetLayouts = &self->set_layout,
    .pushConstantRangeCount = 1,
    .pPushConstantRanges = &push,
  };
  VkResult result;

  for (guint i = 0; i < MG_VK_MAX_BINDINGS; i++)
    bindings[i] = (VkDescriptorSetLayoutBinding){
      .binding = i,
      .descriptorType = VK_DESCRIPTOR_TYPE_STORAGE_BUFFER,
      .descriptorCount = 1,
      .stageFlags = VK_SHADER_STAGE_COMPUTE_BIT,
    };
  result = self->instance.fn.CreateDescriptorSetLayout (self->device, &set, NULL, &self->set_layout);
  if (result != VK_SUCCESS)
    return result;
  return self->instance.fn.CreatePipelineLayout (self->device, &layout, NULL, &self->pipeline_layout);
}

static VkResult
create_cache (MgVkBackend *self)
{
  g_autoptr (GBytes) stored = NULL;
  VkPipelineCacheCreateInfo info = { .sType = VK_STRUCTURE_TYPE_PIPELINE_CACHE_CREATE_INFO };

  if (!(self->instance.debug & MG_VK_DEBUG_NO_CACHE))
    {
      g_autofree char *path = mg_vk_cache_path (self);
      g_autoptr (GBytes) header = mg_vk_cache_header (self);

      stored = mg_vk_cache_load (path, header);
    }
  if (stored != NULL)
    info.pInitialData = g_bytes_get_data (stored, &info.initialDataSize);
  return self->instance.fn.CreatePipelineCache (self->device, &info, NULL, &self->pipeline_cache);
}

static VkResult
create_queue_objects (MgVkBackend *self)
{
  const VkCommandPoolCreateInfo pool = {
    .sType = VK_STRUCTURE_TYPE_COMMAND_POOL_CREATE_INFO,
    .flags = VK_COMMAND_POOL_CREATE_RESET_COMMAND_BUFFER_BIT,
    .queueFamilyIndex = self->info.queue_family,
  };
  const VkSemaphoreTypeCreateInfo type = {
    .sType = VK_STRUCTURE_TYPE_SEMAPHORE_TYPE_CREATE_INFO,
    .semaphoreType = VK_SEMAPHORE_TYPE_TIMELINE,
  };
  const VkSemaphoreCreateInfo semaphore = {
    .sType = VK_STRUCTURE_TYPE_SEMAPHORE_CREATE_INFO,
    .pNext = &type,
  };
  VkResult result = self->instance.fn.CreateCommandPool (self->device, &pool, NULL, &self->command_pool);

  if (result != VK_SUCCESS)
    return result;
  return self->instance.fn.CreateSemaphore (self->device, &semaphore, NULL, &self->timeline);
}

/* Makes the logical device and what lives as long as it. On failure the caller
 * still calls mg_vk_device_close(). */
gboolean
mg_vk_device_open (MgVkBackend *self,
                   GError **error)
{
  self->instance.fn.GetPhysicalDeviceMemoryProperties (self->physical, &self->memory);
  return create_device (self, error) &&
         mg_vk_fail (self, create_layouts (self), "describing its programs", error) &&
         mg_vk_fail (self, create_queue_objects (self), "preparing its queue", error) &&
         mg_vk_fail (self, create_cache (self), "preparing its cache", error);
}

void
mg_vk_device_close (MgVkBackend *self)
{
  const MgVkFunctions *fn = &self->instance.fn;

  if (self->device == VK_NULL_HANDLE)
    return;
  if (self->timeline != VK_NULL_HANDLE && !self->lost)
    fn->DeviceWaitIdle (self->device);
  mg_vk_buffer_clear (self, &self->staging);
  mg_vk_pipelines_free (self);
  if (self->timeline != VK_NULL_HANDLE)
    fn->DestroySemaphore (self->device, self->timeline, NULL);
  if (self->command_pool != VK_NULL_HANDLE)
    fn->DestroyCommandPool (self->device, self->command_pool, NULL);
  if (self->pipeline_layout != VK_NULL_HANDLE)
    fn->DestroyPipelineLayout (self->device, self->pipeline_layout, NULL);
  if (self->set_layout != VK_NULL_HANDLE)
    fn->DestroyDescriptorSetLayout (self->device, self->set_layout, NULL);
  if (fn->DestroyDevice != NULL)
    fn->DestroyDevice (self->device, NULL);
  self->device = VK_NULL_HANDLE;
}
