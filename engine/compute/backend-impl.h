#pragma once

#include "compute/backend.h"

/* Everything a backend must do; backend.c checks arguments and calls this. */
typedef struct
{
  const char *name; /* "cpu", "vulkan", "reference" */
  void (*free) (MgBackend *self);
  void (*get_info) (MgBackend *self, MgBackendInfo *info);
  gboolean (*supports) (MgBackend *self, const MgGraph *graph, const MgNode *node, GError **error);
  /* allocates the program's own struct, whose first member is MgProgram */
  MgProgram *(*compile) (MgBackend *self, const MgPlan *plan, MgProgram *params_from, GError **error);
  void (*program_free) (MgProgram *program); /* frees its own struct, not the plan */
  gboolean (*write) (MgProgram *program, MgTensorId id, const float *data, gsize n_values, GError **error);
  gboolean (*read) (MgProgram *program, MgTensorId id, float *data, gsize n_values, GError **error);
  /* nodes first … last - 1 */
  gboolean (*run) (MgProgram *program, guint first, guint last, GCancellable *cancellable, GError **error);
} MgBackendIface;

struct _MgBackend
{
  const MgBackendIface *iface; /* static */
};

struct _MgProgram
{
  MgBackend *backend; /* borrowed */
  MgPlan *plan;       /* owned by backend.c */
};
