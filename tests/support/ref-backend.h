#pragma once

#include "compute/backend.h"

/* The measure of all backends: every op as plain loops in double precision over
 * the plan's own arenas. Slow; for tests only. */
MgBackend *mg_ref_backend_new (void);
