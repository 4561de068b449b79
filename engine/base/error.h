#pragma once

#include <gio/gio.h>

/**
 * MgError:
 * @MG_ERROR_FAILED: anything the others do not name
 * @MG_ERROR_FORMAT: a file's bytes are not what its kind asks for
 * @MG_ERROR_UNSUPPORTED: well formed, but not something this program reads or does
 * @MG_ERROR_TOO_LARGE: a size beyond what the budget allows
 * @MG_ERROR_NO_MEMORY: memory for user-sized data could not be had
 * @MG_ERROR_DEVICE: a compute device could not be used
 * @MG_ERROR_DEVICE_LOST: a compute device stopped answering
 * @MG_ERROR_SHAPE: tensors or images of sizes that do not fit
 * @MG_ERROR_NO_GRADIENT: an operation without a gradient rule
 * @MG_ERROR_DIVERGED: training left the numbers (NaN or infinite loss)
 * @MG_ERROR_VERSION: written by a newer version
 * @MG_ERROR_DATA: readable data that cannot be learned from or matched
 * @MG_ERROR_USAGE: contradictory or missing settings
 *
 * The messages are sentences a person can act on; file names are in them.
 */
typedef enum
{
  MG_ERROR_FAILED,
  MG_ERROR_FORMAT,
  MG_ERROR_UNSUPPORTED,
  MG_ERROR_TOO_LARGE,
  MG_ERROR_NO_MEMORY,
  MG_ERROR_DEVICE,
  MG_ERROR_DEVICE_LOST,
  MG_ERROR_SHAPE,
  MG_ERROR_NO_GRADIENT,
  MG_ERROR_DIVERGED,
  MG_ERROR_VERSION,
  MG_ERROR_DATA,
  MG_ERROR_USAGE,
} MgError;

#define MG_ERROR (mg_error_quark ())

GQuark mg_error_quark (void);
