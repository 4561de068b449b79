#pragma once

#include "compute/backend.h"
#include "io/safetensors.h"

/* Named float arrays copied out of a program or a file. Filled once, then only
 * read. */
typedef struct
{
  char *name;
  gint64 shape[MG_N_AXES];
  gsize n_values;
  float *data; /* owned, mg_free_aligned() */
} MgWeight;

typedef struct _MgWeights MgWeights;

MgWeights *mg_weights_new_from_program (MgProgram *program,
                                        MgRole role,
                                        GError **error);
MgWeights *mg_weights_new_from_file (MgSafetensors *file,
                                     const char *prefix,
                                     const MgGraph *graph,
                                     MgRole role,
                                     GError **error);
void mg_weights_free (MgWeights *weights);
guint mg_weights_get_n (const MgWeights *weights);
const MgWeight *mg_weights_get (const MgWeights *weights,
                                guint index);
gboolean mg_weights_upload (const MgWeights *weights,
                            MgProgram *program,
                            MgRole role,
                            GError **error);
void mg_weights_append (const MgWeights *weights,
                        const char *prefix,
                        GArray *tensors,
                        GPtrArray *names);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MgWeights, mg_weights_free)
