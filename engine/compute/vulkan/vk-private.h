#pragma once

#define VK_NO_PROTOTYPES
#include <vulkan/vulkan.h>

#include "compute/backend-impl.h"
#include "compute/vulkan/vk-functions.h"
#include "compute/vulkan/vk-shaders.h"
#include "compute/vulkan/vk.h"

#define MG_VK_MAX_BINDINGS 8
#define MG_VK_MAX_PUSH     128
#define MG_VK_MAX_GROUPS_X 65535

typedef enum
{
  MG_VK_DEBUG_NONE = 1 << 0,
  MG_VK_DEBUG_VALIDATE = 1 << 1,
  MG_VK_DEBUG_SHARED = 1 << 2,
  MG_VK_DEBUG_STAGED = 1 << 3,
  MG_VK_DEBUG_NO_CACHE = 1 << 4,
  MG_VK_DEBUG_LOST = 1 << 5,
} MgVkDebug;

#define MG_VK_DECLARE(name) PFN_vk##name name;
typedef struct
{
  MG_VK_GLOBAL_FUNCTIONS (MG_VK_DECLARE)
  MG_VK_INSTANCE_FUNCTIONS (MG_VK_DECLARE)
  MG_VK_DEBUG_FUNCTIONS (MG_VK_DECLARE)
  MG_VK_DEVICE_FUNCTIONS (MG_VK_DECLARE)
} MgVkFunctions;
#undef MG_VK_DECLARE

/* A loaded Vulkan with its physical devices. */
typedef struct
{
  MgVkFunctions fn;
  MgVkDebug debug;
  VkInstance handle;         /* shared, never destroyed */
  VkPhysicalDevice *devices; /* owned */
  guint n_devices;
} MgVkInstance;

typedef struct
{
  MgBackendInfo info;
  VkPhysicalDeviceType type;
  VkPhysicalDeviceLimits limits;
  gsize max_allocation;
  guint queue_family;
} MgVkDeviceInfo;

gboolean mg_vk_instance_open (MgVkInstance *self,
                              GError **error);
void mg_vk_instance_close (MgVkInstance *self);
gboolean mg_vk_instance_describe (MgVkInstance *self,
                                  guint index,
                                  MgVkDeviceInfo *out,
                                  GError **error);

/* Device memory with its buffer. */
typedef struct
{
  VkBuffer handle;
  VkDeviceMemory memory;
  gsize size;
  guint8 *mapped;  /* NULL: reached through staging only */
  gboolean cached; /* mapped memory that is fast to read */
} MgVkBuffer;

typedef struct
{
  MgBackend base;
  MgVkInstance instance;
  MgVkDeviceInfo info;
  VkPhysicalDevice physical; /* borrowed from instance */
  VkPhysicalDeviceMemoryProperties memory;
  VkDevice device;
  VkQueue queue;
  VkCommandPool command_pool;
  VkDescriptorSetLayout set_layout;
  VkPipelineLayout pipeline_layout;
  VkPipelineCache pipeline_cache;
  GHashTable *pipelines; /* owned: MgVkPipelineKey → VkPipeline */
  gboolean cache_grew;   /* pipelines made since it was written */
  VkSemaphore timeline;
  guint64 submitted; /* last value of the timeline given to a submission */
  MgVkBuffer staging;
  gboolean software; /* a CPU imitates the device: few long invocations, no shared memory */
  gboolean lost;
} MgVkBackend;

/* One dispatch, ready to be recorded. */
typedef struct
{
  guint node;
  VkPipeline pipeline;
  VkDescriptorSet set;
  guint8 push[MG_VK_MAX_PUSH];
  guint push_size;
  guint groups_x, groups_y;
  double cost_us;
  guint n_refs;
  struct
  {
    guint buffer; /* arena, or MG_N_ARENAS for scratch */
    gsize offset, size;
    gboolean written;
  } refs[MG_VK_MAX_BINDINGS];
} MgVkDispatch;

typedef struct
{
  VkCommandBuffer commands;
  gboolean updates; /* holds ADAMW or comes after it: not cancelled before */
} MgVkSegment;

typedef struct
{
  MgProgram base;
  MgVkBuffer buffers[MG_N_ARENAS + 1]; /* last: scratch */
  gboolean borrows_params;
  GArray *dispatches; /* owned: MgVkDispatch, in node order */
  GArray *segments;   /* owned: MgVkSegment, the whole run */
  VkDescriptorPool descriptor_pool;
  double slowness;  /* time taken over time estimated; segments are cut by it */
  guint n_recorded; /* how often the segments were */
} MgVkProgram;

static inline MgVkBackend *
mg_vk_program_backend (const MgVkProgram *program)
{
  return (MgVkBackend *) program->base.backend;
}

/* vk-device.c */
gboolean mg_vk_device_open (MgVkBackend *self,
                            GError **error);
void mg_vk_device_close (MgVkBackend *self);
void mg_vk_name (MgVkBackend *self,
                 VkObjectType type,
                 guint64 handle,
                 const char *name);
gboolean mg_vk_fail (MgVkBackend *self,
                     VkResult result,
                     const char *what,
                     GError **error);

/* vk-memory.c */
typedef enum
{
  MG_VK_MEMORY_TENSORS,
  MG_VK_MEMORY_IO,      /* tensors written and read from outside */
  MG_VK_MEMORY_STAGING, /* of the computer, to copy through */
} MgVkMemoryUse;

gboolean mg_vk_buffer_init (MgVkBackend *self,
                            MgVkBuffer *buffer,
                            gsize size,
                            MgVkMemoryUse use,
                            const char *name,
                            GError **error);
void mg_vk_buffer_clear (MgVkBackend *self,
                         MgVkBuffer *buffer);
gboolean mg_vk_buffer_zero (MgVkBackend *self,
                            MgVkBuffer *buffer,
                            GError **error);
gboolean mg_vk_buffer_write (MgVkBackend *self,
                             MgVkBuffer *buffer,
                             gsize offset,
                             gconstpointer data,
                             gsize size,
                             GError **error);
gboolean mg_vk_buffer_read (MgVkBackend *self,
                            MgVkBuffer *buffer,
                            gsize offset,
                            gpointer data,
                            gsize size,
                            GError **error);

/* vk-pipeline.c, vk-pipeline-cache.c */
#define MG_VK_MAX_SPEC 8
typedef struct
{
  guint32 shader;
  guint32 spec[MG_VK_MAX_SPEC]; /* constant_id 0 …; 0 is the workgroup's size */
} MgVkPipelineKey;

VkPipeline mg_vk_pipeline_get (MgVkBackend *self,
                               const MgVkPipelineKey *key,
                               GError **error);
void mg_vk_pipelines_free (MgVkBackend *self);
GBytes *mg_vk_cache_header (MgVkBackend *self);
GBytes *mg_vk_cache_load (const char *path,
                          GBytes *header);
gboolean mg_vk_cache_save (const char *path,
                           GBytes *header,
                           gconstpointer data,
                           gsize size,
                           GError **error);
char *mg_vk_cache_path (MgVkBackend *self);

/* vk-submit.c */
VkCommandBuffer mg_vk_commands_begin (MgVkBackend *self,
                                      gboolean once,
                                      GError **error);
gboolean mg_vk_submit (MgVkBackend *self,
                       VkCommandBuffer commands,
                       GError **error);
gboolean mg_vk_wait (MgVkBackend *self,
                     guint64 value,
                     GError **error);
gboolean mg_vk_finish (MgVkBackend *self,
                       VkCommandBuffer commands,
                       GError **error);

/* vk-record.c */
gboolean mg_vk_record_all (MgVkProgram *program,
                           GError **error);
void mg_vk_forget_segments (MgVkProgram *program);
gboolean mg_vk_run_all (MgVkProgram *program,
                        GCancellable *cancellable,
                        GError **error);
gboolean mg_vk_run_range (MgVkProgram *program,
                          guint first,
                          guint last,
                          GError **error);
