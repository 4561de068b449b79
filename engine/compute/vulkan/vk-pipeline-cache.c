#include "compute/vulkan/vk-private.h"

#include <string.h>

/* The file: magic and what the pipelines belong to (device, driver, shaders),
 * then a checksum of the rest, then the driver's own bytes. Whatever does not
 * agree is as if there were no file. */
#define CACHE_MAGIC "micrographia pipelines 1\n"
#define SUM_BYTES   32

static void
checksum (GBytes *header,
          gconstpointer data,
          gsize size,
          guint8 out[SUM_BYTES])
{
  g_autoptr (GChecksum) sum = g_checksum_new (G_CHECKSUM_SHA256);
  gsize n = SUM_BYTES, header_size;
  const guchar *text = g_bytes_get_data (header, &header_size);

  g_checksum_update (sum, text, (gssize) header_size);
  g_checksum_update (sum, data, (gssize) size);
  g_checksum_get_digest (sum, out, &n);
}

static void
shaders_checksum (guint8 out[SUM_BYTES])
{
  g_autoptr (GChecksum) sum = g_checksum_new (G_CHECKSUM_SHA256);
  gsize n = SUM_BYTES;

  for (guint i = 0; i < MG_N_SHADERS; i++)
    {
      const MgVkShaderInfo *info = mg_vk_shader_get_info ((MgVkShader) i);

      g_checksum_update (sum, (const guchar *) info->code, (gssize) info->code_size);
    }
  g_checksum_get_digest (sum, out, &n);
}

/* What a cache file of this device, driver and program begins with. */
GBytes *
mg_vk_cache_header (MgVkBackend *self)
{
  VkPhysicalDeviceProperties properties;
  GByteArray *header = g_byte_array_new ();
  guint8 sum[SUM_BYTES];

  self->instance.fn.GetPhysicalDeviceProperties (self->physical, &properties);
  shaders_checksum (sum);
  g_byte_array_append (header, (const guint8 *) CACHE_MAGIC, strlen (CACHE_MAGIC));
  g_byte_array_append (header, (const guint8 *) &properties.vendorID, sizeof properties.vendorID);
  g_byte_array_append (header, (const guint8 *) &properties.deviceID, sizeof properties.deviceID);
  g_byte_array_append (header, (const guint8 *) &properties.driverVersion, sizeof properties.driverVersion);
  g_byte_array_append (header, properties.pipelineCacheUUID, VK_UUID_SIZE);
  g_byte_array_append (header, sum, sizeof sum);
  return g_byte_array_free_to_bytes (header);
}

char *
mg_vk_cache_path (MgVkBackend *self)
{
  VkPhysicalDeviceProperties properties;
  g_autofree char *name = NULL;

  self->instance.fn.GetPhysicalDeviceProperties (self->physical, &properties);
  name = g_strdup_printf ("vulkan-%08x-%08x.cache", properties.vendorID, properties.deviceID);
  return g_build_filename (g_get_user_cache_dir (), "micrographia", name, NULL);
}

/* The driver's bytes in the file, NULL when there are none to be trusted. */
GBytes *
mg_vk_cache_load (const char *path,
                  GBytes *header)
{
  g_autofree char *text = NULL;
  gsize size, header_size, payload;
  const void *wanted = g_bytes_get_data (header, &header_size);
  guint8 sum[SUM_BYTES];

  if (!g_file_get_contents (path, &text, &size, NULL) || size < header_size + SUM_BYTES ||
      memcmp (text, wanted, header_size) != 0)
    return NULL;
  payload = size - header_size - SUM_BYTES;
  checksum (header, text + header_size + SUM_BYTES, payload, sum);
  if (memcmp (text + header_size, sum, SUM_BYTES) != 0)
    return NULL;
  return g_bytes_new (text + header_size + SUM_BYTES, payload);
}

gboolean
mg_vk_cache_save (const char *path,
                  GBytes *header,
                  gconstpointer data,
                  gsize size,
                  GError **error)
{
  g_autofree char *folder = g_path_get_dirname (path);
  g_autoptr (GByteArray) file = g_byte_array_new ();
  gsize header_size;
  const void *text = g_bytes_get_data (header, &header_size);
  guint8 sum[SUM_BYTES];

  checksum (header, data, size, sum);
  g_byte_array_append (file, text, (guint) header_size);
  g_byte_array_append (file, sum, sizeof sum);
  g_byte_array_append (file, data, (guint) size);
  if (g_mkdir_with_parents (folder, 0700) != 0)
    {
      g_set_error (error, MG_ERROR, MG_ERROR_FAILED, "the folder \"%s\" cannot be made", folder);
      return FALSE;
    }
  return g_file_set_contents (path, (const char *) file->data, (gssize) file->len, error);
}
