#include "compute/vulkan/vk-private.h"

#include <string.h>

#define STAGING_BYTES (8u << 20)
/* of a card's memory that can be mapped, often 256 MiB for all programs */
#define MAX_WINDOW_BYTES (32u << 20)
/* largest read from memory that is slow to read */
#define MAX_SLOW_READ_BYTES 1024

/* The memory type among `types` with all of `wanted` and none of `unwanted`,
 * or -1. */
static int
find_type (const MgVkBackend *self,
           guint32 types,
           VkMemoryPropertyFlags wanted,
           VkMemoryPropertyFlags unwanted)
{
  for (guint i = 0; i < self->memory.memoryTypeCount; i++)
    {
      VkMemoryPropertyFlags flags = self->memory.memoryTypes[i].propertyFlags;

      if ((types & (1u << i)) && (flags & wanted) == wanted && (flags & unwanted) == 0)
        return (int) i;
    }
  return -1;
}

#define HOST   (VK_MEMORY_PROPERTY_HOST_VISIBLE_BIT | VK_MEMORY_PROPERTY_HOST_COHERENT_BIT)
#define CACHED (HOST | VK_MEMORY_PROPERTY_HOST_CACHED_BIT)
#define LOCAL  VK_MEMORY_PROPERTY_DEVICE_LOCAL_BIT

/* Tensors of devices that share the computer's memory are mapped, so reading
 * and writing them is a plain copy. A card of its own lends a window into its
 * memory, which inputs and outputs may fill; it is slow to read, so only small
 * outputs are read there. All else goes through staging. */
static int
choose_type (const MgVkBackend *self,
             guint32 types,
             MgVkMemoryUse use,
             gsize size)
{
  int type = -1;

  if (use == MG_VK_MEMORY_STAGING)
    {
      type = find_type (self, types, CACHED, 0);
      return type >= 0 ? type : find_type (self, types, HOST, 0);
    }
  if (self->info.type != VK_PHYSICAL_DEVICE_TYPE_DISCRETE_GPU)
    type = find_type (self, types, LOCAL | CACHED, 0);
  else if (use == MG_VK_MEMORY_IO && size <= MAX_WINDOW_BYTES)
    type = find_type (self, types, LOCAL | HOST, 0);
  if (type < 0)
    type = find_type (self, types, LOCAL, VK_MEMORY_PROPERTY_HOST_VISIBLE_BIT);
  if (type < 0)
    type = find_type (self, types, LOCAL, 0);
  return type >= 0 ? type : find_type (self, types, 0, 0);
}

static gboolean
allocate (MgVkBackend *self,
          MgVkBuffer *buffer,
          MgVkMemoryUse use,
          const char *name,
          GError **error)
{
  const MgVkFunctions *fn = &self->instance.fn;
  VkMemoryRequirements needs;
  VkMemoryAllocateInfo info = { .sType = VK_STRUCTURE_TYPE_MEMORY_ALLOCATE_INFO };
  VkMemoryPropertyFlags flags;
  VkResult result;
  int type;

  fn->GetBufferMemoryRequirements (self->device, buffer->handle, &needs);
  type = choose_type (self, needs.memoryTypeBits, use, needs.size);
  if (type < 0)
    return mg_vk_fail (self, VK_ERROR_OUT_OF_DEVICE_MEMORY, name, error);
  info.allocationSize = needs.size;
  info.memoryTypeIndex = (guint32) type;
  result = fn->AllocateMemory (self->device, &info, NULL, &buffer->memory);
  if (result == VK_ERROR_OUT_OF_DEVICE_MEMORY && use == MG_VK_MEMORY_IO)
    {
      /* the window is small and others use it too */
      type = choose_type (self, needs.memoryTypeBits, MG_VK_MEMORY_TENSORS, needs.size);
      info.memoryTypeIndex = (guint32) type;
      result = fn->AllocateMemory (self->device, &info, NULL, &buffer->memory);
    }
  if (!mg_vk_fail (self, result, name, error))
    {
      buffer->memory = VK_NULL_HANDLE;
      return FALSE;
    }
  if (!mg_vk_fail (self, fn->BindBufferMemory (self->device, buffer->handle, buffer->memory, 0), name, error))
    return FALSE;
  mg_vk_name (self, VK_OBJECT_TYPE_DEVICE_MEMORY, (guint64) buffer->memory, name);
  flags = self->memory.memoryTypes[type].propertyFlags;
  buffer->cached = use == MG_VK_MEMORY_STAGING || (flags & CACHED) == CACHED;
  if ((flags & HOST) != HOST || (use != MG_VK_MEMORY_STAGING && (self->instance.debug & MG_VK_DEBUG_STAGED)))
    return TRUE;
  return mg_vk_fail (self, fn->MapMemory (self->device, buffer->memory, 0, VK_WHOLE_SIZE, 0, (void **) &buffer->mapped), name, error);
}

/* Allocates size bytes (0: nothing, an empty buffer). Clear also after a
 * failure. */
gboolean
mg_vk_buffer_init (MgVkBackend *self,
                   MgVkBuffer *buffer,
                   gsize size,
                   MgVkMemoryUse use,
                   const char *name,
                   GError **error)
{
  const VkBufferCreateInfo info = {
    .sType = VK_STRUCTURE_TYPE_BUFFER_CREATE_INFO,
    .size = size,
    .usage = VK_BUFFER_USAGE_STORAGE_BUFFER_BIT | VK_BUFFER_USAGE_TRANSFER_SRC_BIT | VK_BUFFER_USAGE_TRANSFER_DST_BIT,
  };

  *buffer = (MgVkBuffer){ 0 };
  if (size == 0)
    return TRUE;
  if (size > self->info.max_allocation || (self->info.info.memory_bytes > 0 && size > self->info.info.memory_bytes))
    {
      g_autofree char *wanted = g_format_size (size);
      g_autofree char *most = g_format_size (MIN (self->info.max_allocation, self->info.info.memory_bytes));

      g_set_error (error, MG_ERROR, MG_ERROR_NO_MEMORY,
                   "the network needs %s in one piece on %s, which gives at most %s; a smaller batch or tile needs less",
                   wanted, self->info.info.name, most);
      return FALSE;
    }
  if (!mg_vk_fail (self, self->instance.fn.CreateBuffer (self->device, &info, NULL, &buffer->handle), name, error))
    {
      buffer->handle = VK_NULL_HANDLE;
      return FALSE;
    }
  buffer->size = size;
  mg_vk_name (self, VK_OBJECT_TYPE_BUFFER, (guint64) buffer->handle, name);
  return allocate (self, buffer, use, name, error);
}

void
mg_vk_buffer_clear (MgVkBackend *self,
                    MgVkBuffer *buffer)
{
  if (buffer->handle != VK_NULL_HANDLE)
    self->instance.fn.DestroyBuffer (self->device, buffer->handle, NULL);
  if (buffer->memory != VK_NULL_HANDLE)
    self->instance.fn.FreeMemory (self->device, buffer->memory, NULL);
  *buffer = (MgVkBuffer){ 0 };
}

gboolean
mg_vk_buffer_zero (MgVkBackend *self,
                   MgVkBuffer *buffer,
                   GError **error)
{
  VkCommandBuffer commands;

  if (buffer->handle == VK_NULL_HANDLE)
    return TRUE;
  if (buffer->mapped != NULL)
    {
      memset (buffer->mapped, 0, buffer->size);
      return TRUE;
    }
  commands = mg_vk_commands_begin (self, TRUE, error);
  if (commands == VK_NULL_HANDLE)
    return FALSE;
  self->instance.fn.CmdFillBuffer (commands, buffer->handle, 0, VK_WHOLE_SIZE, 0);
  return mg_vk_finish (self, commands, error);
}

/* Copies a piece that fits the staging buffer between it and a tensor. */
static gboolean
copy_piece (MgVkBackend *self,
            MgVkBuffer *buffer,
            gsize offset,
            gsize size,
            gboolean to_device,
            GError **error)
{
  const VkBufferCopy region = {
    .srcOffset = to_device ? 0 : offset,
    .dstOffset = to_device ? offset : 0,
    .size = size,
  };
  const VkMemoryBarrier to_host = {
    .sType = VK_STRUCTURE_TYPE_MEMORY_BARRIER,
    .srcAccessMask = VK_ACCESS_TRANSFER_WRITE_BIT,
    .dstAccessMask = VK_ACCESS_HOST_READ_BIT,
  };
  VkCommandBuffer commands = mg_vk_commands_begin (self, TRUE, error);

  if (commands == VK_NULL_HANDLE)
    return FALSE;
  self->instance.fn.CmdCopyBuffer (commands, to_device ? self->staging.handle : buffer->handle,
                                   to_device ? buffer->handle : self->staging.handle, 1, &region);
  if (!to_device)
    self->instance.fn.CmdPipelineBarrier (commands, VK_PIPELINE_STAGE_TRANSFER_BIT, VK_PIPELINE_STAGE_HOST_BIT,
                                          0, 1, &to_host, 0, NULL, 0, NULL);
  return mg_vk_finish (self, commands, error);
}

static gboolean
ensure_staging (MgVkBackend *self,
                GError **error)
{
  if (self->staging.mapped != NULL)
    return TRUE;
  if (mg_vk_buffer_init (self, &self->staging, STAGING_BYTES, MG_VK_MEMORY_STAGING, "staging", error))
    return TRUE;
  mg_vk_buffer_clear (self, &self->staging);
  return FALSE;
}

/* Nothing may be running. */
gboolean
mg_vk_buffer_write (MgVkBackend *self,
                    MgVkBuffer *buffer,
                    gsize offset,
                    gconstpointer data,
                    gsize size,
                    GError **error)
{
  if (buffer->mapped != NULL)
    {
      memcpy (buffer->mapped + offset, data, size);
      return TRUE;
    }
  if (!ensure_staging (self, error))
    return FALSE;
  for (gsize done = 0; done < size; done += STAGING_BYTES)
    {
      gsize piece = MIN (size - done, STAGING_BYTES);

      memcpy (self->staging.mapped, (const guint8 *) data + done, piece);
      if (!copy_piece (self, buffer, offset + done, piece, TRUE, error))
        return FALSE;
    }
  return TRUE;
}

/* Nothing may be running. */
gboolean
mg_vk_buffer_read (MgVkBackend *self,
                   MgVkBuffer *buffer,
                   gsize offset,
                   gpointer data,
                   gsize size,
                   GError **error)
{
  if (buffer->mapped != NULL && (buffer->cached || size <= MAX_SLOW_READ_BYTES))
    {
      memcpy (data, buffer->mapped + offset, size);
      return TRUE;
    }
  if (!ensure_staging (self, error))
    return FALSE;
  for (gsize done = 0; done < size; done += STAGING_BYTES)
    {
      gsize piece = MIN (size - done, STAGING_BYTES);

      if (!copy_piece (self, buffer, offset + done, piece, FALSE, error))
        return FALSE;
      memcpy ((guint8 *) data + done, self->staging.mapped, piece);
    }
  return TRUE;
}
