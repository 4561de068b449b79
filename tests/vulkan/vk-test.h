#pragma once

#include "compute/backend-list.h"
#include "compute/vulkan/vk.h"

/* Sets MG_DEBUG to the words given, with the validation layer and no pipeline
 * cache unless told otherwise. */
void vk_test_debug (const char *words);
/* The first Vulkan device; NULL after the test was marked as skipped. */
MgBackend *vk_test_open (void);
/* A training step of a small U-Net with group norm, filled with the same
 * numbers each time; inputs are named in vk-test.c. */
MgPlan *vk_test_step_plan (int size,
                           int base_filters);
MgProgram *vk_test_step (MgBackend *backend,
                         int size,
                         int base_filters);
/* Values of one tensor, or of every parameter one after the other. */
float *vk_test_read (MgProgram *program,
                     const char *name,
                     gsize *n);
float *vk_test_read_params (MgProgram *program,
                            gsize *n);
/* g_test_run(), then fails when the validation layer said anything. */
int vk_test_run (void);
