#pragma once

#include "compute/backend.h"

/* One line of the device menu. */
typedef struct
{
  MgBackendInfo info;
  gboolean usable;
  gboolean automatic; /* what "auto" takes */
  char *reason;       /* why it is (not) taken, a sentence */
} MgDeviceChoice;

/* Looks for devices (tens of milliseconds; not on the main thread). Always
 * holds the CPU. */
GPtrArray *mg_backend_list (void);
/* spec: "auto", "cpu", "vulkan", "vulkan:N". */
MgBackend *mg_backend_open (const char *spec,
                            GError **error);
