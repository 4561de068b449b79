#pragma once

#include "annotate/annotation.h"
#include "annotate/mask-stack.h"
#include "annotate/touched.h"

/* An annotation of several planes shows and edits one of them at a time; undo
 * and numbers of instances are those of all. A plane's place is t × n_z + z. */

MgAnnotation *mg_annotation_new_take_stack (MgMaskStack *stack);
int mg_annotation_get_n_z (MgAnnotation *annotation);
int mg_annotation_get_n_t (MgAnnotation *annotation);
int mg_annotation_get_plane (MgAnnotation *annotation);
void mg_annotation_set_plane (MgAnnotation *annotation,
                              int plane);
MgMaskStack *mg_annotation_snapshot (MgAnnotation *annotation);
MgTouched *mg_annotation_take_touched (MgAnnotation *annotation);
void mg_annotation_touch_again (MgAnnotation *annotation,
                                MgTouched *touched);
gboolean mg_annotation_is_touched (MgAnnotation *annotation);
guint mg_annotation_add_stack (MgAnnotation *annotation,
                               MgMaskStack *added);
guint mg_annotation_begin_group (MgAnnotation *annotation);
gboolean mg_annotation_clear_planes (MgAnnotation *annotation);
gboolean mg_annotation_delete_in_planes (MgAnnotation *annotation,
                                         GArray *labels);
gboolean mg_annotation_copy_plane (MgAnnotation *annotation,
                                   int from,
                                   int to,
                                   guint32 only);
