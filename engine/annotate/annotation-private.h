#pragma once

#include "annotate/annotation.h"
#include "annotate/mask-edit.h"
#include "annotate/undo.h"

/* Two ends of a stroke this near (in radii and pixels beyond touching) are
 * taken for one: the outline is closed for the person. */
#define MG_STROKE_MIN_GAP_PX 4.0
/* Area of the path over that of a circle of its length, below which a stroke
 * is a line drawn to and fro, not an outline. */
#define MG_STROKE_MIN_ROUNDNESS 0.1

/* The stroke in hand. */
typedef struct
{
  gboolean active;
  MgStroke settings;
  guint32 label;
  gboolean is_new_label;
  MgDab first, last;
  double length;       /* of the path */
  double doubled_area; /* signed, of the polygon of the path */
} MgStrokeState;

struct _MgAnnotation
{
  GObject parent_instance;

  MgMaskEdit edit;
  MgUndo *undo; /* owned */
  MgStrokeState stroke;
  guint64 saved_state;

  /* as last notified */
  gboolean could_undo, could_redo, was_modified;
  guint had_instances;
};

void _mg_annotation_begin (MgAnnotation *annotation);
gboolean _mg_annotation_commit (MgAnnotation *annotation);
void _mg_annotation_emit_damage (MgAnnotation *annotation);
