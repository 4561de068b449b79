#include "compute/vulkan/vk-private.h"

/* once: recorded, submitted and freed; otherwise replayed. */
VkCommandBuffer
mg_vk_commands_begin (MgVkBackend *self,
                      gboolean once,
                      GError **error)
{
  const MgVkFunctions *fn = &self->instance.fn;
  const VkCommandBufferAllocateInfo info = {
    .sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_ALLOCATE_INFO,
    .commandPool = self->command_pool,
    .level = VK_COMMAND_BUFFER_LEVEL_PRIMARY,
    .commandBufferCount = 1,
  };
  const VkCommandBufferBeginInfo begin = {
    .sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_BEGIN_INFO,
    .flags = once ? VK_COMMAND_BUFFER_USAGE_ONE_TIME_SUBMIT_BIT : 0,
  };
  VkCommandBuffer commands = VK_NULL_HANDLE;

  if (!mg_vk_fail (self, fn->AllocateCommandBuffers (self->device, &info, &commands), "recording commands", error))
    return VK_NULL_HANDLE;
  if (!mg_vk_fail (self, fn->BeginCommandBuffer (commands, &begin), "recording commands", error))
    {
      fn->FreeCommandBuffers (self->device, self->command_pool, 1, &commands);
      return VK_NULL_HANDLE;
    }
  return commands;
}

/* Hands recorded commands to the queue; self->submitted is then the value of
 * the timeline when they are done. */
gboolean
mg_vk_submit (MgVkBackend *self,
              VkCommandBuffer commands,
              GError **error)
{
  guint64 value = self->submitted + 1;
  const VkTimelineSemaphoreSubmitInfo timeline = {
    .sType = VK_STRUCTURE_TYPE_TIMELINE_SEMAPHORE_SUBMIT_INFO,
    .signalSemaphoreValueCount = 1,
    .pSignalSemaphoreValues = &value,
  };
  const VkSubmitInfo info = {
    .sType = VK_STRUCTURE_TYPE_SUBMIT_INFO,
    .pNext = &timeline,
    .commandBufferCount = 1,
    .pCommandBuffers = &commands,
    .signalSemaphoreCount = 1,
    .pSignalSemaphores = &self->timeline,
  };
  VkResult result = VK_ERROR_DEVICE_LOST;

  if (!self->lost && !(self->instance.debug & MG_VK_DEBUG_LOST))
    result = self->instance.fn.QueueSubmit (self->queue, 1, &info, VK_NULL_HANDLE);
  if (!mg_vk_fail (self, result, "computing", error))
    return FALSE;
  self->submitted = value;
  return TRUE;
}

/* Waits until the timeline reaches value. A device that hangs is reset by its
 * driver, which ends the wait with VK_ERROR_DEVICE_LOST. */
gboolean
mg_vk_wait (MgVkBackend *self,
            guint64 value,
            GError **error)
{
  const VkSemaphoreWaitInfo info = {
    .sType = VK_STRUCTURE_TYPE_SEMAPHORE_WAIT_INFO,
    .semaphoreCount = 1,
    .pSemaphores = &self->timeline,
    .pValues = &value,
  };

  if (self->lost)
    return mg_vk_fail (self, VK_ERROR_DEVICE_LOST, "computing", error);
  return mg_vk_fail (self, self->instance.fn.WaitSemaphores (self->device, &info, G_MAXUINT64), "computing", error);
}

/* Ends commands begun with `once`, runs them, waits, frees them. */
gboolean
mg_vk_finish (MgVkBackend *self,
              VkCommandBuffer commands,
              GError **error)
{
  const MgVkFunctions *fn = &self->instance.fn;
  gboolean done = mg_vk_fail (self, fn->EndCommandBuffer (commands), "recording commands", error) &&
                  mg_vk_submit (self, commands, error) &&
                  mg_vk_wait (self, self->submitted, error);

  fn->FreeCommandBuffers (self->device, self->command_pool, 1, &commands);
  return done;
}
