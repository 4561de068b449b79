#pragma once

#include "nn/plan.h"

/**
 * MgBackendInfo:
 * @id: what `--device` takes: "cpu", "vulkan:0"
 * @name: of the device, as its driver says it
 * @is_gpu: a real GPU, not a software device
 * @memory_bytes: device memory, 0 when not known
 * @max_tensor_bytes: largest single tensor, 0 for no limit
 * @half: half precision storage can be used
 */
typedef struct
{
  char id[32];
  char name[256];
  char driver[128];
  gboolean is_gpu;
  gboolean half;
  guint64 memory_bytes;
  guint64 max_tensor_bytes;
} MgBackendInfo;

/* Computes plans. A backend and its programs belong to one thread at a time
 * (the compute thread); nothing here is safe from two threads at once. */
typedef struct _MgBackend MgBackend;
typedef struct _MgProgram MgProgram;

void mg_backend_free (MgBackend *backend);
void mg_backend_get_info (MgBackend *backend,
                          MgBackendInfo *out);
/* Allocates and lowers the plan (taken, also on failure). params_from: another
 * program whose PARAMS are used (it must outlive this one). Memory is zeroed. */
MgProgram *mg_program_new (MgBackend *backend,
                           MgPlan *plan,
                           MgProgram *params_from,
                           GError **error);
void mg_program_free (MgProgram *program);
const MgPlan *mg_program_get_plan (MgProgram *program);
MgTensorId mg_program_find (MgProgram *program,
                            const char *name);
gboolean mg_program_write (MgProgram *program,
                           MgTensorId id,
                           const float *data,
                           gsize n_values,
                           GError **error);
gboolean mg_program_read (MgProgram *program,
                          MgTensorId id,
                          float *data,
                          gsize n_values,
                          GError **error);
/* Runs all nodes. Looks at cancellable between groups of nodes of at most about
 * 50 ms each; a cancelled run leaves parameters untouched only if it stopped
 * before the first ADAMW node, so callers of training programs treat a
 * cancelled step as "the step did not happen" by stopping before the updates:
 * the backend never stops between the first ADAMW node and the end. */
gboolean mg_program_run (MgProgram *program,
                         GCancellable *cancellable,
                         GError **error);
/* Runs one node (tests, debugging). */
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MgBackend, mg_backend_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MgProgram, mg_program_free)
