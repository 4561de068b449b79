#pragma once

#include "compute/backend.h"

/**
 * MgCpuConvChoice:
 * @MG_CPU_CONV_AUTO: the faster one by shape
 * @MG_CPU_CONV_DIRECT: sums over taps, exact to rounding
 * @MG_CPU_CONV_WINOGRAD: Winograd wherever the shape lets it
 */
typedef enum
{
  MG_CPU_CONV_AUTO,
  MG_CPU_CONV_DIRECT,
  MG_CPU_CONV_WINOGRAD,
} MgCpuConvChoice;

MgBackend *mg_cpu_backend_new (GError **error);
MgBackend *mg_cpu_backend_new_with (const char *kernel_set,
                                    MgCpuConvChoice choice,
                                    GError **error);
