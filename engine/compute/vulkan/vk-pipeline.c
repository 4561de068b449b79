#include "compute/vulkan/vk-private.h"

#include <string.h>

static guint
key_hash (gconstpointer data)
{
  const guint32 *words = data;
  guint hash = 2166136261u;

  for (gsize i = 0; i < sizeof (MgVkPipelineKey) / sizeof *words; i++)
    hash = (hash ^ words[i]) * 16777619u;
  return hash;
}

static gboolean
key_equal (gconstpointer a,
           gconstpointer b)
{
  return memcmp (a, b, sizeof (MgVkPipelineKey)) == 0;
}

static VkResult
create_pipeline (MgVkBackend *self,
                 const MgVkPipelineKey *key,
                 VkPipeline *out)
{
  const MgVkFunctions *fn = &self->instance.fn;
  const MgVkShaderInfo *shader = mg_vk_shader_get_info ((MgVkShader) key->shader);
  VkSpecializationMapEntry entries[MG_VK_MAX_SPEC];
  const VkShaderModuleCreateInfo code = {
    .sType = VK_STRUCTURE_TYPE_SHADER_MODULE_CREATE_INFO,
    .codeSize = shader->code_size,
    .pCode = shader->code,
  };
  const VkSpecializationInfo constants = {
    .mapEntryCount = shader->n_spec,
    .pMapEntries = entries,
    .dataSize = sizeof key->spec,
    .pData = key->spec,
  };
  VkComputePipelineCreateInfo info = {
    .sType = VK_STRUCTURE_TYPE_COMPUTE_PIPELINE_CREATE_INFO,
    .flags = VK_PIPELINE_CREATE_DISPATCH_BASE,
    .stage = {
      .sType = VK_STRUCTURE_TYPE_PIPELINE_SHADER_STAGE_CREATE_INFO,
      .stage = VK_SHADER_STAGE_COMPUTE_BIT,
      .pName = "main",
      .pSpecializationInfo = &constants,
    },
    .layout = self->pipeline_layout,
  };
  VkResult result;

  for (guint i = 0; i < MG_VK_MAX_SPEC; i++)
    entries[i] = (VkSpecializationMapEntry){ i, i * (guint32) sizeof (guint32), sizeof (guint32) };
  result = fn->CreateShaderModule (self->device, &code, NULL, &info.stage.module);
  if (result != VK_SUCCESS)
    return result;
  result = fn->CreateComputePipelines (self->device, self->pipeline_cache, 1, &info, NULL, out);
  fn->DestroyShaderModule (self->device, info.stage.module, NULL);
  return result;
}

/* The pipeline of a shader with these constants, made when first asked for. It
 * lives as long as the device. VK_NULL_HANDLE with an error. */
VkPipeline
mg_vk_pipeline_get (MgVkBackend *self,
                    const MgVkPipelineKey *key,
                    GError **error)
{
  VkPipeline pipeline;

  if (self->pipelines == NULL)
    self->pipelines = g_hash_table_new_full (key_hash, key_equal, g_free, NULL);
  pipeline = (VkPipeline) g_hash_table_lookup (self->pipelines, key);
  if (pipeline != VK_NULL_HANDLE)
    return pipeline;
  if (!mg_vk_fail (self, create_pipeline (self, key, &pipeline),
                   mg_vk_shader_get_info ((MgVkShader) key->shader)->name, error))
    return VK_NULL_HANDLE;
  mg_vk_name (self, VK_OBJECT_TYPE_PIPELINE, (guint64) pipeline,
              mg_vk_shader_get_info ((MgVkShader) key->shader)->name);
  g_hash_table_insert (self->pipelines, g_memdup2 (key, sizeof *key), pipeline);
  self->cache_grew = TRUE;
  return pipeline;
}

/* A cache that cannot be kept costs time at the next start, nothing else. */
static void
keep_cache (MgVkBackend *self)
{
  const MgVkFunctions *fn = &self->instance.fn;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) header = mg_vk_cache_header (self);
  g_autofree char *path = mg_vk_cache_path (self);
  g_autofree void *data = NULL;
  gsize size = 0;

  if (fn->GetPipelineCacheData (self->device, self->pipeline_cache, &size, NULL) != VK_SUCCESS || size == 0)
    return;
  data = g_malloc (size);
  if (fn->GetPipelineCacheData (self->device, self->pipeline_cache, &size, data) != VK_SUCCESS)
    return;
  if (!mg_vk_cache_save (path, header, data, size, &error))
    g_debug ("pipelines are not kept: %s", error->message);
}

void
mg_vk_pipelines_free (MgVkBackend *self)
{
  const MgVkFunctions *fn = &self->instance.fn;

  if (self->pipeline_cache != VK_NULL_HANDLE)
    {
      if (self->cache_grew && !self->lost && !(self->instance.debug & MG_VK_DEBUG_NO_CACHE))
        keep_cache (self);
      fn->DestroyPipelineCache (self->device, self->pipeline_cache, NULL);
      self->pipeline_cache = VK_NULL_HANDLE;
    }
  if (self->pipelines != NULL)
    {
      GHashTableIter iter;
      gpointer pipeline;

      g_hash_table_iter_init (&iter, self->pipelines);
      while (g_hash_table_iter_next (&iter, NULL, &pipeline))
        fn->DestroyPipeline (self->device, (VkPipeline) pipeline, NULL);
    }
  g_clear_pointer (&self->pipelines, g_hash_table_unref);
}
