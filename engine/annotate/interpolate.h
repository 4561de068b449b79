#pragma once

#include "annotate/mask-stack.h"

MgMaskStack *mg_mask_stack_interpolate (MgMaskStack *stack,
                                        guint *n_shapes,
                                        GCancellable *cancellable,
                                        GError **error);
