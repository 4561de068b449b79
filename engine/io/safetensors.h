#pragma once

#include "base/error.h"

#define MG_SAFETENSORS_MAX_HEADER_BYTES (16u << 20)

/* One float32 tensor of a safetensors file: shape as written, data little-endian. */
typedef struct
{
  char *name;
  int n_dims;
  gint64 shape[8];
  const float *data; /* borrowed: from the file's memory map, or the caller's when writing */
  gsize n_values;
} MgSafetensor;

/* An opened, fully checked file (a GBytes of it stays mapped). Immutable. */
typedef struct _MgSafetensors MgSafetensors;

MgSafetensors *mg_safetensors_open (GFile *file,
                                    GError **error);
void mg_safetensors_free (MgSafetensors *file);
const char *mg_safetensors_get_metadata (MgSafetensors *file,
                                         const char *key);
guint mg_safetensors_get_n (MgSafetensors *file);
const MgSafetensor *mg_safetensors_get (MgSafetensors *file,
                                        guint index);
const MgSafetensor *mg_safetensors_find (MgSafetensors *file,
                                         const char *name);
gboolean mg_safetensors_write (GFile *file,
                               const MgSafetensor *tensors,
                               guint n_tensors,
                               const char *const *metadata, /* key, value, …, NULL */
                               GError **error);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MgSafetensors, mg_safetensors_free)
