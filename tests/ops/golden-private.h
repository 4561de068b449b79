#pragma once

#include "compute/backend.h"

/* One recorded tensor. */
typedef struct
{
  gsize count;
  double sum, square;
  double first, middle, last;
} MgGolden;

/* name → MgGolden; of a file in tests/golden */
GHashTable *mg_golden_load (const char *file);
void mg_golden_check (GHashTable *golden,
                      const char *name,
                      const float *values,
                      gsize n,
                      double tolerance);
/* The inputs gen-unet.py makes, by a tensor's name. */
void mg_golden_uniform (const char *name,
                        float *values,
                        gsize n);
/* loss: the kind the tensor is a target of; MG_GOLDEN_WEIGHT for weights */
#define MG_GOLDEN_WEIGHT (-1)
void mg_golden_image_like (const MgTensor *tensor,
                           int loss,
                           float *values);
/* Reading and writing by name, and that it worked. */
float *mg_golden_read (MgProgram *program,
                       const char *name,
                       gsize *n);
void mg_golden_write (MgProgram *program,
                      const char *name,
                      const float *values,
                      gsize n);
void mg_golden_write_hyper (MgProgram *program,
                            const float hyper[8]);
void mg_golden_fill_parameters (MgProgram *program);
/* Marks "<param>.grad" as outputs. */
void mg_golden_output_grads (MgGraph *graph);
void mg_golden_check_grads (GHashTable *golden,
                            const char *title,
                            MgProgram *program,
                            double tolerance);
