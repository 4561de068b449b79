#include "compute/vulkan/vk-private.h"

#include "compute/vulkan/vk-lower.h"

static void
vulkan_free (MgBackend *backend)
{
  MgVkBackend *self = (MgVkBackend *) backend;

  mg_vk_device_close (self);
  mg_vk_instance_close (&self->instance);
  g_free (self);
}

static void
vulkan_get_info (MgBackend *backend,
                 MgBackendInfo *info)
{
  *info = ((MgVkBackend *) backend)->info.info;
}

static gboolean
supports_tensor (const MgVkBackend *self,
                 const MgTensor *tensor,
                 GError **error)
{
  if (tensor->dtype != MG_DTYPE_F32)
    {
      g_set_error (error, MG_ERROR, MG_ERROR_UNSUPPORTED,
                   "\"%s\" is not in single precision, which is all that Vulkan computes with", tensor->name);
      return FALSE;
    }
  if (mg_tensor_size_bytes (tensor) > self->info.info.max_tensor_bytes)
    {
      g_autofree char *most = g_format_size (self->info.info.max_tensor_bytes);
      g_autofree char *needed = g_format_size (mg_tensor_size_bytes (tensor));

      g_set_error (error, MG_ERROR, MG_ERROR_TOO_LARGE,
                   "%s takes at most %s in one piece, \"%s\" needs %s; a smaller batch or tile needs less",
                   self->info.info.name, most, tensor->name, needed);
      return FALSE;
    }
  return TRUE;
}

static gboolean
vulkan_supports (MgBackend *backend,
                 const MgGraph *graph,
                 const MgNode *node,
                 GError **error)
{
  const MgVkBackend *self = (const MgVkBackend *) backend;

  for (int i = 0; i < node->n_src; i++)
    if (!supports_tensor (self, mg_graph_get_tensor (graph, node->src[i]), error))
      return FALSE;
  return supports_tensor (self, mg_graph_get_tensor (graph, node->dst), error);
}

static void
program_free (MgProgram *program)
{
  MgVkProgram *self = (MgVkProgram *) program;
  MgVkBackend *backend = mg_vk_program_backend (self);
  const MgVkFunctions *fn = &backend->instance.fn;

  if (!backend->lost)
    fn->DeviceWaitIdle (backend->device);
  mg_vk_forget_segments (self);
  if (self->descriptor_pool != VK_NULL_HANDLE)
    fn->DestroyDescriptorPool (backend->device, self->descriptor_pool, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (self->buffers); i++)
    if (i != MG_ARENA_PARAMS || !self->borrows_params)
      mg_vk_buffer_clear (backend, &self->buffers[i]);
  g_array_unref (self->segments);
  g_array_unref (self->dispatches);
  g_free (self);
}

/* Goes through the nodes; gives the scratch memory they need. */
static gboolean
lower_nodes (MgVkProgram *program,
             gsize *scratch_bytes,
             GError **error)
{
  MgVkLower lower = { .backend = mg_vk_program_backend (program), .program = program, .plan = program->base.plan };

  for (lower.index = 0; lower.index < lower.plan->n_nodes; lower.index++)
    {
      lower.node = mg_graph_get_node (lower.plan->graph, lower.index);
      if (!mg_vk_lower_node (&lower, error))
        return FALSE;
    }
  *scratch_bytes = lower.scratch_bytes;
  return TRUE;
}

static gboolean
allocate_buffers (MgVkProgram *program,
                  MgVkProgram *params_from,
                  gsize scratch_bytes,
                  GError **error)
{
  static const char *const names[] = { "parameters", "optimiser state", "input and output", "work", "scratch" };
  MgVkBackend *backend = mg_vk_program_backend (program);

  for (guint i = 0; i < G_N_ELEMENTS (program->buffers); i++)
    {
      gsize size = i < MG_N_ARENAS ? program->base.plan->arena_size[i] : scratch_bytes;

      if (i == MG_ARENA_PARAMS && params_from != NULL)
        {
          program->buffers[i] = params_from->buffers[i];
          program->borrows_params = TRUE;
        }
      else if (!mg_vk_buffer_init (backend, &program->buffers[i], size, i == MG_ARENA_IO ? MG_VK_MEMORY_IO : MG_VK_MEMORY_TENSORS, names[i], error) ||
               !mg_vk_buffer_zero (backend, &program->buffers[i], error))
        return FALSE;
    }
  return TRUE;
}

static void
write_descriptors (MgVkProgram *program,
                   MgVkDispatch *dispatch)
{
  MgVkBackend *backend = mg_vk_program_backend (program);
  VkDescriptorBufferInfo buffers[MG_VK_MAX_BINDINGS];
  VkWriteDescriptorSet write = {
    .sType = VK_STRUCTURE_TYPE_WRITE_DESCRIPTOR_SET,
    .dstSet = dispatch->set,
    .descriptorCount = dispatch->n_refs,
    .descriptorType = VK_DESCRIPTOR_TYPE_STORAGE_BUFFER,
    .pBufferInfo = buffers,
  };

  for (guint i = 0; i < dispatch->n_refs; i++)
    buffers[i] = (VkDescriptorBufferInfo){
      .buffer = program->buffers[dispatch->refs[i].buffer].handle,
      .offset = dispatch->refs[i].offset,
      .range = dispatch->refs[i].size,
    };
  backend->instance.fn.UpdateDescriptorSets (backend->device, 1, &write, 0, NULL);
}

static gboolean
create_descriptors (MgVkProgram *program,
                    GError **error)
{
  MgVkBackend *backend = mg_vk_program_backend (program);
  const MgVkFunctions *fn = &backend->instance.fn;
  guint32 n = MAX (program->dispatches->len, 1);
  const VkDescriptorPoolSize size = { VK_DESCRIPTOR_TYPE_STORAGE_BUFFER, n * MG_VK_MAX_BINDINGS };
  const VkDescriptorPoolCreateInfo pool = {
    .sType = VK_STRUCTURE_TYPE_DESCRIPTOR_POOL_CREATE_INFO,
    .maxSets = n,
    .poolSizeCount = 1,
    .pPoolSizes = &size,
  };

  if (!mg_vk_fail (backend, fn->CreateDescriptorPool (backend->device, &pool, NULL, &program->descriptor_pool),
                   "describing its memory", error))
    return FALSE;
  for (guint i = 0; i < program->dispatches->len; i++)
    {
      MgVkDispatch *dispatch = &g_array_index (program->dispatches, MgVkDispatch, i);
      const VkDescriptorSetAllocateInfo info = {
        .sType = VK_STRUCTURE_TYPE_DESCRIPTOR_SET_ALLOCATE_INFO,
        .descriptorPool = program->descriptor_pool,
        .descriptorSetCount = 1,
        .pSetLayouts = &backend->set_layout,
      };

      if (!mg_vk_fail (backend, fn->AllocateDescriptorSets (backend->device, &info, &dispatch->set),
                       "describing its memory", error))
        return FALSE;
      write_descriptors (program, dispatch);
    }
  return TRUE;
}

static MgProgram *
vulkan_compile (MgBackend *backend,
                const MgPlan *plan,
                MgProgram *params_from,
                GError **error)
{
  MgVkProgram *self = g_new0 (MgVkProgram, 1);
  gsize scratch_bytes = 0;

  self->base.backend = backend;
  self->base.plan = (MgPlan *) plan;
  self->dispatches = g_array_new (FALSE, TRUE, sizeof (MgVkDispatch));
  self->segments = g_array_new (FALSE, TRUE, sizeof (MgVkSegment));
  self->slowness = 1.0;
  if (lower_nodes (self, &scratch_bytes, error) &&
      allocate_buffers (self, (MgVkProgram *) params_from, scratch_bytes, error) &&
      create_descriptors (self, error) &&
      mg_vk_record_all (self, error))
    return &self->base;
  program_free (&self->base);
  return NULL;
}

static gboolean
vulkan_write (MgProgram *program,
              MgTensorId id,
              const float *data,
              gsize n_values,
              GError **error)
{
  MgVkProgram *self = (MgVkProgram *) program;
  const MgPlacement *place = &program->plan->placements[id];

  return mg_vk_buffer_write (mg_vk_program_backend (self), &self->buffers[place->arena], place->offset,
                             data, n_values * sizeof *data, error);
}

static gboolean
vulkan_read (MgProgram *program,
             MgTensorId id,
             float *data,
             gsize n_values,
             GError **error)
{
  MgVkProgram *self = (MgVkProgram *) program;
  const MgPlacement *place = &program->plan->placements[id];

  return mg_vk_buffer_read (mg_vk_program_backend (self), &self->buffers[place->arena], place->offset,
                            data, n_values * sizeof *data, error);
}

static gboolean
vulkan_run (MgProgram *program,
            guint first,
            guint last,
            GCancellable *cancellable,
            GError **error)
{
  MgVkProgram *self = (MgVkProgram *) program;

  if (first == 0 && last == program->plan->n_nodes)
    return mg_vk_run_all (self, cancellable, error);
  return !g_cancellable_set_error_if_cancelled (cancellable, error) &&
         mg_vk_run_range (self, first, last, error);
}

static const MgBackendIface vulkan_iface = {
  .name = "vulkan",
  .free = vulkan_free,
  .get_info = vulkan_get_info,
  .supports = vulkan_supports,
  .compile = vulkan_compile,
  .program_free = program_free,
  .write = vulkan_write,
  .read = vulkan_read,
  .run = vulkan_run,
};

/**
 * mg_vulkan_backend_new:
 * @device_index: which of the loader's devices, as mg_backend_list() numbers them
 *
 * Opens a Vulkan device. The backend and its programs belong to one thread at a
 * time; opening may be done on any.
 *
 * Returns: (transfer full): the backend; %NULL with %MG_ERROR_DEVICE, its message
 *   a sentence for the device menu
 */
MgBackend *
mg_vulkan_backend_new (guint device_index,
                       GError **error)
{
  MgVkBackend *self = g_new0 (MgVkBackend, 1);

  self->base.iface = &vulkan_iface;
  if (!mg_vk_instance_open (&self->instance, error))
    {
      g_free (self);
      return NULL;
    }
  if (device_index >= self->instance.n_devices)
    {
      g_set_error (error, MG_ERROR, MG_ERROR_DEVICE, "there is no Vulkan device %u; the last is number %u",
                   device_index, self->instance.n_devices - 1);
      vulkan_free (&self->base);
      return NULL;
    }
  self->physical = self->instance.devices[device_index];
  if (!mg_vk_instance_describe (&self->instance, device_index, &self->info, error) ||
      !mg_vk_device_open (self, error))
    {
      vulkan_free (&self->base);
      return NULL;
    }
  self->software = self->info.type == VK_PHYSICAL_DEVICE_TYPE_CPU && !(self->instance.debug & MG_VK_DEBUG_SHARED);
  return &self->base;
}
